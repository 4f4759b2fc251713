"""What no single option can tell: sources given twice, and what is probably not meant. Pure."""

from collections.abc import Collection, Iterator
from itertools import chain
from urllib.parse import urldefrag, urlsplit, urlunsplit

from monitor.config.convert import CONSOLE
from monitor.config.problems import MOST, Code, Problem, did_you_mean, quote
from monitor.config.references import Resolver, has_references
from monitor.config.rule_checks import rule_doubts
from monitor.config.tree import (
    MappingNode,
    Path,
    ScalarNode,
    SequenceNode,
    find,
    nearest_key,
    problem_at,
    warning_at,
)
from monitor.config.values import read_flag
from monitor.feeds.redaction import ref_of
from monitor.settings import Settings
from monitor.watch.filters import is_from
from monitor.watch.rules import Entity, Watchlist


def given_twice(root: MappingNode, resolver: Resolver) -> list[Problem]:
    """Return a problem for each source whose address or name another has; valid or not."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str], ScalarNode] = {}
    for option, node in _told(root):
        value = resolver.text(node).strip()
        if value and node not in resolver.broken:
            key = (option, same_address(value) if option == "url" else value)
            if key in seen and len(problems) < MOST:
                problems.append(_twice(option, node, seen[key]))
            seen.setdefault(key, node)
    return problems


def _told(root: MappingNode) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the address and the name of each source."""
    sources = root.value("sources")
    for item in sources.items if isinstance(sources, SequenceNode) else ():
        if isinstance(item, ScalarNode):
            yield "url", item
        elif isinstance(item, MappingNode):
            for option in ("url", "name"):
                node = item.value(option)
                if isinstance(node, ScalarNode):
                    yield option, node


def _twice(option: str, node: ScalarNode, first: ScalarNode) -> Problem:
    where = f"first at {first.file.name}:{first.line + 1}:{first.column + 1}"
    if option == "url":
        return problem_at(node, Code.DUPLICATE_SOURCE, "this source is given twice", where)
    return problem_at(node, Code.DUPLICATE_NAME, "another source has this name", where)


def same_address(url: str) -> str:
    """Return a form in which two spellings of one address are equal."""
    try:
        parts = urlsplit(urldefrag(url.strip()).url)
    except ValueError:
        return url
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, ""))


# --- warnings ---------------------------------------------------------------------------------


def doubts(
    settings: Settings, root: MappingNode, *, missing: Collection[str] = ()
) -> list[Problem]:
    """Return warnings about a valid configuration; `missing` are the extras not installed."""
    return list(
        chain(
            _idle(settings, root),
            _unread_pages(root) if "fulltext" in missing else (),
            _unsendable(settings, root) if "apprise" in missing else (),
            _unused_notifiers(settings, root),
            _filters(settings, root),
            *(_certain(entity, root) for entity in settings.entities),
            rule_doubts(settings, root),
        )
    )


def _idle(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    for section, what in (("sources", "is polled"), ("watchlists", "is looked for")):
        if not getattr(settings, section):
            advice = f"write {section}: with at least one entry"
            message = f"there are no {section}, so nothing {what}"
            yield warning_at(nearest_key(root, (section,)), Code.NOTHING_TO_DO, message, advice)


def _unread_pages(root: MappingNode) -> Iterator[Problem]:
    sources = root.value("sources")
    for item in sources.items if isinstance(sources, SequenceNode) else ():
        node = item.value("fulltext") if isinstance(item, MappingNode) else None
        if isinstance(node, ScalarNode) and not has_references(node) and read_flag(node.text):
            message = "articles can't be read, because a part of the monitor is not installed"
            advice = "install news-feed-monitor[fulltext], or take the option out"
            yield warning_at(node, Code.MISSING_EXTRA, message, advice)


def _unsendable(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    for name, notifier in settings.notifiers.items():
        if notifier.kind == "apprise":
            message = f"{quote(name)} can't send, because a part of the monitor is not installed"
            advice = "install news-feed-monitor[apprise], or take the notifier out"
            node = nearest_key(root, ("notifiers", name))
            yield warning_at(node, Code.MISSING_EXTRA, message, advice)


def _unused_notifiers(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    if not settings.watchlists:
        return
    told = {name for watchlist in settings.watchlists for name in watchlist.notify}
    told |= set(settings.health.notify)
    told |= {name for digest in settings.alerts.digests for name in digest.notify}
    told |= {name for w in settings.watchlists if w.escalate for name in w.escalate.to}
    for name in settings.notifiers.keys() - told - {CONSOLE}:
        message = f"no watchlist tells {quote(name)}"
        advice = f"name it in notify:, as in notify: [{name}]"
        node = nearest_key(root, ("notifiers", name))
        yield warning_at(node, Code.UNUSED_NOTIFIER, message, advice)


def _filters(settings: Settings, root: MappingNode) -> Iterator[Problem]:
    sources = [ref_of(source) for source in settings.sources]
    known = {name for x in sources for name in (x.name, *(f"tag:{tag}" for tag in x.tags))}
    for watchlist, part, at, which in _filter_entries(settings.watchlists):
        if sources and not any(is_from(source, which) for source in sources):
            node = _text(root, ("watchlists", watchlist, "sources", part, at))
            message = f"{quote(node.text)} fits no source"
            advice = "" if has_references(node) else did_you_mean(which, known)
            yield warning_at(node, Code.UNKNOWN_SOURCE, message, advice or _FILTER)


_FILTER = (
    "write tag:NAME, a source's name as monitor sources list shows it, or a glob over its host"
)


def _filter_entries(watchlists: tuple[Watchlist, ...]) -> Iterator[tuple[str, str, int, str]]:
    for watchlist in watchlists:
        for part in ("include", "exclude"):
            for at, which in enumerate(getattr(watchlist.sources, part)):
                yield watchlist.name, part, at, which


def _certain(entity: Entity, root: MappingNode) -> Iterator[Problem]:
    certain = {alias.text.casefold() for alias in entity.aliases}
    for at, term in enumerate(entity.ambiguous):
        if term.text.casefold() in certain:
            node = _text(root, ("entities", entity.key, "ambiguous", at))
            message = f"{quote(node.text)} counts everywhere, because it is also a certain name"
            advice = "take it out of name and aliases, or out of ambiguous"
            yield warning_at(node, Code.NEVER_AMBIGUOUS, message, advice)


def _text(root: MappingNode, path: Path) -> ScalarNode:
    """Return the text that a path leads to; one text may stand for a list of one."""
    node = find(root, path)
    assert isinstance(node, ScalarNode)
    return node
