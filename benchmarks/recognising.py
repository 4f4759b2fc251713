"""What it costs to tell whether a document of fifty entries brings news, without the store."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from benchmarks.table import Row, cpu_seconds
from monitor.feeds.identity import identify
from monitor.feeds.identity.recognition import Memory, Recognised, doubts, is_plain, recognise
from monitor.model import Document, Entry, Known, Source, SourceId, SourceState

NOW = datetime(2025, 11, 30, 21, 4, tzinfo=UTC)
SOURCE = Source(url="https://wire.example/feed", name="Wire")
ENTRIES, TIMES = 50, 200
KEYS = 4  # digests of an entry: three keys and its text


def rows() -> list[Row]:
    entries = tuple(an_entry(number) for number in range(ENTRIES + 1))
    state = SourceState(
        id=SourceId(1),
        url=SOURCE.url,
        host="wire.example",
        next_poll_at=NOW,
        first_success_at=NOW,
        last_success_at=NOW,
        window=marks(range(1, ENTRIES + 1)),
    )
    known = dict(look(Document(entries=entries[1:]), state, {}).seen)
    news = marks(range(ENTRIES))
    documents = {
        "one changed entry of fifty": (Document(entries=entries[:1], marks=news), "<= 150"),
        "fifty entries read whole, one new": (Document(entries=entries[:ENTRIES]), ""),
    }
    return [row(name, document, goal, state, known) for name, (document, goal) in documents.items()]


def row(
    name: str, document: Document, goal: str, state: SourceState, known: dict[str, Known]
) -> Row:
    assert len(look(document, state, known).new) == 1
    ours = cpu_seconds(lambda: [look(document, state, known) for _ in range(TIMES)])
    texts = [entry.summary.encode() for entry in document.entries for _ in range(KEYS)]
    floor = cpu_seconds(
        lambda: [blake2b(text, digest_size=16).hexdigest() for _ in range(TIMES) for text in texts]
    )
    return Row(
        stage=f"recognise, {name}",
        ours=ours / TIMES * 1e6,
        unit="µs CPU/document",
        beside="its digests alone",
        reference=floor / TIMES * 1e6,
        goal=goal,
    )


def look(document: Document, state: SourceState, known: dict[str, Known]) -> Recognised:
    identified = identify(document)
    found = {key: known[key] for key in identified.keys if key in known}
    memory = Memory(state=state, known=found)
    assert is_plain(document, identified, memory)
    assert not doubts(identified, found)
    return recognise(document, identified, memory, source=SOURCE, now=NOW)


def an_entry(number: int) -> Entry:
    link = f"https://www.wire.example/2025/11/30/venezuelan-airspace-closed-{number}?utm_source=rss"
    return Entry(
        guid=f"https://wire.example/?p={number}",
        title=f"Venezuelan airspace is closed, part {number}",
        summary="Airlines were told to treat the airspace above Caracas as closed. " * 6,
        link=link,
        published=NOW - timedelta(minutes=number),
    )


def marks(numbers: range) -> bytes:
    return b"".join(number.to_bytes(8) for number in numbers)
