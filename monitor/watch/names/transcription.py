"""Latin names as Russian newsrooms spell them by ear, by the rules of the name's own language.

Pure. Rules replace Latin letters step by step; where they leave any, or the spelling does not tell
the sound, there is no answer. From the Russian spelling follow the Ukrainian, Bulgarian, Serbian
and Greek ones.
"""

import re
import unicodedata
from functools import cache
from typing import Final

_LATIN: Final = re.compile("[a-z]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ACUTE: Final = str.maketrans("áàâãéèêíìîïóòôõúùûý", "aaaaeeeiiiioooouuuy")
_CONSONANTS: Final = "бвгджзйкмнпрстфхцчшщ"  # but for л: a pair of them stays hard

# What remains after the special rules of a language, letter by letter.
_PLAIN: Final = (
    "a=а b=б d=д e=е f=ф g=г h=х i=и j=й k=к l=л m=м n=н o=о p=п r=р s=с t=т u=у v=в w=в x=кс y=и "
    "z=з c=к q=к"
)
_SOFT_E: Final = "^e=э"
_SOFT_L: Final = f"(?<!л)л(?=[{_CONSONANTS}]|$)=ль"
_GLIDES: Final = "(?<=[аеоэыяёю])и(?=[^аеёиоуэюя]|$)=й"

_RULES: Final = {
    "es": "cc(?=[ei])=кс ch=ч qu=к gü=гу gu(?=[ei])=г g(?=[ei])=х c(?=[eiy])=с j=х z=с h= "
    "lla=лья llo=льо lle=лье llu=лью lli=льи ña=нья ño=ньо ñe=нье ñu=нью ñi=ньи ñ=нь "
    "ya=я ye=е yo=йо yu=ю (?<=[aeiou])y=й ia=ия (?<=[^aeiou])ie=ье (?<=[aeiou])e=э "
    f"w=у {_SOFT_E} l(?![aeiou])=ль {_PLAIN} {_GLIDES}",
    "pt": "ch=ш lh=ль nh=нь ção$=сан ão$=ан ões$=онс qu(?=[ei])=к gu(?=[ei])=г g(?=[ei])=ж "
    "c(?=[ei])=с ç=с j=ж x=ш (?<=[aeiou])s(?=[aeiou])=з rr=рр ss=сс z$=с h= os$=ус o$=у es$=ис "
    f"(?<=[aeiou])e=э {_SOFT_E} ia=ия {_PLAIN} {_GLIDES}",
    "it": "gli(?=[aeou])=ль gli=льи gn=нь sch=ск sci(?=[aou])=ш sc(?=[ei])=ш cch=кк cc(?=[ei])=чч "
    "cci(?=[aou])=чч ci(?=[aou])=ч c(?=[ei])=ч ch=к ggi(?=[aou])=дж gg(?=[ei])=дж gi(?=[aou])=дж "
    "g(?=[ei])=дж gh=г qu=ку zz=цц z=ц ja=я jo=йо h= ia=ия (?<=[aou])e=э "
    f"{_SOFT_E} {_PLAIN} {_SOFT_L} {_GLIDES}",
    "de": "tsch=ч sch=ш ^sp=шп ^st=шт chs=кс ck=к ch=х tz=ц ph=ф th=т qu=кв eu=ой äu=ой ei=ай "
    "ey=ай ai=ай ay=ай ae=е ä=е oe=ё ö=ё ue=ю ü=ю ie=и (?<=[aeiouäöü])h= ja=я ju=ю jo=йо je=е "
    "ss=сс ß=с s(?=[aeiouäöü])=з v=ф w=в z=ц "
    f"^e=э {_PLAIN} {_SOFT_L}",
    "fr": "^le$=ле ^de$=де uel$=юэль eau(?:x|$)=о eau=о aux?$=о au=о ouï=уи oi=уа ou=у œu=ё eu=ё "
    "ch=ш ph=ф th=т gn=нь qu=к gu(?=[eiéè])=г g(?=[eiéèy])=ж j=ж ç=с c(?=[eiéèy])=с "
    "ill(?=[aeo])=ий er$=е ez$=е et$=е (?<=[aeiouyéè])s(?=[aeiouyéè])=з (?<=[^aeiouуёо])es?$= "
    "(?<=.[^c])[tdxpsz]$= ain=ен ein=ен aî=е ai=е ei=е emm=эмм (?<=[^iéy])en(?=[^aeiouyéèn])=ан "
    "em(?=[bp])=ам un$=ен ^é=э ^e=э u(?=e)=ю é=е è=е ê=е ë=э u=ю h= y=и "
    f"{_PLAIN} {_SOFT_L}",
    "pl": "szcz=щ sz=ш cz=ч (?<=[ptk])rz=ш rz=ж dz(?=i)=дз ch=х ż=ж ź=зь ś=сь ć=ць ń=нь cki$=цкий "
    "ski$=ский зki$=зкий cka$=цкая ska$=ская ską$=скую ą(?=[bp])=ом ą=он ę(?=[bp])=ем ę=ен "
    "l(?=[aouó])=ль ł=л ja=я je=е jo=йо ju=ю ia=я ie=е io=ё iu=ю ó=у w=в h=х c=ц "
    f"(?<=[чшжщц])y=и y=ы ^e=э l(?![eiy])=ль ьa=я ьo=ё ьu=ю {_PLAIN} ья=ля льу=лю",
    "ru": "shch=щ zh=ж kh=х ts=ц ch=ч sh=ш (?:skiy|sky|skii|skij|skyy|skyi|ski)$=ский "
    "(?:iy|ii|ij)$=ий ^ye=е ya=я ia=я yu=ю iu=ю yo=ё ye=е (?<=[aeiou])[yi](?![aeiouаеёиоуюя])=й "
    f"[yj]$=ий y=ы h=х w=в ^e=е {_PLAIN}",
    "uk": "shch=щ zh=ж kh=х ts=ц ch=ч sh=ш (?:skiy|sky|skii|skij|skyy|skyi|ski)$=ський "
    "(?:iy|yi|yy|ii)$=ій ya=я ia=я yu=ю iu=ю ye=є ie=є yi=ї (?<=[aeou])[yi](?![aeiouєїюя])=й "
    f"h=г i=і y=и {_PLAIN}",
    # Only words whose vowels all stand in closed syllables: elsewhere the spelling does not tell.
    "en": f"ck=к sh=ш ph=ф th=т u=а w=у ^e=э {_PLAIN} {_SOFT_L}",
}
_BY_EAR: Final = (
    "andrew=эндрю anthony=энтони antony=энтони barack=барак boris=борис brian=брайан "
    "charles=чарльз chris=крис david=дэвид donald=дональд elizabeth=элизабет elon=илон "
    "george=джордж hillary=хиллари jack=джек jake=джейк james=джеймс jeff=джефф joe=джо john=джон "
    "joseph=джозеф justin=джастин kamala=камала karl=карл keir=кир kevin=кевин larry=ларри "
    "linda=линда lisa=лиза marco=марко mark=марк mary=мэри michael=майкл michelle=мишель mike=майк "
    "nancy=нэнси paul=пол peter=питер pete=пит richard=ричард robert=роберт rishi=риши "
    "ronald=рональд sarah=сара scott=скотт stephen=стивен steven=стивен susan=сьюзен tim=тим "
    "tom=том tony=тони thomas=томас walter=уолтер william=уильям"
)
_GIVEN_NAMES: Final = dict(each.split("=") for each in _BY_EAR.split())
_SAFE_ENGLISH: Final = re.compile(
    r"(?!.*(?:gh|kn|wr|ch|ar|er|ir|ur|or|al|wa|qu|ow|aw|ew|c[ei]))"
    r"(?:[^aeiouy]*[aeiou](?=[^aeiouy]{2}|x|[^aeiouyw]$))+[^aeiouy]*"
)

_OTHERS: Final = {
    "uk": "ье=є (?<=[аеоуиэ])и=ї (?<!к)ий$=ій ский$=ський цкий$=цький и(?!й$)=і ы=и э=е ё=йо",
    "bg": "(?<=[сц])кий$=ки э=е ы=и ё=ьо ье=ие ья=я ь(?!о)=",
    "sr": "(?<=[сц])кий$=ки лья=ља льо=љо лье=ље нья=ња ньо=њо нье=ње ье=је ь= й=ј я=ја ю=ју ё=јо "
    "э=е щ=шч ы=и",
    "el": "(?<=[сц])кий$=ки ий$=и ия=ια ье=ιε дд=д лл=л сс=с тт=т нн=н рр=р мм=м пп=п кк=к "
    "б=μπ в$=φ в=β г=γκ д=ντ ж=ζ з=ζ и=ι й=ι к=κ л=λ м=μ н=ν о=ο п=π р=ρ с$=ς с=σ т=τ у=ου ф=φ "
    "х=χ ц=τσ ч=τσ ш=σ щ=στσ ы=ι э=ε е=ε ё=ιο ю=ιου я=ια ь= ъ= а=α",
}

_SOFT_D: Final = re.compile("(?<=[αεοιυ])ντ(?=[αεοιυρ])")

# Letters and endings that belong to one of the languages above.
_TELLING: Final = (
    ("pl", re.compile("[ąęłńśźż]|(?:wicz|czyk|szcz)")),
    ("de", re.compile("[äöüß]")),
    ("pt", re.compile("[ãõ]|ç(?=[ao])|nh[aeo]|lh[aeo]")),
    ("fr", re.compile("[èêœàùûëï]|ç")),
    ("es", re.compile("ñ|[áíóú]")),
    ("uk", re.compile("(?:enko|chuk|skyy|skyi|yuk)(?= |$)|volodymyr|oleksandr|serhi|dmytr")),
    ("ru", re.compile("(?:[oe]vn?a?|sky|skiy|vich|[oe]va|inskaya|skaya)(?= |$)")),
)
LANGUAGES: Final = tuple(sorted(_RULES))  # of Latin names that have rules here


def language_by_spelling(name: str) -> str:
    """Return the language that a Latin name's spelling belongs to; "" where it does not tell."""
    lower = unicodedata.normalize("NFC", name).lower()
    return next((language for language, sign in _TELLING if sign.search(lower)), "")


def transcribed(name: str, language: str) -> list[tuple[str, str]]:
    """Return a Latin name in Cyrillic and in Greek, with the language; [] where no rule is safe."""
    if language not in _RULES:
        return []
    words = {word: _transcribe(word, language) for word in _WORD.findall(name)}
    if not words or "" in words.values():
        return []
    first = _WORD.sub(lambda found: words[found[0]], name)
    if language == "uk":
        return [("uk", first)]
    others = [(other, _respelled(first, rules)) for other, rules in _OTHERS.items()]
    if language == "es":  # whose d Greeks hear as their own
        others += [(other, _SOFT_D.sub("δ", name)) for other, name in others if other == "el"]
    return [("ru", first), *others]


def _transcribe(word: str, language: str) -> str:
    lower = unicodedata.normalize("NFC", word).lower()
    if language == "en" and lower in _GIVEN_NAMES:
        return _in_case(_GIVEN_NAMES[lower], word)
    if language == "en" and not _SAFE_ENGLISH.fullmatch(lower):
        return ""
    lower = lower if language in {"fr", "pl"} else lower.translate(_KEPT_MARKS)
    spelled = _apply(lower, _RULES[language]).translate(_ACUTE)
    spelled = _apply(spelled, _PLAIN) if _LATIN.search(spelled) else spelled
    if not spelled or not all("\u0400" <= char <= "\u04ff" for char in spelled):
        return ""
    return _in_case(spelled, word)


_KEPT_MARKS: Final = {ord(char): _ACUTE[ord(char)] for char in "áàâéèêíìîïóòôúùûý"}


def _respelled(name: str, rules: str) -> str:
    return _WORD.sub(lambda found: _in_case(_apply(found[0].lower(), rules), found[0]), name)


def _in_case(spelled: str, like: str) -> str:
    return spelled.capitalize() if like[:1].isupper() else spelled


def _apply(word: str, rules: str) -> str:
    for pattern, new in _compiled(rules):
        word = pattern.sub(new, word)
    return word


@cache
def _compiled(rules: str) -> list[tuple[re.Pattern[str], str]]:
    """Return rules, written `pattern=letters`, ready; a pattern holds = only as (?= and (?<=."""
    found = (re.fullmatch(r"(.*?[^?<])=([\u0370-\u04ff]*)", rule) for rule in rules.split())
    return [(re.compile(each[1]), each[2]) for each in found if each]
