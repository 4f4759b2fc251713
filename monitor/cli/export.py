"""`monitor export`."""

from collections.abc import Callable, Sequence

import click

from monitor.cli.options import clock, config_option, load_config, say
from monitor.model import Source

SHOWN = 20  # sources that lose something


@click.command(epilog="Example: monitor export --format opml > feeds.opml")
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["opml", "list", "yaml"]),
    default="opml",
    show_default=True,
    help="OPML 2.0, one address a line, or a file to include.",
)
def command(*, config_file: str | None, form: str) -> int:
    """Write the sources that are polled to stdout, for other programs or for `monitor import`.

    Credentials are left out: headers, auth, proxies, and whole sources whose address was put
    together with a value from outside; so is what the format can't hold. What was left out is
    said on stderr. Exits 1 if there are no sources.
    """
    from monitor.config.changes import listed_sources

    loaded = load_config(config_file)
    outside = {each.url for each in listed_sources(loaded) if each.outside}
    sources = [each for each in loaded.settings.sources if each.url not in outside]
    for each in loaded.settings.sources:
        if each.url in outside:
            say(f"left out, because its address may hold a secret: {each.name}")
    _tell_dropped(sources, form, usual_proxy=loaded.settings.poll.proxy)
    click.echo(FORMS[form](sources), nl=False)
    return int(not sources)


def _tell_dropped(sources: Sequence[Source], form: str, *, usual_proxy: str) -> None:
    """Say which sources lose what by being written in a form."""
    told = {each.name: _dropped(each, form, usual_proxy) for each in sources}
    lines = [f"{name}: without {', '.join(lost)}" for name, lost in told.items() if lost]
    for line in lines[:SHOWN]:
        say(line)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN} more")


def _dropped(source: Source, form: str, usual_proxy: str) -> list[str]:
    """Return the options of a source that a form does not hold."""
    secret = {
        "headers": bool(source.headers),
        "auth": source.auth is not None,
        "proxy": source.proxy != usual_proxy,
    }
    kept = {"opml": {"tags", "language"}, "list": set(), "yaml": None}[form]
    said = _entry(source)
    other = [] if kept is None else [x for x in said if x not in kept | {"url", "name"}]
    return [name for name, given in secret.items() if given] + other


def _opml(sources: Sequence[Source]) -> str:
    from monitor.feeds.opml import Outline
    from monitor.feeds.opml.write import write_opml

    feeds = (
        Outline(
            url=each.url, title=each.name, language=each.language, tags=tuple(sorted(each.tags))
        )
        for each in sources
    )
    return write_opml(feeds, title="Sources", now=clock())


def _list(sources: Sequence[Source]) -> str:
    return "".join(f"{each.url} {each.name}\n" for each in sources)


def _yaml(sources: Sequence[Source]) -> str:
    from monitor.config.writing import Entry, in_lines

    entries = [_entry(each) for each in sources]
    listed: list[Entry] = list(entries)
    return "sources:\n" + in_lines(listed, "  ", " ", "\n") if listed else "sources: []\n"


def _entry(source: Source) -> dict[str, str | float | bool | tuple[str, ...]]:
    from monitor.config.values import write_duration

    usual = Source(url="", name="")
    said = {
        "url": source.url,
        "name": source.name,
        "tags": tuple(sorted(source.tags)),
        "every": write_duration(source.every) if source.every else None,
        "language": source.language,
        "verify_tls": source.verify_tls,
        "user_agent": source.user_agent,
        "fulltext": source.fulltext,
        "identity": source.identity,
        "priority": source.priority,
        "first_poll": source.first_poll,
    }
    return {
        name: value
        for name, value in said.items()
        if value is not None and value not in (getattr(usual, name), ())
    }


FORMS: dict[str, Callable[[Sequence[Source]], str]] = {
    "opml": _opml,
    "list": _list,
    "yaml": _yaml,
}
