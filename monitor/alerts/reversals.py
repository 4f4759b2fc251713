"""Whether a headline says that what was done is undone: reopened, freed, called off. Pure.

What is closed and opens again is told in nearly the same words, so it joins the same story.
"""

import re
from typing import Final

_UNDONE: Final = re.compile(
    r"""
    \b(?:
        re-?open(?:s|ed|ing)? | (?:is|are|was|were|been|found)\s+(?:still\s+)?alive
      | alive(?=\s+(?:after|despite|says?|in)\b|,)
      | (?:cease-?fire|truce|talks|deal|agreement|negotiations)\b.{0,50}\b(?:collaps\w+|unravels?)
      | freed | frees | call(?:s|ed)\s+off | cancel(?:s|led|ed) | reinstat(?:es?|ed)
      | postpon(?:es?|ed) | (?:puts?|is|are|was|were|been)\s+put\s+off | false\s+alarms?
      | (?:summit|meeting|talks|visit|trip|vote|election|launch|flights?|trial|hearing)s?\s+
        (?:\S+\s+){0,4}?(?:put\s+off|scrapped|shelved|axed)
      | falsas?\s+alarmas? | alarmes?\s+falsos? | fausses?\s+alertes? | fehlalarm | falscher\s+alarm
      | falso\s+allarme | fałszywy\s+alarm | ложн(?:ая|ой)\s+тревог\w+
      | aplaz(?:a|an|ó|ad[oa]s?) | pospon(?:e|en) | pospuest[oa]s? | adi(?:a|am|ou|ad[oa]s?)
      | report(?:é|ée|és|ées)(?=\b) | verschoben | vertagt | rinviat[oaie] | przełożon\w+
      | отлож(?:ил|ен)\w*
      | resum(?:es?|ed) | (?:lifts|lifted)(?=\b.{0,60}\b(?:ban|curfew|closure|sanctions?|embargo|
        blockade|restrictions?|alert|warning|order|siege|state)\b)
      | (?:ban|curfew|closure|sanctions?|embargo|blockade|restrictions?|alert|warning)s?\s+
        (?:is\s+|are\s+|was\s+|were\s+)?lifted
      | reabren? | reabri[óou]\w* | reabiert[oa]s? | liberad[oa]s? | cancelad[oa]s? | cancelan?
      | reanudan? | reanud[óo]\w* | levantan?\s+(?:el|la|las|los)\s+(?:cierre|toque|veto|bloqueo|
        sanciones|restricciones|alerta)
      | rouvr(?:e|ent) | rouvert(?:e|s|es)? | libérée?s?
      | annul(?:e|ent|ée?s?) | reprend | reprennent
      | wieder\s+(?:geöffnet|offen|frei|freigegeben) | öffnet\s+wieder | freigelassen | freigekommen
      | aufgehoben | abgesagt | wieder\s+aufgenommen
      | reabert[oa]s? | libertad[oa]s? | retomam? | retomad[oa]s?
      | riapr(?:e|ono) | riapert[oaie] | liberat[oaie] | annullat[oaie] | revocat[oaie]
      | ponownie\s+otwart\w+ | uwolnion\w+ | zniesion\w+ | odwołan[oaey]\w* | wznowion\w+
      | вновь\s+откры\w+ | освобо(?:дил|жден|ждён)\w* | отмен(?:ил|ен|ён)\w* | возобнов\w+
      | відновл\w+ | звільн(?:ив|ен)\w* | скасов\w+
      | yeniden\s+açıl\w+ | serbest\s+bırak\w+ | iptal\s+edil\w+
    )\b
    | إعادة\s+فتح | الإفراج\s+عن | إلغاء | استئناف
    | 重新开放 | 重新開放 | 获释 | 獲釋 | 取消 | 恢复 | 恢復 | 再開 | 解放された | 中止に
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_undone(title: str) -> bool:
    """Tell whether a headline says that something was undone."""
    return _UNDONE.search(title) is not None
