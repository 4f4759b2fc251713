"""`monitor test`."""

from dataclasses import asdict

import click

from monitor.cli.options import asked, config_option, json_option, load_config, print_json, say
from monitor.cli.trial import Trial, choose, run_tests


@click.command(epilog="Example: monitor test venezuela-crisis")
@click.argument("watchlists", nargs=-1)
@config_option
@json_option
def command(watchlists: tuple[str, ...], *, config_file: str | None, as_json: bool) -> int:
    """Run the tests written in watchlists; exit 1 if one fails.

    A failing test shows where it stands, what was expected, and what was found, or what came
    nearest. With -v those that pass are named too, and the watchlists without tests.
    """
    settings = load_config(config_file).settings
    chosen = choose(settings, watchlists)
    trials = run_tests(settings, chosen)
    failed = sum(not trial.passed for trial in trials)
    if as_json:
        print_json([asdict(trial) for trial in trials])
        return int(failed > 0)
    for trial in trials:
        _show(trial)
    untested = [watchlist.name for watchlist in chosen if not watchlist.tests]
    if untested and asked("verbose"):
        say(f"without tests: {', '.join(untested)}")
    click.echo(f"{len(trials) - failed} passed, {failed} failed")
    return int(failed > 0)


def _show(trial: Trial) -> None:
    place = f"{trial.file}:{trial.line}: {trial.watchlist}"
    if trial.passed:
        if asked("verbose"):
            word = "fires" if trial.expect == "match" else "stays quiet"
            click.echo(f"{place} {word}, as it should: {trial.title}")
        return
    click.echo(f"{place} {_wanted(trial)}: {trial.title}")
    for line in trial.why:
        click.echo(f"    {line}")


def _wanted(trial: Trial) -> str:
    if trial.expect == "no_match":
        return "fires but should not" + " (a possible match)" * trial.possible
    vetoed = "is vetoed" if trial.outcome == "vetoed" else "doesn't"
    return f"should fire but {vetoed}"
