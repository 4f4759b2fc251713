"""What an entry quotes is taken out of it, where that is a feed or an entry of its own.

Pure: never touches network, clock or disk. Time grows with the length of the text. An entry may
quote others (Atom's content of type application/atom+xml: RFC 4287, 4.1.3.3; lists of related
ones), which are no entries of the feed, and whose texts are not the outer one's. One that stands
directly in another, as no format has it, is one whose publisher forgot to close that.
"""

import re
from dataclasses import dataclass, field

_MARKUP = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>"
    r"|<(/?)([^\s/>!?\"']++)((?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_ENTRIES = {"item", "entry"}
_FEEDS = {"feed", "rss"}


def without_inner_entries(text: str) -> str:
    """Return `text`, which is well-formed, without what is quoted in its entries."""
    sorting = _Sorting(text=text)
    for found in _MARKUP.finditer(text):
        if not found[2]:
            continue
        if found[1]:
            sorting.end(found)
        else:
            sorting.start(found)
    sorting.take(len(text))
    return "".join(sorting.written)


@dataclass(slots=True, kw_only=True)
class _Open:
    """An entry that is open, or what is quoted in one."""

    is_kept: bool
    pieces: list[str] = field(default_factory=list)
    level: int = 0  # how many other elements are open in it


@dataclass(slots=True, kw_only=True)
class _Sorting:
    """A text as it is written anew, and what is open in it."""

    text: str
    done: int = 0  # up to where the text was taken over
    written: list[str] = field(default_factory=list)
    family: list[_Open] = field(default_factory=list)  # an entry and those that leave it
    open: list[_Open] = field(default_factory=list)

    def start(self, found: re.Match[str]) -> None:
        name = found[2].rpartition(":")[2].lower()
        closes_itself = found[3].endswith("/")
        if name in _ENTRIES or (self.open and name in _FEEDS):
            self._open(found.start(), is_entry=name in _ENTRIES)
            if closes_itself:
                self._close(found.end())
        elif self.open and not closes_itself:
            self.open[-1].level += 1

    def end(self, found: re.Match[str]) -> None:
        if self.open and not self.open[-1].level:
            self._close(found.end())
        elif self.open:
            self.open[-1].level -= 1

    def take(self, until: int) -> None:
        """Take the text over into what is open, up to that place."""
        pieces = self.open[-1].pieces if self.open else self.written
        pieces.append(self.text[self.done : until])
        self.done = until

    def _open(self, at: int, *, is_entry: bool) -> None:
        self.take(at)
        is_direct = not self.open or (self.open[-1].is_kept and not self.open[-1].level)
        self.open.append(_Open(is_kept=is_entry and is_direct))
        if is_entry and is_direct:
            self.family.append(self.open[-1])

    def _close(self, at: int) -> None:
        self.take(at)
        self.open.pop()
        if not self.open:
            self.written += ("".join(one.pieces) for one in self.family)
            self.family.clear()
