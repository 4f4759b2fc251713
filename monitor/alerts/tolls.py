"""How many are dead, hurt, missing, arrested, by the words that stand nearest to numbers. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias

from monitor.alerts.numerals import is_rough

Kind: TypeAlias = Literal["dead", "hurt", "missing", "arrested"]


class Token(NamedTuple):
    """A word, a number or a sign of a headline, in its order."""

    text: str
    figure: str = ""  # "" where it is no number


# Chosen words of the largest languages of news; a star stands for any ending.
_WORDS: Final[dict[Kind, str]] = {
    "dead": """
        dead death deaths toll tolls kill* die died dies fatalit* victim* slain bodies perish*
        muert* fallec* mueren muere murier* murió víctima* mata matan mató
        mort morts morte mortes morti morto mortos mortas morre* morți vítima* matou
        tué* tue tuent décès décéd* vittim* uccis* uccide* decedut* uciși deced*
        tot tote toter toten todesopfer* todeszahl* getötet* tötet* gestorben* starben opfer
        dood doden dode dodental gedood slachtoffer*
        död döda dödade döds* død døde døds* dræbt* drept* omkom* kuoll* kuoli* kuolonuhr* uhri*
        zabit* zabił* zginę* zmarł* ofiar* mrtv* mŕtv* zabil* zahynul* oběť* obět* obetí
        halott* halál* áldozat* meghalt* νεκρ* θύματα
        погиб* убит* умер* жертв* смерт* скончал* загибл* загину* вбит* помер*
        ölü* öldü* ölen* hayatını
        قتلى القتلى قتيل* مقتل وفاة وفيات ضحايا الضحايا شهيد* شهداء مصرع کشته* قربانی* جان
        הרוגים נהרגו מתים मौत* मृत* मारे मरे tewas meninggal korban chết mạng vong
    """,
    "hurt": """
        injur* wound* hurt hurts herid* lesionad* ferid* fere ferit* ferisc* blessé* blesse*
        verletz* verwund* gewond* skadad* skadet skadde sårad* såred* kvæst* loukkaant* haavoittu*
        rann* ranił* zraně* zranil* răni* sebesült* sérült* τραυματ*
        ранен* пострада* травм* поранен* постражда* yaralı* yaralan*
        جرحى الجرحى جريح* مصاب* إصاب* زخمی* مجروح* مصدوم* פצוע* נפצע* घायल* luka* cedera thương
    """,
    "missing": """
        missing unaccounted desaparecid* disparu* dispers* vermisst* vermist* saknad* saknas savn*
        kateiss* zaginion* zaginę* nezvěst* dispăru* eltűn* αγνοούμεν* пропавш* пропал* зникл*
        kayıp* مفقود* लापता hilang tích
    """,
    "arrested": """
        arrest arrests arrested detained jailed arrestad* detenid* detienen preso* detid* arrêté*
        interpell* festgenommen* festnahme* verhaft* arrestat* zatrzyman* aresztow* задержан*
        затриман* gözaltı* tutuklan* معتقل*
    """,
}
# Scripts without spaces between words, or with endings that take no space.
_UNSPACED: Final[dict[Kind, str]] = {
    "dead": "死亡|死者|遇难|遇難|罹难|罹難|丧生|喪生|사망|숨져|숨진|死",
    "hurt": "受伤|受傷|负伤|負傷|重伤|重傷|轻伤|輕傷|けが|ケガ|부상|다쳐|다친|伤|傷",
    "missing": "失踪|失蹤|失联|失聯|不明|실종",
    "arrested": "逮捕|체포",
}
_BOTH: Final = "死伤|死傷"  # how many of either is not told
_PIECES: Final = re.compile(f"({_BOTH}|{'|'.join(_UNSPACED.values())})")
_IN_PIECES: Final = {
    piece: kind for kind, pieces in _UNSPACED.items() for piece in pieces.split("|")
}
_EXACT: Final = {
    word: kind for kind, words in _WORDS.items() for word in words.split() if word[-1] != "*"
}
_STEMS: Final = {
    word[:-1]: kind for kind, words in _WORDS.items() for word in words.split() if word[-1] == "*"
}
_LONGEST_STEM: Final = max(map(len, _STEMS))

# What is no number of people: how strong, how old, how far, how much.
_NO_COUNT: Final = re.compile(
    r"magnitud|магнитуд|магнітуд|stärke|richter|scossa|year|año|anos|ans$|jähr|jahr|лет|год|km|"
    r"aged|lat$|lat(?:ek|ka|ki)$|letni|anni$|season|episode|mile|metr|[%$€£¥]|percent|级|級|岁|歳|セ"
)
_FROM: Final = frozenset(
    ("from", "de", "von", "da", "do", "z", "ze", "с", "со", "з", "із", "van", "od", "från", "fra",
     "dari", "من", "از", "从", "由")
)  # fmt: skip
_TO: Final = frozenset(
    ("to", "a", "à", "auf", "do", "до", "para", "per", "naar", "til", "till", "na", "ai", "al",
     "até", "la", "στους", "ke", "إلى", "الى", "به", "lên")
)  # fmt: skip
_PEOPLE: Final = re.compile(
    r"people|person|pessoas|mensch|mensen|människ|menneske|ihmis|человек|люд|чолов|осіб|osob|osób|"
    r"kişi|orang|người|نفر|شخص|लोग|[人名명]"
)
_DIES_AT: Final = frozenset(("diesat", "diedat", "deadat"))
_PAUSES: Final = frozenset(",;:،；：，、。—–|")

# How many words a word may stand behind its number, and before it; more where nothing else is
# counted by that number.
_BEHIND: Final = 5
_BEFORE: Final = 3
_FAR: Final = 10
_WINDOW: Final = 16  # words and signs
_READ: Final = 200  # words and signs of a text
_OUT_OF_REACH: Final = 1000
_NOWHERE: Final[tuple[int, Kind]] = (_OUT_OF_REACH, "dead")


def tolls(tokens: Iterable[Token]) -> dict[Kind, str]:
    """Return the number that stands nearest to words of each kind: {"dead": "27"}."""
    row = [piece for token in islice(tokens, _READ) for piece in _pieces(token)]
    kinds = [_kind(token) for token in row]
    found = dict[Kind, tuple[int, str]]()
    for at, token in enumerate(row):
        if not token.figure or not _counts_people(row, at):
            continue
        near = range(max(at - _WINDOW, 0), min(at + _WINDOW, len(row)))
        ways = ((_way(row, at, there), kind) for there in near if (kind := kinds[there]))
        way, kind = min(ways, default=_NOWHERE)
        if way < (found[kind][0] if kind in found else _OUT_OF_REACH):
            found[kind] = way, token.figure
    return {kind: found[kind][1] for kind in _WORDS if kind in found}


def _way(row: Sequence[Token], number: int, word: int) -> int:
    """Return how far a word is from a number: less far behind it, and much so beyond another."""
    first, last = sorted((number, word))
    between = row[first + 1 : last]
    words = last - first - sum(each.text in _PAUSES for each in between)
    reach = _BEHIND if word > number else _FAR if _stands_alone(row, number) else _BEFORE
    if words > reach:
        return _OUT_OF_REACH
    pauses, others = last - first - words, sum(bool(each.figure) for each in between)
    return 2 * words + 6 * pauses + 6 * others + (word < number)


def _counts_people(row: Sequence[Token], at: int) -> bool:
    if not (row[at].figure.isdecimal() or is_rough(row[at].figure)):
        return False
    around = [*row[max(at - 1, 0) : at], *row[at + 1 : at + 2]]
    if any(_NO_COUNT.match(each.text) for each in around):
        return False
    if _is_age(row, at):
        return False
    follows = any(each.figure for each in row[at + 1 : at + 4])
    return not (follows and at and row[at - 1].text in _FROM)


def _is_age(row: Sequence[Token], at: int) -> bool:
    """Tell whether a number is how old somebody was: “dies at 84”, “teen, 16, dies”."""
    before = "".join(each.text for each in row[max(at - 2, 0) : at])
    behind = row[at + 1].text if at + 1 < len(row) else ""
    return before in _DIES_AT or (before.endswith(",") and behind == ",")


def _stands_alone(row: Sequence[Token], at: int) -> bool:
    if at and row[at - 1].text in _TO:
        return True
    behind = row[at + 1].text if at + 1 < len(row) else ""
    return not behind or behind in _PAUSES or bool(_PEOPLE.match(behind))


def _pieces(token: Token) -> Iterator[Token]:
    if token.figure or not _PIECES.search(token.text):
        yield token
    else:
        yield from (Token(piece) for piece in _PIECES.split(token.text) if piece)


def _kind(token: Token) -> Kind | None:
    if token.figure:
        return None
    if kind := _EXACT.get(token.text) or _IN_PIECES.get(token.text):
        return kind
    lengths = range(min(len(token.text), _LONGEST_STEM), 2, -1)
    return next((_STEMS[stem] for n in lengths if (stem := token.text[:n]) in _STEMS), None)
