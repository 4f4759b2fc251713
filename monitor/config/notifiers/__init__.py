"""The schema of destinations: one mapping per kind of notifier. Pure."""

from collections.abc import Collection, Mapping
from typing import Annotated, TypeAlias, get_args

from pydantic import BeforeValidator, Discriminator, Tag

from monitor.config.kinds import Options
from monitor.config.notifiers.chats import (
    DiscordOptions,
    MattermostOptions,
    NtfyOptions,
    SlackOptions,
    TeamsOptions,
)
from monitor.config.notifiers.others import (
    AppriseOptions,
    ConsoleOptions,
    EmailOptions,
    PagerDutyOptions,
    WebhookOptions,
)
from monitor.config.problems import Code, nearest, quote
from monitor.config.values import one_of, text_of, wrong

__all__ = [
    "AppriseOptions",
    "ConsoleOptions",
    "DiscordOptions",
    "EmailOptions",
    "MattermostOptions",
    "NotifierItem",
    "NotifierOptions",
    "NtfyOptions",
    "PagerDutyOptions",
    "SlackOptions",
    "TeamsOptions",
    "WebhookOptions",
]

KINDS = (
    "console",
    "slack",
    "webhook",
    "discord",
    "teams",
    "mattermost",
    "ntfy",
    "pagerduty",
    "email",
    "apprise",
)


def _check_type(value: object) -> object:
    """Refuse a notifier whose kind is not known before its options are looked at."""
    if not isinstance(value, dict):
        raise wrong(Code.WRONG_TYPE, "a notifier is a mapping", "as in {type: console}")
    if "type" not in value:
        slip = next((key for key in value if nearest(key, ["type"])), None)
        if slip is not None:
            message = f"unknown option {quote(slip)}"
            raise wrong(Code.UNKNOWN_OPTION, message, "did you mean “type”?", at=slip)
        raise wrong(Code.MISSING_OPTION, "“type” is missing", f"write type: {KINDS[1]}")
    kind = text_of(value["type"], "a kind of notifier")
    if kind not in KINDS:
        raise one_of(kind, KINDS, at="type")
    _refuse_template(kind, value)
    return value


def _refuse_template(kind: str, given: Collection[str]) -> None:
    """Refuse a template where the kind takes none, and say which do."""
    takes = {each: MODELS[each].model_fields.keys() for each in KINDS}
    for option in ("template", "title"):
        if option in given and option not in takes[kind]:
            others = ", ".join(each for each in KINDS if option in takes[each])
            message = f"{quote(kind)} takes no {option} of yours"
            advice = f"remove the line; it can stand at: {others}"
            if kind == "webhook":
                advice = "remove the line; a webhook sends JSON that programs rely on"
            raise wrong(Code.NO_TEMPLATE, message, advice, at=option)


NotifierOptions: TypeAlias = (
    ConsoleOptions
    | SlackOptions
    | WebhookOptions
    | DiscordOptions
    | TeamsOptions
    | MattermostOptions
    | NtfyOptions
    | PagerDutyOptions
    | EmailOptions
    | AppriseOptions
)
# By kind; the fields of each say what it takes.
MODELS: Mapping[str, type[Options]] = {
    get_args(each.model_fields["type"].annotation)[0]: each for each in get_args(NotifierOptions)
}
NotifierItem: TypeAlias = Annotated[
    Annotated[ConsoleOptions, Tag("<console>")]
    | Annotated[SlackOptions, Tag("<slack>")]
    | Annotated[WebhookOptions, Tag("<webhook>")]
    | Annotated[DiscordOptions, Tag("<discord>")]
    | Annotated[TeamsOptions, Tag("<teams>")]
    | Annotated[MattermostOptions, Tag("<mattermost>")]
    | Annotated[NtfyOptions, Tag("<ntfy>")]
    | Annotated[PagerDutyOptions, Tag("<pagerduty>")]
    | Annotated[EmailOptions, Tag("<email>")]
    | Annotated[AppriseOptions, Tag("<apprise>")],
    Discriminator(lambda value: f"<{value['type'].strip()}>" if isinstance(value, dict) else None),
    BeforeValidator(_check_type),
]
