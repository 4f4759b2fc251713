"""Much is freed little by little, and only when nobody uses it any more."""

import gc
import threading
import time
import weakref

import pytest

from monitor.daemon.leisure import let_go, much_to_keep


class Thing:
    def __init__(self, *parts):
        self.parts = list(parts)


class Holder:
    __slots__ = ("held",)

    def __init__(self, held):
        self.held = held


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def _no_collector():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
def test_what_nobody_uses_goes_with_all_its_parts_and_what_is_shared_stays():
    shared = Thing()
    parts = [Thing(Thing(number), shared) for number in range(3_000)]
    last, refs = Thing(*parts), [weakref.ref(part) for part in parts]
    things, ref = [Holder(last)], weakref.ref(last)
    del parts, last
    let_go(things, ref)
    until(lambda: not any(each() for each in refs))
    assert things == []
    assert ref() is None
    until(lambda: not any(each.name == "freeing" for each in threading.enumerate()))
    assert shared.parts == []


@pytest.mark.usefixtures("_no_collector")
def test_what_is_used_still_is_waited_for():
    part = Thing()
    last, ref = Thing(part), weakref.ref(part)
    del part
    things = [Holder(last)]
    let_go(things, weakref.ref(last))
    until(lambda: not things)
    time.sleep(0.3)
    assert last.parts == [ref()]
    del last
    until(lambda: ref() is None)


def test_the_collector_rests_only_meanwhile():
    with much_to_keep():
        assert not gc.isenabled()
    assert gc.isenabled()
