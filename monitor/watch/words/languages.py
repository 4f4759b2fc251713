"""What an item says of its language, in one form: ISO 639-1 where there is such a code. Pure.

Feeds say `eng`, `English`, `und` and blanks; what names no language says nothing.
"""

import re
from functools import lru_cache
from typing import Final

_TAG: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)")  # the form of BCP 47

# Codes of ISO 639 that name no single language.
_NO_LANGUAGE: Final = frozenset({"mis", "mul", "und", "zxx", "xx"})

# ISO 639-2 and 639-3, by ISO 639-1; where 639-2 has two codes, both.
_CODES: Final = (
    "af:afr am:amh ar:ara,arb az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces,cze cy:cym,wel "
    "da:dan de:deu,ger el:ell,gre en:eng es:spa et:est eu:eus,baq fa:fas,per,pes fi:fin "
    "fr:fra,fre ga:gle gl:glg gu:guj ha:hau he:heb hi:hin hr:hrv ht:hat hu:hun hy:hye,arm "
    "id:ind is:isl,ice it:ita ja:jpn ka:kat,geo kk:kaz km:khm kn:kan ko:kor ku:kur ky:kir "
    "la:lat lo:lao lt:lit lv:lav mk:mkd,mac ml:mal mn:mon mr:mar ms:msa,may mt:mlt my:mya,bur "
    "nb:nob ne:nep,npi nl:nld,dut nn:nno no:nor pa:pan pl:pol ps:pus pt:por ro:ron,rum ru:rus "
    "si:sin sk:slk,slo sl:slv so:som sq:sqi,alb sr:srp sv:swe sw:swa,swh ta:tam te:tel tg:tgk "
    "th:tha tk:tuk tr:tur uk:ukr ur:urd uz:uzb vi:vie yi:yid yo:yor zh:zho,chi,cmn zu:zul "
)
_LONGER: Final = {
    longer: code
    for code, longers in (entry.split(":") for entry in _CODES.split())
    for longer in longers.split(",")
}


@lru_cache(maxsize=256)
def language_said(said: str) -> str:
    """Return the tag of a language that a feed names; "" where it names none, or not by a code."""
    found = _TAG.fullmatch(said.strip())
    if found is None or found[1].lower() in _NO_LANGUAGE:
        return ""
    code = found[1].lower()
    return _LONGER[code] + found[2] if code in _LONGER else found[0]
