import asyncio
import socket
import threading
from datetime import timedelta
from ipaddress import ip_address

import pytest

from monitor.feeds.transport.resolver import Resolver, Unresolved, system_lookup

NEVER = timedelta()


class Names:
    """A name server by hand: counts questions; an entry may be addresses or an error."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __call__(self, name):
        self.asked.append(name)
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def reason(resolver, name):
    with pytest.raises(Unresolved) as caught:
        await resolver.resolve(name)
    return str(caught.value)


async def test_a_name_resolves_to_its_addresses_in_order_and_once_each():
    resolver = Resolver(Names(wire=["2606:4700::1", "1.2.3.4", "1.2.3.4"]))
    found = await resolver.resolve("wire")
    assert found == (ip_address("2606:4700::1"), ip_address("1.2.3.4"))
    resolver.close()


async def test_an_answer_is_remembered_for_a_while():
    names = Names(wire=["1.2.3.4"])
    resolver = Resolver(names)
    await resolver.resolve("wire")
    await resolver.resolve("wire")
    assert names.asked == ["wire"]
    resolver.close()


async def test_an_old_answer_is_asked_for_again():
    names = Names(wire=["1.2.3.4"])
    resolver = Resolver(names, fresh=NEVER)
    await resolver.resolve("wire")
    names.answers["wire"] = ["5.6.7.8"]
    assert await resolver.resolve("wire") == (ip_address("5.6.7.8"),)
    resolver.close()


async def test_a_failure_is_remembered_too():
    names = Names(wire=socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    resolver = Resolver(names)
    assert await reason(resolver, "wire") == "no such name"
    assert await reason(resolver, "wire") == "no such name"
    assert names.asked == ["wire"]
    resolver.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "can't be reached"),
        (socket.gaierror(socket.EAI_NODATA, "No address"), "No address"),
        ([], "has no address"),
        (["not-an-address"], "is no address"),
        (UnicodeEncodeError("ascii", "ä", 0, 1, "no"), "is no address"),
    ],
)
async def test_a_failure_says_why(answer, words):
    resolver = Resolver(Names(wire=answer))
    assert words in await reason(resolver, "wire")
    resolver.close()


async def test_a_known_address_serves_while_the_name_servers_are_in_trouble():
    names = Names(wire=["1.2.3.4"])
    resolver = Resolver(names, fresh=NEVER)
    await resolver.resolve("wire")
    names.answers["wire"] = socket.gaierror(socket.EAI_AGAIN, "Temporary failure")
    assert await resolver.resolve("wire") == (ip_address("1.2.3.4"),)
    assert await resolver.resolve("wire") == (ip_address("1.2.3.4"),)
    assert len(names.asked) == 2
    resolver.close()


async def test_a_name_that_ceased_to_exist_is_not_served_from_memory():
    names = Names(wire=["1.2.3.4"])
    resolver = Resolver(names, fresh=NEVER)
    await resolver.resolve("wire")
    names.answers["wire"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert await reason(resolver, "wire") == "no such name"
    resolver.close()


async def test_a_look_up_that_hangs_ends_at_its_deadline_and_the_others_go_on():
    release = threading.Event()

    def look_up(name):
        if name == "dead":
            release.wait(30)
        return ["1.2.3.4"]

    resolver = Resolver(look_up, deadline=timedelta(seconds=1))
    dead = [asyncio.create_task(reason(resolver, "dead")) for _ in range(5)]
    assert await resolver.resolve("wire")
    assert "no name server answered" in await dead[0]
    await asyncio.gather(*dead)
    release.set()
    resolver.close()


async def test_no_more_look_ups_run_at_once_than_there_are_threads():
    running, most, lock = 0, 0, threading.Lock()

    def look_up(name):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1
        return ["1.2.3.4"]

    resolver = Resolver(look_up, threads=3)
    await asyncio.gather(*(resolver.resolve(f"n{i}") for i in range(12)))
    assert most == 3
    resolver.close()


async def test_only_so_many_names_are_remembered():
    names = Names(a=["1.1.1.1"], b=["1.1.1.1"], c=["1.1.1.1"])
    resolver = Resolver(names, names=2)
    for name in "abca":
        await resolver.resolve(name)
    assert names.asked == ["a", "b", "c", "a"]
    resolver.close()


async def test_threads_end_when_the_resolver_is_closed():
    before = set(threading.enumerate())
    resolver = Resolver(Names(wire=["1.2.3.4"]))
    await resolver.resolve("wire")
    started = set(threading.enumerate()) - before
    assert started
    resolver.close()
    for thread in started:
        thread.join(5)
        assert not thread.is_alive()


def test_the_system_knows_this_host():
    assert "127.0.0.1" in system_lookup("localhost")
