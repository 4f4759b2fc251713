"""Shows where in a text something stands: the text around it, and carets below."""

from collections.abc import Iterator, Mapping, Sequence

from monitor.config.problems import printable, underline
from monitor.model import Evidence, Field


def pointed(
    hits: Sequence[Evidence], texts: Mapping[Field, str], *, role: str = ""
) -> Iterator[str]:
    """Yield lines of the texts, and below each what was found there with carets at its place.

    `role` says what the hits did, where that is not plain.
    """
    shown_before = ""
    for hit in hits:
        shown, carets = underline(texts[hit.field].replace("\n", " "), hit.start, hit.end)
        line = f"{hit.field}: {shown}"
        if line != shown_before:
            yield line
            shown_before = line
        entity = f" (entity {hit.entity})" if hit.entity else ""
        note = f"; {hit.note}" if hit.note else ""
        margin = " " * (len(hit.field) + 2)
        yield f"{margin}{carets} {printable(f'{role}{hit.term}{entity}{note}')}"
