"""Writes what is generated from the schema: `python -m monitor.config.reference`.

schema.json stands beside this file, the reference page in docs/; a test holds both to the models.
"""

import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ForwardRef, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from monitor.config.health import HealthOptions, HeartbeatOptions
from monitor.config.hosts import HostOptions
from monitor.config.json_schema import schema_text
from monitor.config.kinds import OneOrMore, Words
from monitor.config.notifiers import (
    AppriseOptions,
    ConsoleOptions,
    DiscordOptions,
    EmailOptions,
    MattermostOptions,
    NtfyOptions,
    PagerDutyOptions,
    SlackOptions,
    TeamsOptions,
    WebhookOptions,
)
from monitor.config.problems import Code
from monitor.config.rules import (
    AllRule,
    AnyRule,
    AtLeastOptions,
    AtLeastRule,
    EntityRule,
    NearOptions,
    NearRule,
    NoneRule,
    QueryRule,
)
from monitor.config.schema import (
    Configuration,
    EngineOptions,
    LogOptions,
    PollOptions,
    StoreOptions,
    WebOptions,
)
from monitor.config.sources import AuthOptions, SourceOptions
from monitor.config.telling import (
    AlertOptions,
    DigestOptions,
    EscalationOptions,
    QuietHoursOptions,
    ThrottleOptions,
)
from monitor.config.watchlists import (
    EntityOptions,
    ExpectationOptions,
    SampleOptions,
    SourceFilterOptions,
    WatchlistOptions,
)

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.json"
PAGE = HERE.parents[1] / "docs" / "configuration.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of the page and the models whose options stand below it."""

    title: str
    models: tuple[type[BaseModel], ...]
    text: str = ""  # default: the model's own words


# In the order of the page.
SECTIONS = (
    Section(title="The file", models=(Configuration,)),
    Section(title="sources", models=(SourceOptions,)),
    Section(title="auth of a source", models=(AuthOptions,)),
    Section(title="entities", models=(EntityOptions,)),
    Section(title="watchlists", models=(WatchlistOptions,)),
    Section(
        title="rules",
        models=(EntityRule, AnyRule, AllRule, NoneRule, NearRule, AtLeastRule, QueryRule),
        text="A rule is a term, or a mapping with one of these options. Rules nest.",
    ),
    Section(title="near", models=(NearOptions,)),
    Section(title="at_least", models=(AtLeastOptions,)),
    Section(title="sources of a watchlist", models=(SourceFilterOptions,)),
    Section(title="throttle", models=(ThrottleOptions,)),
    Section(title="quiet_hours", models=(QuietHoursOptions,)),
    Section(title="escalate", models=(EscalationOptions,)),
    Section(title="tests of a watchlist", models=(ExpectationOptions,)),
    Section(title="item in a test", models=(SampleOptions,)),
    Section(title="console", models=(ConsoleOptions,)),
    Section(title="slack", models=(SlackOptions,)),
    Section(title="webhook", models=(WebhookOptions,)),
    Section(title="discord", models=(DiscordOptions,)),
    Section(title="teams", models=(TeamsOptions,)),
    Section(title="mattermost", models=(MattermostOptions,)),
    Section(title="ntfy", models=(NtfyOptions,)),
    Section(title="pagerduty", models=(PagerDutyOptions,)),
    Section(title="email", models=(EmailOptions,)),
    Section(title="apprise", models=(AppriseOptions,)),
    Section(title="alerts", models=(AlertOptions,)),
    Section(title="digest", models=(DigestOptions,)),
    Section(title="poll", models=(PollOptions,)),
    Section(title="hosts", models=(HostOptions,)),
    Section(title="health", models=(HealthOptions,)),
    Section(title="heartbeat", models=(HeartbeatOptions,)),
    Section(title="store", models=(StoreOptions,)),
    Section(title="engine", models=(EngineOptions,)),
    Section(title="web", models=(WebOptions,)),
    Section(title="log", models=(LogOptions,)),
)


def reference() -> str:
    """Return the reference page as Markdown."""
    introduction = (HERE / "reference.md").read_text(encoding="utf-8")
    parts = [introduction.rstrip(), "", "## Options", ""]
    for section in SECTIONS:
        parts += [f"### {section.title}", "", *_section(section), ""]
    parts += ["## Codes", "", "Each message ends with its code. Codes keep their meaning.", ""]
    parts += ["| code | meaning |", "|---|---|"]
    parts += [f"| `{code}` | {code.meaning} |" for code in Code]
    return "\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield section.text or " ".join((section.models[0].__doc__ or "").split())
    yield ""
    yield "| option | type | default | what it does | example |"
    yield "|---|---|---|---|---|"
    for model in section.models:
        for name, field in model.model_fields.items():
            cells = (
                f"`{field.alias or name}`",
                _type(field),
                _default(field),
                field.description,
                _example(field),
            )
            yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default_factory is not None or field.default in (None, "", [], {}):
        return "–"
    return f"`{_yaml(field.default)}`"


def _example(field: FieldInfo) -> str:
    return ", ".join(f"`{_yaml(example)}`" for example in field.examples or ())


def _yaml(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    text = str(value)
    needs_quotes = text.startswith(("*", "&", "!", "%", "@", "${")) or ": " in text or "," in text
    return json.dumps(text, ensure_ascii=False) if needs_quotes else text


def _type(field: FieldInfo) -> str:
    return _type_words(field.annotation, tuple(field.metadata))


def _type_words(kind: Any, metadata: tuple[Any, ...] = ()) -> str:
    """Return what a type is called: a word of the schema's own, or one made from its parts."""
    named = [each.text for each in metadata if isinstance(each, Words)]
    if named:
        return named[-1]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type_words(parts[0], tuple(kind.__metadata__))
    if origin is list:
        item = _type_words(parts[0])
        one_or_more = any(isinstance(each, OneOrMore) for each in metadata)
        return f"{item}, or a list of them" if one_or_more else f"list: {item}"
    if origin is dict:
        return f"mapping by name: {_type_words(parts[1])}"
    return _words_of_choice(kind)


def _words_of_choice(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind) if word)
    if get_origin(kind) in {Union, types.UnionType}:
        found = [_type_words(part) for part in get_args(kind) if part is not type(None)]
        return " or ".join(dict.fromkeys(filter(None, found)))
    # A rule names its own kind before that is defined.
    return "[rule](#rules)" if isinstance(kind, ForwardRef | str) else _link(kind)


def _link(model: Any) -> str:
    title = next((each.title for each in SECTIONS if model in each.models), "")
    return f"[{title}](#{title.lower().replace(' ', '-')})" if title else ""


def main() -> None:
    """Write both files."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
