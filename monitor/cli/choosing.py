"""Finds the source that a person means, by its name or its address."""

from monitor.config.changes import Listed, find_source, listed_sources
from monitor.config.load import Loaded
from monitor.config.problems import did_you_mean
from monitor.errors import UsageError


def choose_source(loaded: Loaded, wanted: str) -> Listed:
    """Return the source called that; raises UsageError, with the nearest name, for none."""
    found = find_source(loaded, wanted)
    if found is not None:
        return found
    near = did_you_mean(wanted, (each.name for each in listed_sources(loaded)))
    message = f"no source is called “{wanted}”"
    raise UsageError(f"{message}; {near or '`monitor sources` lists them'}")
