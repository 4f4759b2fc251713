"""Finds where the sentences of a text begin. Pure."""

import re
from typing import Final

# A full stop ends a sentence unless it belongs to an initial or an abbreviation, or the text goes
# on in lower case; a mark of exclamation or question ends one even then, unless a quotation closes
# with it: “Stop!” he said. Signs of other scripts end one wherever they stand. A row of stops is
# looked at from its beginning alone, or a long one would take the square of its length.
_END: Final = re.compile(
    r"(?<![.!?…])(?:(?P<stop>[.!?…]+[\"'”’»)\]]*)\s+(?=[^\sa-zà-ÿа-я])|[.!?…]*[!?]\s+(?=\S))"
    r"|[。！？｡؟।॥]+[”’」』）]*|\n\s*\n|\s[|•·]\s"
)
_SHORTENED: Final = re.compile(
    r"(?:\b(?:[A-Z]\.)*[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Maj|Capt|Lt|Sgt|Adm|Gov|Sen|Rep|Rev|Hon"
    r"|St|Ave|Mt|No|Nos|vs|Jr|Sr|Inc|Ltd|Co|Corp|Dept|Est|approx|cf|etc|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|Sra?|Srta|Dra|Lic|Ing|Hr|Fr|bzw|ca|Nr|Mme|Mlle|art|ul|prof|gen|płk|red))\Z"
)


def sentence_starts(text: str) -> list[int]:
    """Return where each sentence of a text begins, in code points; the first is 0."""
    starts = [0]
    for end in _END.finditer(text):
        before = text[max(0, end.start() - 12) : end.start()]
        if end["stop"] == "." and _SHORTENED.search(before):
            continue
        starts.append(end.end())
    return starts
