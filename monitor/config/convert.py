"""A valid configuration becomes the settings that everything else reads. Pure."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from monitor.config.destinations import secrets_of, to_notifier
from monitor.config.kinds import Options
from monitor.config.naming import default_names
from monitor.config.rules import as_rule
from monitor.config.schema import Configuration
from monitor.config.sources import SourceOptions
from monitor.config.telling import ThrottleOptions
from monitor.config.telling_settings import (
    to_alerts,
    to_escalation,
    to_heartbeat,
    to_quiet_hours,
    to_throttle,
)
from monitor.config.tree import MappingNode, find
from monitor.config.watchlists import EntityOptions, SampleOptions, WatchlistOptions
from monitor.model import Auth, Severity, Source
from monitor.settings import (
    HealthSettings,
    HostSettings,
    LogSettings,
    NotifierSettings,
    PollSettings,
    Settings,
    StoreSettings,
    WebSettings,
)
from monitor.watch.rules import Entity, Expectation, Sample, SourceFilter, Watchlist
from monitor.watch.terms import parse_term

CONSOLE = "console"  # the notifier that is always there

T = TypeVar("T")

_SECRET_HEADER = re.compile(r"(?i)auth|cookie|key|token|secret|password")


def to_settings(
    chosen: Configuration,
    presets: Configuration,
    root: MappingNode,
    *,
    hidden: Collection[str],
    files: tuple[Path, ...],
    digest: str,
) -> Settings:
    """Return the settings; presets count where people say nothing.

    What is `hidden` never shows in the name a source gets by default.
    """
    console = {CONSOLE: NotifierSettings(name=CONSOLE, kind="console")}
    return Settings(
        sources=_sources(chosen, hidden),
        entities=tuple(_entity(key, each) for key, each in chosen.entities.items()),
        watchlists=tuple(_watchlist(name, chosen, root) for name in chosen.watchlists),
        notifiers=console | {name: to_notifier(name, x) for name, x in chosen.notifiers.items()},
        alerts=to_alerts(chosen.alerts),
        poll=PollSettings(**_fields(chosen.poll)),
        hosts=_hosts(chosen, presets),
        health=HealthSettings(
            notify=_unique(chosen.notify if chosen.health.notify is None else chosen.health.notify),
            source_dead_after=chosen.health.source_dead_after,
            heartbeat=to_heartbeat(chosen.health.heartbeat),
        ),
        store=StoreSettings(**_fields(chosen.store)),
        web=WebSettings(**_fields(chosen.web)),
        log=LogSettings(**_fields(chosen.log)),
        files=files,
        digest=digest,
    )


def _fields(options: Options) -> dict[str, Any]:
    return dict(options)


def _source_options(chosen: Configuration) -> list[SourceOptions]:
    """Return the sources, those given by an address alone with the rest at its default."""
    bare = SourceOptions(url="https://host.example/")
    return [
        bare.model_copy(update={"url": each}) if isinstance(each, str) else each
        for each in chosen.sources
    ]


def _sources(chosen: Configuration, hidden: Collection[str]) -> tuple[Source, ...]:
    given = _source_options(chosen)
    names = default_names(
        [each.url for each in given if each.name is None],
        taken={each.name for each in given if each.name is not None},
        hidden=hidden,
    )
    return tuple(
        _source(each, each.name or names[each.url], chosen) for each in given if each.enabled
    )


def _source(options: SourceOptions, name: str, chosen: Configuration) -> Source:
    return Source(
        url=options.url,
        name=name,
        tags=frozenset(options.tags),
        every=options.every,
        language=options.language,
        headers=options.headers,
        auth=Auth(**_fields(options.auth)) if options.auth else None,
        verify_tls=options.verify_tls,
        priority=options.priority,
        first_poll=options.first_poll or chosen.alerts.first_poll,
        proxy=chosen.poll.proxy if options.proxy is None else options.proxy,
        user_agent=options.user_agent or "",
        fulltext=options.fulltext,
        identity=options.identity,
    )


def _hosts(chosen: Configuration, presets: Configuration) -> tuple[HostSettings, ...]:
    """Return people's own, then those that come with the monitor and that nobody replaced."""
    known = dict.fromkeys((*chosen.hosts, *presets.hosts))
    return tuple(
        HostSettings(name=name, **_fields(chosen.hosts.get(name) or presets.hosts[name]))
        for name in known
    )


def _entity(key: str, options: EntityOptions) -> Entity:
    aliases = dict.fromkeys((parse_term(options.name), *options.aliases))
    return Entity(
        key=key,
        name=options.name,
        aliases=tuple(aliases),
        ambiguous=tuple(options.ambiguous),
        context=tuple(options.context),
        exclude=tuple(options.exclude),
        alone=options.ambiguous_alone,
    )


def _watchlist(name: str, chosen: Configuration, root: MappingNode) -> Watchlist:
    options = chosen.watchlists[name]
    if isinstance(options, list):
        rules = tuple(map(as_rule, options))
        return Watchlist(
            name=name,
            match=rules,
            notify=_unique(chosen.notify),
            throttle=to_throttle(ThrottleOptions(), chosen.alerts),
            quiet_hours=to_quiet_hours(chosen.alerts.quiet_hours),
        )
    return Watchlist(
        name=name,
        match=tuple(map(as_rule, options.match)),
        none=tuple(map(as_rule, options.none)),
        description=options.description,
        severity=Severity(options.severity),
        fields=_unique(options.fields),
        languages=_unique(options.languages),
        sources=SourceFilter(
            include=_unique(options.sources.include), exclude=_unique(options.sources.exclude)
        ),
        notify=_unique(chosen.notify if options.notify is None else options.notify),
        on_update=options.on_update,
        throttle=to_throttle(options.throttle, chosen.alerts),
        quiet_hours=to_quiet_hours(options.quiet_hours or chosen.alerts.quiet_hours),
        escalate=to_escalation(options.escalate),
        tests=_expectations(name, options, root),
    )


def _expectations(
    name: str, options: WatchlistOptions, root: MappingNode
) -> tuple[Expectation, ...]:
    found = []
    for expect in ("match", "no_match"):
        for at, given in enumerate(getattr(options.tests, expect)):
            node = find(root, ("watchlists", name, "tests", expect, at))
            found.append(
                Expectation(
                    sample=_sample(given), expect=expect, line=node.line + 1, file=node.file.name
                )
            )
    return tuple(found)


def _sample(given: str | SampleOptions) -> Sample:
    if isinstance(given, str):
        return Sample(title=given)
    return Sample(**_fields(given) | {"tags": tuple(given.tags)})


def secret_values(chosen: Configuration) -> frozenset[str]:
    """Return the values that options for secrets have, wherever they came from."""
    found = {chosen.web.token, *_passwords(chosen.store.url), *_passwords(chosen.poll.proxy)}
    for notifier in chosen.notifiers.values():
        found |= secrets_of(notifier)
    heartbeat = urlsplit(chosen.health.heartbeat.url)
    found |= {chosen.health.heartbeat.url, heartbeat.path.removeprefix("/"), heartbeat.query}
    for source in chosen.sources:
        if isinstance(source, SourceOptions) and source.auth:
            found |= {source.auth.password, source.auth.bearer}
        if isinstance(source, SourceOptions):
            found |= {value for name, value in source.headers if _SECRET_HEADER.search(name)}
            found |= _passwords(source.proxy or "")
    return frozenset(found - {""})


def _passwords(url: str) -> set[str]:
    password = urlsplit(url).password or ""
    return {password, unquote(password)}


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
