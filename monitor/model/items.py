"""Items, and what they matched."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.documents import Entry
from monitor.model.stories import Gist
from monitor.model.words import Change, Field, ItemId, ItemOutcome, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """What an item says of where it came from; `url` is redacted, since receivers see it."""

    name: str
    url: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry stored once. `keys` identify it within its source, the strongest first."""

    id: ItemId
    keys: tuple[str, ...]
    source: SourceRef
    entry: Entry
    first_seen: datetime
    language: str = ""  # the entry's, else the feed's, else the source's
    link_key: str = ""  # canonical link, hashed; "" without a link
    title_key: str = ""  # normalised title, hashed; "" where it is too short to tell stories apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason a watchlist fired: `text` stands at [start, end) of the item's field.

    For `tags` the field's plain text is the tags joined by ", "; for `url` it is the link.
    """

    term: str  # as written in the YAML
    field: Field
    start: int
    end: int
    text: str
    entity: str | None = None
    note: str = ""  # why an ambiguous name counted, for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An item on a watchlist. With `vetoed_by` the watchlist's `none` (or an exclude) held it."""

    watchlist: str
    severity: Severity
    evidence: tuple[Evidence, ...]
    vetoed_by: tuple[Evidence, ...] = ()
    possible: bool = False  # only by ambiguous names that nothing explains: one severity lower


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a source remembers under a key: the item it names, and the text it last had.

    The item may have been removed since. A key that several entries of one document had names
    none for ever.
    """

    item: ItemId | None
    fingerprint: str = ""  # blake2b-64 hex of the entry's text; "": not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An item found in a document together with what it matched.

    With `outcome` the document itself showed that it is no news: that is what becomes of it
    whatever it matched, for the `reason`.
    """

    item: Item
    matches: tuple[Match, ...] = ()
    outcome: ItemOutcome | None = None
    reason: str = ""  # in words for a person
    gist: Gist | None = None  # None: only its link and its title say which story it tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A known item whose text changed: its next version.

    `before` is the item as it was, `turned` as it is now with what it matches only now; on the
    watchlists of `repeats` it is by words that edits gave other items of its source too. `kept` is
    the item as it is now with what it matched before and matches still.
    """

    item: ItemId
    entry: Entry
    changed: tuple[Change, ...]  # what a reader would notice; never empty
    before: Item | None = None
    turned: Sighting | None = None  # None: it matches nothing that it did not match before
    repeats: frozenset[str] = frozenset()
    kept: Sighting | None = None
