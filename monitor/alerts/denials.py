"""Whether a headline says that what was told is denied or corrected. Pure.

Words that only deny come alone; those that also refuse, feign or improve something count in the
company that makes them a denial or a correction. What is missing makes a follow-up later (it then
comes with more sources), what is too common makes one for nothing.
"""

import re
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

from monitor.alerts.reversals import is_undone

Mark: TypeAlias = Literal["denied", "corrected", "undone"]
MARKS: Final[tuple[Mark, ...]] = ("corrected", "denied", "undone")

_LONGEST: Final = 400  # characters of a headline that are read
_GAP: Final = r"[^.;!?|]{0,70}?"  # words between, in one sentence

# What is said and can be taken back.
_TOLD: Final = (
    r"(?:reports?|claims?|allegations?|accusations?|rumou?rs?|stor(?:y|ies)|statements?|"
    r"suggestions?|assertions?|articles?|tweets?|posts?|remarks?|comments?|announcements?|stud(?:y|ies))"
)
_COUNTED: Final = r"(?:toll|deaths?|dead|casualt\w+|figures?|numbers?|count|tally)"
# What somebody may be denied.
_BOON: Final = (
    r"(?:bail|parole|visas?|entry|asylum|access|requests?|motions?|appeals?|bids?|petitions?|"
    r"permi\w+|licen[cs]es?|clemency|pardon|stay|injunction|release|custody|application|plea|"
    r"rights?|services?|care|treatment|boarding|housing|funding|loans?|citizenship|passports?|"
    r"certiorari|hearing|trial|retrial|extradition)"
)
# Read as if it were not there.
_REFUSED: Final = re.compile(
    rf"""
    \b(?:court|judge|judges|jury|tribunal|justices|panel)\s+(?:has\s+)?
        den(?:y|ies|ied)\b(?!\s+(?:that|any|it|being|having|taking|wrongdoing|report|claim))
  | \b(?:reject|dismiss|toss|throw)(?:s|es|ed)?\b(?=.{{0,60}}\b(?:lawsuit|compensation|insurance)\b)
  | \b(?:court|judge|judges|jury|tribunal|justices|insurers?)\s+(?:\w+\s+)?(?:reject|dismiss)\w*
  | \bden(?:y|ies|ied|ying)\s+(?!\w+ing\b(?<!boarding)(?<!housing)(?<!funding)(?<!hearing))
        (?:[\w'’-]+\s+){{0,4}}?{_BOON}\b(?!\s+(?:report|claim|rumou?r|allegation))
  | \b{_BOON}\s+(?:(?:is|was|were|are|been|has|have)\s+){{0,2}}denied\b
  | \bdenied\s+(?!(?:that|it|any|all|having|being|by|the|a|an|these|those|such|his|her|its|their|
        knowing|involvement|responsibility|wrongdoing|charges|knowledge|links?|role|
        taking|using|making|doing|paying|planning|ordering|carrying|closing|killing|targeting|
        on|in|as|again|and|{_TOLD})\b)\w+
  | \b(?:in|self|climate|holocaust|genocide|election|visa|science)[\s-]+denial
  | \bdenial[\s-]+of[\s-]+(?:service|{_BOON})
  | (?:\bnot|n['’]t|\bcannot|\bnor|\bor|\bhard\s+to|\bno)\s+(?:den(?:y|ies|ied|ying)|denial)\b
  | \b(?:se|si)\s+(?:ha\s+)?(?:nieg\w+|neg\w+|neg[óò])
  | \b(?:nieg[ao]n?|neg[óo]u?|nega[mn]?o?|negaron|negaram|negato)\s+(?:[\w'’]+\s+){{0,2}}?
        (?:l['’])?(?:visas?|visto|entrada|ingresso|libertad|liberdade|fianza|fiança|permiso|permesso|
        asilo|extradici[óo]n|extradição|estradizione|acceso|acesso|accesso|recurso|ricorso|petici[óo]n|
        pedido|solicitud|amparo|indulto|grazia|liminar|habeas|prisão|domiciliari|arresti|ayuda|
        scarcerazione|registro|suspensi[óo]n|licencia|licença)
  | (?:不|未|没有|沒有|不予)否[认認] | 否定的
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Words that say it alone, in whatever company.
_DENIALS: Final = """
    denies deny denied denial denials denying refutes refuted debunks debunked
    desmiente desmienten desmentido desmentida desmintió desmintieron niega niegan negó negaron
    dément démentent démenti démentie démentis démenties démentit
    dementiert dementieren dementierte dementierten dementi falschmeldung
    smentisce smentiscono smentito smentita smentiti smentite smentì nega negano
    desmente desmentem desmentiu desmentiram negam negou negaram
    ontkent ontkennen ontkende ontkenden weerlegt
    dementuje dementują zdementował zdementowała zdementowało zdementowali zdementowano
    zaprzecza zaprzeczają zaprzeczył zaprzeczyła zaprzeczyło zaprzeczyli zaprzeczono
    popírá popírají popřel popřela popřeli popřelo vyvrátil vyvrátila cáfolja cáfolta cáfol tagadja
    dezminte dezmint dezmințit neagă
    dementerar dementerade dementerer förnekar förnekade benekter benektet benægter benægtede
    kiistää kiisti kiistävät
    yalanladı yalanlandı yalanlama yalanlıyor yalanladılar
    опровергает опровергают опровергал опроверг опровергла опровергло опровергли опровергнул
    опровергнута опровергнуты опровержение отрицает отрицают отрицал отрицала отрицали
    спростовує спростовують спростував спростувала спростувало спростували спростування
    спростовано заперечує заперечують заперечив заперечила заперечило заперечили
    διαψεύδει διαψεύδουν διέψευσε διέψευσαν διάψευση
    ينفي تنفي نفى ينفون ونفى ونفت وينفي تكذيب تکذیب
    מכחיש מכחישה מכחישים הכחיש הכחישה הכחישו
    membantah bantah
"""
_DENYING: Final = (
    # English
    rf"\b(?:reject|dismiss|rubbish)(?:s|es|ed|ing)?\b{_GAP}\b(?:{_TOLD}|fake|false)\b",
    (
        r"\b(?:is|are|was|were|as|be|prove[sd]?|out)\s+(?:\w+ly\s+|not\s+)?(?:an?\s+)?(?:\w+\s+)?"
        r"(?:false|untrue|baseless|unfounded|groundless|fabricated|bogus|hoax|fake\s+news|fake)"
        r"(?=\W*$|\s*[,:;.–—-]|\s+(?:says?|said|by|and|as)\b)"
    ),
    (
        rf"\bcall(?:s|ed|ing)?\b{_GAP}\b(?:false|untrue|baseless|unfounded|groundless|fabricated|"
        r"bogus|hoax|fake\s+news|fake)(?=\W*$|\s*[,:;.–—-]|\s+(?:and|as)\b)"
    ),
    (
        rf"\b{_TOLD}\s+(?:of\b{_GAP}\s)?(?:false|untrue|baseless|unfounded|groundless|fabricated)\b"
        r"(?!\s+\w+s\b)"
    ),
    rf"^\W*(?:false|fake|baseless|unfounded)\s+{_TOLD}\s+(?:of|that|about)\b",
    r"^\W*(?:false|fake\s+news|hoax)\s*:",
    r"\bnot\s+true\b|\bno\s+truth\W+(?:to|in)\b|\bfact[\s-]?check\w*:\s*(?:no|false|not)\b",
    # Spanish, Portuguese, Italian
    (
        r"\b(?:es|era|son|eran|é|è|sono|são)\s+(?:tot\w+\s+|complet\w+\s+)?(?:fals[oaie]s?|mentira)"
        r"(?=\W*$|\s*[,:;]|\s+(?:que|che|el|la|los|las|o|a|os|as)\b)"
    ),
    r"^\W*(?:es\s+|é\s+|è\s+)?fals[oa]\s*(?::|,|\bque\b|\bche\b)",
    r"\b(?:noticia|notícia)\s+falsa\b|\bfalsa\s+(?:noticia|notícia|notizia)\b|\bnotizia\s+falsa\b",
    r"\b(?:es|era|un|el)\s+bulo\b|^\W*(?:bulo|bufala|hoaks|fake)\s*:|\bè\s+una\s+bufala\b",
    # French
    r"\bfausse\s+(?:nouvelle|information|info|rumeur)\b|\best\s+une\s+(?:infox|intox)\b",
    r"^\W*(?:infox|intox)\s*:|\bnie(?:nt)?\s+(?:toute?|avoir|être|que|catégoriquement)\b",
    # German, Dutch, Scandinavian
    (
        r"\b(?:weis(?:t|en)|wies(?:en)?)\b.{0,80}?(?:bericht|vorw[uü]rf|behauptung|meldung|gerücht|"
        r"anschuldig|darstellung|spekulation|anschuldigung).{0,60}?\bzurück\b"
    ),
    r"\bbestr(?:eite[nt]|itt(?:en)?)\b.{0,50}?(?:vorw[uü]rf|beteiligung|verantwort|bericht|angriff)",
    (
        r"\b(?:is|zijn)\s+nepnieuws\b|\bspree?k(?:t|en)\s.{0,50}(?:bericht|gerucht|bewering).{0,40}"
        r"\btegen\b"
    ),
    r"\ba[fv]vis(?:er|ar|te|ade)\b.{0,40}(?:rykte|rygte|påstand|påstå|anklag|beskyld|rapport|at\b)",
    # Polish, Russian, Ukrainian
    r"\bto\s+(?:nieprawda|fake\s+news)\b|\bnie\s*prawdziw\w+\s+(?:informac|doniesien)",
    r"\bне\s+соответству\w+\s+действительности|\bне\s+відповіда\w+\s+дійсності",
    r"\bназва(?:л|в)\w*\b.{0,60}\bфейк(?:ом|ами)\b|(?:[—–:-]|\bэто|\bце)\s*фейк(?:\W|$)",
    # Turkish, Arabic, Indonesian, Vietnamese, Hindi
    r"\biddia\w*\b.{0,40}\basılsız\b|\basılsız\b.{0,20}\biddia",
    # The Arabic “she denied” is the Persian “oil”: it denies only in Arabic company.
    r"^(?=.*\bال)(?!.*[یکگپچژ]).*\bنفت\b",
    r"(?:تكذب|يكذب|تكذّب|يكذّب)\s+(?:أنباء|الأنباء|تقارير|خبر|شائعات|ادعاءات|ما)",
    r"\b(?:bác\s+bỏ|phủ\s+nhận)\b.{0,12}\b(?:tin|thông\s+tin|cáo\s+buộc|cái\s+chết|vụ|việc)\b",
    r"खंडन|खण्डन",
    # Scripts without spaces
    r"否认|否認|辟谣|闢謠|不实|不實|否定|반박|부인(?=했|하|해|합|한다)|(?:전면|혐의|의혹|보도|설)\s?부인",
)
# A correction says so at its beginning or its end.
_HEADING: Final = (
    r"(?:corrections?|corrected|clarification|retraction|corrección|rectificación|fe\s+de\s+erratas?|"
    r"rectificatif|rectification|erratum|korrektur|korrigiert|berichtigung|richtigstellung|"
    r"correzione|rettifica|errata(?:\s+corrige)?|correção|corrigido|retificação|"
    r"rectificatie|gecorrigeerd|sprostowanie|rättelse|korrigering|rettelse|oikaisu|korekta|oprava|"
    r"düzeltme|исправлено|исправление|уточнение|поправка|виправлено|виправлення|уточнення|"
    r"تصحيح|تصويب|اصلاحیه|הבהרה|תיקון)"
)
_CORRECTING: Final = (
    rf"^\W*(?:(?:ap|afp|reuters|efe|ansa|dpa|update|urgent)\W+)?{_HEADING}\s*(?:[:：/|–—]|-\s)",
    rf"[(\[]\s*{_HEADING}\s*[)\]]|[–—|:-]\s*{_HEADING}\W*$",
    r"\b(?:issue|publish|print|run)(?:s|es|ed)?\s+(?:an?\s+)?(?:correction|clarification|retraction)",
    rf"\bcorrect(?:s|ed|ing)?\b{_GAP}\b(?:{_COUNTED}|{_TOLD}|record|headline)\b",
    rf"\b{_COUNTED}\b{_GAP}\b(?:corrected|revised\s+(?:down|lower))",
    (
        rf"\b(?:revises?|revised)\b{_GAP}\b{_COUNTED}\b{_GAP}\b(?:down|lower)|\blowers?\s+(?:the\s+)?"
        r"(?:death\s+)?toll\b"
    ),
    rf"\bwalk(?:s|ed|ing)?\s+back\s+(?:[\w'’-]+\s+){{0,4}}?(?:{_TOLD}|threats?|{_COUNTED})\b",
    rf"\b(?:withdraws?|withdrew|retract(?:s|ed|ing)?)\s+(?:[\w'’-]+\s+){{0,3}}?{_TOLD}\b",
    (
        rf"\b{_TOLD}\s+(?:(?:that|of|on|about)\b[^:,;]{{0,60}}?\s)?(?:(?:is|was|were|are|has|have|been)\s+)"
        r"{0,2}(?:withdrawn|retracted)\b(?!\s+from)"
    ),
    (
        r"\b(?:corrige[mn]?|rectifican?|retifica|rettifica|rectifie|corrigió|rectificó)\s+(?:[\w'’]+\s+)?"
        r"(?:l['’])?(?:cifras?|números?|numeri|numero|balances?|balanço|bilan|bilancio|chiffres?|dat[oi]s?|"
        r"informaci[óo]n|informação|error)\b"
    ),
    r"\bbilan\s+(?:corrigé|rectifié|revu\s+à\s+la\s+baisse)|\bfe\s+de\s+erratas?\b|\brectificatif\b|\berrata\s+corrige\b",
    r"\bkorrigier(?:t|en|te|ten)\b.{0,40}(?:zahl|opfer|angabe|bericht|meldung|bilanz|toten)",
    r"\b(?:zahl|opferzahl|angaben?|meldung)\b.{0,40}\bkorrigiert\b|\bberichtigung\b|\brichtigstellung\b",
    r"\bsprostowanie\b|\brättelse\b|\brectificatie\b",
    r"更正|勘误|勘誤|訂正|정정\s?보도|^\W*정정|바로잡습니다",
)


def _one_of(patterns: tuple[str, ...], words: str = "") -> re.Pattern[str]:
    whole = [rf"\b(?:{'|'.join(words.split())})\b"] if words else []
    return re.compile("|".join([*whole, *patterns]), re.IGNORECASE)


_PATTERNS: Final[dict[Mark, re.Pattern[str]]] = {
    "denied": _one_of(_DENYING, _DENIALS),
    "corrected": _one_of(_CORRECTING),
}
# As agencies head what replaces or recalls a report: in capitals, before a sign.
_AGENCY: Final = re.compile(
    r"^\W*(?:[A-Z]{2,}(?:\s\d+)?\s*[-–—:/]\s*){0,3}"
    r"(?:CORRECT(?:ED|ION|S)|WITHDRAWN|RETRACT(?:ED|ION)|KILL)"
    r"(?:\s*[-–—]?\s*\([A-Z ]+\))?\s*[-–—:]"
)
# In capitals where the rest is not: what was told is not so.
_EMPHATIC: Final = re.compile(r"(?=.*[a-z]{2}).*\bNOT\b(?!\s+[Tt][Oo]\b)")
_WARNING: Final = re.compile(
    r"\b(?:do|does|why|or|what|how|when|where|if|to|should|must|may|can|please)\s+not\b",
    re.IGNORECASE,
)


def marks(title: str) -> frozenset[Mark]:
    """Return whether a headline says that something was denied, corrected or undone."""
    title = normalize("NFC", title[:_LONGEST])
    text = _REFUSED.sub(" ", title)
    found = {mark for mark, pattern in _PATTERNS.items() if pattern.search(text)}
    if _EMPHATIC.match(_WARNING.sub(" ", title)):
        found.add("denied")
    if _AGENCY.match(title):
        found.add("corrected")
    if is_undone(title):
        found.add("undone")
    return frozenset(found)
