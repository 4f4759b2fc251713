"""Judges whether the daemon lives and does its work. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# A job that runs every second and hasn't ended well for so many is stuck or refused.
FRESH_SECONDS = 10.0
# A scheduler silent for so long won't come back by itself; whoever watches should start us anew.
ALIVE_SECONDS = 60.0

State = Literal["starting", "running", "stopping"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What /healthz and /readyz answer. `reasons` say in words what keeps it from being ready."""

    live: bool
    ready: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How one job does: when it last began and last ended well, and what stopped it if not.

    Times are seconds of the steady clock.
    """

    began: float
    ended_well: float
    error: str = ""


def assess(
    state: State, pulses: Mapping[str, Pulse], *, notes: Sequence[str] = (), now: float
) -> Health:
    """Judge by the pulses of the jobs that run every second; `notes` are further reasons."""
    live = all(now - pulse.began <= ALIVE_SECONDS for pulse in pulses.values())
    reasons = [] if state == "running" else [f"the daemon is {state}"]
    for name, pulse in pulses.items():
        if pulse.error:
            reasons.append(f"{name}: {pulse.error}")
        elif now - pulse.ended_well > FRESH_SECONDS:
            reasons.append(f"{name}: nothing done for {now - pulse.ended_well:.0f} s")
    reasons += notes
    return Health(live=live, ready=not reasons, reasons=tuple(reasons))
