"""What /healthz and /readyz are told, from pulses made by hand."""

import pytest

from monitor.daemon.health import ALIVE_SECONDS, FRESH_SECONDS, Health, Pulse, assess

NOW = 5000.0


def a_pulse(began=NOW, ended_well=NOW, error=""):
    return Pulse(began=began, ended_well=ended_well, error=error)


def test_a_running_daemon_with_fresh_pulses_is_ready():
    assert assess("running", {"due hosts": a_pulse()}, now=NOW) == Health(live=True, ready=True)


@pytest.mark.parametrize("state", ["starting", "stopping"])
def test_before_its_start_and_at_its_end_it_lives_but_is_not_ready(state):
    assert assess(state, {}, now=NOW) == Health(
        live=True, ready=False, reasons=(f"the daemon is {state}",)
    )


def test_a_job_that_failed_is_named_with_its_error():
    pulses = {"due hosts": a_pulse(error="StoreError: the disk is full"), "counts": a_pulse()}
    health = assess("running", pulses, now=NOW)
    assert (health.live, health.ready) == (True, False)
    assert health.reasons == ("due hosts: StoreError: the disk is full",)


def test_a_job_that_hangs_makes_it_unready_and_in_the_end_dead():
    hanging = a_pulse(began=NOW, ended_well=NOW)
    soon = assess("running", {"due hosts": hanging}, now=NOW + FRESH_SECONDS)
    later = assess("running", {"due hosts": hanging}, now=NOW + FRESH_SECONDS + 1)
    dead = assess("running", {"due hosts": hanging}, now=NOW + ALIVE_SECONDS + 1)
    assert [(h.live, h.ready) for h in (soon, later, dead)] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert later.reasons == ("due hosts: nothing done for 11 s",)


def test_a_failing_store_does_not_make_it_dead():
    pulse = a_pulse(ended_well=NOW - 10 * ALIVE_SECONDS, error="StoreError: no connection")
    assert assess("running", {"due hosts": pulse}, now=NOW).live


def test_whatever_else_is_noted_makes_it_unready():
    health = assess("running", {"counts": a_pulse()}, notes=["sources wait"], now=NOW)
    assert health == Health(live=True, ready=False, reasons=("sources wait",))
