"""Reads the names that follow `entity:`, `lang:`, `source:` and `tag:` in a query. Pure."""

import re
from collections.abc import Collection
from typing import Final

from monitor.watch.query.tokens import Kind, QueryError, Token, refusal
from monitor.watch.rules import AnyOf, EntityRef, FromSource, InFields, InLanguage, Rule
from monitor.watch.terms import TermError, parse_term

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")  # the form of BCP 47


class UnknownEntityError(QueryError):
    """A query names an entity that nobody defined; the place is its key."""

    def __init__(self, key: str, start: int) -> None:
        """Keep the key beside the place."""
        message = f"No entity is called “{key}”."
        super().__init__(message, start, start + len(key), help="Define it under entities.")
        self.key = key


def read_name(token: Token, field: str, entities: Collection[str] | None) -> Rule:
    """Return the rule that a name after a field stands for. Raises QueryError."""
    is_quoted = token.text[0] == '"'
    name = token.text[1:-1].strip() if is_quoted else token.text
    if not name or '"' in name or name[0] == "=" or token.kind is Kind.PATTERN:
        advice = f'Write one word, or a name in quotes as in {field}:"two words".'
        raise refusal(token, f"{field}: takes a name.", advice)
    match field:
        case "entity":
            return _entity(token, name, entities)
        case "lang":
            if not _LANGUAGE.fullmatch(name):
                advice = "Write one as in lang:es or lang:pt-BR."
                raise refusal(token, "This is not a language code.", advice)
            return InLanguage(language=name.lower())
        case "source":
            return FromSource(which=name)
        case _:
            return _tag(token, name)


def _entity(token: Token, key: str, entities: Collection[str] | None) -> EntityRef:
    if entities is not None and key not in entities:
        raise UnknownEntityError(key, token.start + token.text.index(key))
    return EntityRef(key=key)


def _tag(token: Token, name: str) -> AnyOf:
    """Return a rule for the tags of the item or of its source."""
    if "*" in name[:-1] or not any(map(str.isalnum, name)):
        raise refusal(token, "tag: takes a whole tag.", "Write it out, as in tag:wire or tag:wir*.")
    try:
        term = parse_term(name if name[-1] == "*" else f'"{name}"')
    except TermError as error:
        raise refusal(token, str(error), error.help) from None
    of_item = InFields(fields=("tags",), rule=term, whole=True)
    return AnyOf(rules=(of_item, FromSource(which=f"tag:{name}")))
