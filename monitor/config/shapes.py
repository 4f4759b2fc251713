"""Tells a rule from what is none, before its kind is looked at. Pure."""

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from monitor.config.problems import Code, nearest, quote
from monitor.config.values import wrong

KINDS = ("entity", "any", "all", "none", "near", "at_least", "query")
_ALSO_CALLED = {"and": "all", "or": "any", "not": "none", "min": "at_least"}
_BELOW = {
    **dict.fromkeys(("within", "groups", "ordered", "same_sentence"), "near"),
    **dict.fromkeys(("count", "of"), "at_least"),
}


def check_shape(value: object) -> object:
    """Refuse what is no rule before its kind is looked at."""
    if isinstance(value, str):
        return value
    if value is None:
        advice = "a text that starts with # needs quotes"
        raise wrong(Code.EMPTY_VALUE, "this item has no value", advice)
    if not isinstance(value, dict):
        raise wrong(Code.BAD_RULE, "a list is no rule", "write {any: […]} or {all: […]}")
    given = [key for key in value if key in KINDS]
    unknown = [key for key in value if key not in KINDS]
    if unknown:
        raise _unknown_rule(unknown[0], value[unknown[0]])
    if len(given) != 1:
        message = f"a rule is one of {', '.join(KINDS)}"
        raise wrong(Code.BAD_RULE, message, "combine rules under all: or any:")
    return value


def _unknown_rule(key: str, value: object) -> PydanticCustomError:
    near = _ALSO_CALLED.get(key.lower()) or nearest(key, KINDS)
    if key in _BELOW:
        advice = f"it belongs below {_BELOW[key]}:, indented by two blanks more"
    elif near:
        advice = f"did you mean {quote(near)}?"
    elif isinstance(value, str):
        advice = f'a term that contains “: ” needs quotes: "{key}: …"'
    else:
        advice = f"a rule is a term, or one of {', '.join(KINDS)}"
    return wrong(Code.UNKNOWN_OPTION, f"unknown rule {quote(key)}", advice, at=key)


def mapping_like(example: str) -> BeforeValidator:
    """Refuse a list or a text where a mapping belongs, and show one."""

    def check(value: object) -> object:
        if isinstance(value, list | str):
            raise wrong(Code.WRONG_TYPE, "a mapping is expected here", f"write {example}")
        return value

    return BeforeValidator(check)
