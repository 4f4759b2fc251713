"""`monitor test`."""

from dataclasses import asdict

import click

from monitor.cli.options import config_option, json_option, load_config, print_json
from monitor.cli.trial import Trial, run_tests


@click.command(epilog="Example: monitor test venezuela-crisis")
@click.argument("watchlists", nargs=-1)
@config_option
@json_option
def command(watchlists: tuple[str, ...], *, config_file: str | None, as_json: bool) -> int:
    """Run the tests written in watchlists; exit 1 if one fails."""
    settings = load_config(config_file).settings
    trials = run_tests(settings, watchlists)
    if as_json:
        print_json([asdict(trial) for trial in trials])
    else:
        for trial in trials:
            _show(trial)
        failed = sum(not trial.passed for trial in trials)
        click.echo(f"{len(trials) - failed} passed, {failed} failed")
    return int(any(not trial.passed for trial in trials))


def _show(trial: Trial) -> None:
    if trial.passed:
        return
    wanted = "should fire but doesn't" if trial.expect == "match" else "fires but should not"
    click.echo(f"{trial.file}:{trial.line}: {trial.watchlist} {wanted}: {trial.title}")
    for line in trial.why:
        click.echo(f"    {line}")
