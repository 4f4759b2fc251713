"""`monitor demo` keeps every promise, and says so when one is not kept."""

import asyncio

from desk import Desk


async def test_the_demo_keeps_its_promises(tmp_path):
    async with Desk(tmp_path) as desk:
        ran = await desk.run("demo", "--seconds", "90")
    assert ran.code == 0, ran.out
    assert "✗" not in ran.out
    assert list(tmp_path.iterdir()) == []


async def test_a_demo_without_time_fails(tmp_path):
    async with Desk(tmp_path) as desk:
        ran = await asyncio.wait_for(desk.run("demo", "--seconds", "0.5"), 60)
    assert ran.code == 1
    assert "not within 0.5 s" in ran.out
