"""`monitor demo`."""

import asyncio

import click

from monitor.cli.options import clock, common_options


@click.command(epilog="Example: monitor demo --seconds 60")
@common_options
@click.option("--seconds", default=40.0, show_default=True, help="Give up after this time.")
def command(seconds: float) -> int:
    """See the whole product work, with no network and nothing kept.

    Loopback feeds publish, alerts arrive at a loopback Slack and a signed webhook. Exits 0 only if
    each promised thing was seen.
    """
    from monitor.demo.play import play

    return 0 if asyncio.run(play(clock, click.echo, seconds)) else 1
