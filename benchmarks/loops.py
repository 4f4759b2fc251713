"""The loop that `monitor run` has: uvloop where there is one."""

import asyncio


def run(main):
    """Run a coroutine to its end."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)
