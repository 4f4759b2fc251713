"""What `monitor explain` shows of a story: who tells it, and why an item is told with others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from monitor.cli.options import count

if TYPE_CHECKING:
    from monitor.model import Item
    from monitor.store import Finding
    from monitor.watch.matcher import Matcher

_WORDS: Final = 6
_ENOUGH: Final = 12  # digits of an id
_BY: Final = {
    "link": "its link is that of",
    "headline": "its headline is that of",
    "duplicate": "it says the same as",
    "update": "it is the next version of",
    "likeness": "it tells much the same as",
    "edits": "of what was told before it, nothing is like it any more; the first was",
}


def story_json(finding: "Finding", matcher: "Matcher") -> dict[str, Any] | None:
    """Return an item's story, and what it joined that for; `joined` is null where it began it."""
    story = finding.story
    if story is None:
        return None
    return {
        "id": story.id,
        "size": story.size,
        "sources": list(story.sources),
        "joined": _joined(finding, matcher),
    }


def story_lines(story: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a story as lines for people."""
    if story is None:
        return
    names = ", ".join(story["sources"])
    yield f"story {story['id']}: {count(story['size'], 'item')} from {names}"
    if joined := story["joined"]:
        both = f"; both say {', '.join(joined['words'])}" if joined["words"] else ""
        which = f"“{joined['title']}” ({joined['source']}, item {joined['item'][:_ENOUGH]})"
        yield f"told in it because {_BY[joined['by']]} {which}{both}"


def _joined(finding: "Finding", matcher: "Matcher") -> dict[str, Any] | None:
    item, earlier = finding.item, finding.kin.earlier
    if not earlier:
        return None
    for by, key in (("link", "link_key"), ("headline", "title_key")):
        own = getattr(item, key)
        if same := [each for each in earlier if own and own == getattr(each, key)]:
            return _told(by, same[-1])
    copy = finding.kin.copy
    copied = next((each for each in earlier if copy and each.id == copy.of), None)
    if copy and copied:
        return _told(copy.kind, copied)
    return _likest(item, earlier, matcher) or _told("edits", earlier[-1])


def _likest(item: "Item", earlier: "Sequence[Item]", matcher: "Matcher") -> dict[str, Any] | None:
    """Compare an item anew with what was there; how rare words were that day is not known now."""
    from monitor.model import StoryId
    from monitor.pipeline.gists import Gists
    from monitor.stories.member import Member
    from monitor.stories.shelf import Shelf

    gists, shelf = Gists(), Shelf()

    def member(each: "Item") -> Member | None:
        gist = gists.of(each, matcher.tongue(each).bends)
        if gist is None:
            return None
        source, at = each.source.url, each.first_seen
        return shelf.weigh(gist, item=each.id, source=source, at=at, said_at=at)

    asked = member(item)
    for each in reversed(earlier):
        if known := member(each):
            shelf.put(known, StoryId("the one"))
    found = shelf.find(asked).stories if asked else ()
    if not asked or not found:
        return None
    nearest = found[0].nearest
    both = set(nearest.terms[: len(nearest.weights)])
    words = gists.words(item, matcher.tongue(item).bends)
    shared = [words[term] for term in asked.terms if term in both and term in words]
    return _told("likeness", next(x for x in earlier if x.id == nearest.item), shared[:_WORDS])


def _told(by: str, other: "Item", words: "Sequence[str]" = ()) -> dict[str, Any]:
    return {
        "by": by,
        "item": other.id,
        "title": other.entry.title,
        "source": other.source.name,
        "words": list(words),
    }
