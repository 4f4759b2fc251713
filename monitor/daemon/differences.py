"""Says in what two configurations differ. Pure."""

from dataclasses import fields

from monitor.settings import Settings

_NOT_SECTIONS = frozenset({"files", "digest"})


def changed_sections(before: Settings, after: Settings) -> tuple[str, ...]:
    """Return the sections that differ; compares every watchlist."""
    names = (each.name for each in fields(Settings) if each.name not in _NOT_SECTIONS)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def waiting_for_restart(started: Settings, settings: Settings) -> tuple[str, ...]:
    """Return the options that stay what they were at the start although they were changed."""
    options = {
        "store.url": (started.store.url, settings.store.url),
        "web.listen": (started.web.listen, settings.web.listen),
        "web.token": (started.web.token, settings.web.token),
    }
    return tuple(option for option, (then, now) in options.items() if then != now)
