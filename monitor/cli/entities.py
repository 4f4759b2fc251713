"""`monitor entities`."""

from typing import Any

import click

from monitor.cli.options import common_options, json_option


@click.group(epilog='Example: monitor entities suggest "Nicolás Maduro"')
@common_options
def command() -> None:
    """Suggest the names an entity goes by, and import entities from lists of others."""


@command.command(
    "suggest", epilog='Example: monitor entities suggest "Nicolás Maduro" >> names.yaml'
)
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@json_option
@common_options
@click.option(
    "--kind",
    type=click.Choice(["person", "organisation", "country", "ship"]),
    help="What it is the name of; guessed where nothing is said.",
)
@click.option(
    "--language", default="", metavar="CODE", help="The language of the name, such as es."
)
def suggest(*, names: tuple[str, ...], as_json: bool, kind: str | None, language: str) -> int:
    """Print entities to review: each NAME with the other names and spellings it is met under.

    Name order, initials, forms, and other letters by rule; the names of countries in forty
    languages by CLDR, with the extra `names`. What is found anyway is not listed. A person may be
    given as “Surname, Given”. Nothing is written but to stdout.
    """
    from monitor.cli.suggesting import show_suggestions

    return show_suggestions(names, kind=kind, language=language.lower(), as_json=as_json)


@command.command(
    "import", epilog="Example: monitor entities import entities.ftm.json --topic sanction -o s.yaml"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@json_option
@common_options
@click.option("-o", "--output", metavar="FILE", help="The YAML file to write; default: stdout.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--list", "watchlist", metavar="NAME", help="Also a watchlist of all of them.")
@click.option("--schema", "schemas", multiple=True, help="Only these: Person,Organization,Vessel.")
@click.option("--topic", "topics", multiple=True, help="Only with one of these: sanction.")
@click.option("--language", "languages", multiple=True, help="Of Wikidata's names, only these.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many entities.")
def import_entities(files: tuple[str, ...], *, as_json: bool, **wanted: Any) -> int:
    """Turn lists of people, organisations and ships into a file to include.

    FILE is FollowTheMoney JSON lines, such as entities.ftm.json of OpenSanctions, or Wikidata
    JSON: an EntityData file, or a dump; either may be gzipped, - is stdin. Options that name
    several take commas. Weak aliases and names that two entities share become ambiguous, names
    that say too little are left out; both are counted. Exits 1 if nothing is left.
    """
    from monitor.cli.entity_import import import_files

    return import_files(files, wanted, as_json=as_json)
