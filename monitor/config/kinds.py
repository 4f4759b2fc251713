"""The types of values that options have: how each is read, checked by editors and called. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import core_schema

from monitor.config.values import (
    LARGEST_COUNT,
    LARGEST_WEIGHT,
    MOST_TOGETHER,
    read_count,
    read_duration,
    read_every,
    read_few,
    read_flag,
    read_key,
    read_language,
    read_name,
    read_pause,
    read_rate,
    read_size,
    read_timeout,
    read_weight,
    refuse_nothing,
)

_DURATION_PATTERN = r"^([0-9.]+[smhd])+$"


class Options(BaseModel):
    """A mapping in which every option is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Words:
    """What the reference page calls a type of value."""

    text: str


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """Lets one text stand for a list of one; of rules, which are mappings too, one rule."""

    rules: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Wrap the text before the list is checked."""

        def wrap(value: object) -> object:
            return [value] if isinstance(value, str | dict if self.rules else str) else value

        return core_schema.no_info_before_validator_function(wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say so to editors."""
        several = handler(schema)
        item = several["items"]
        one = item if "type" in item or self.rules else {"type": ["string", "number", "boolean"]}
        return {"anyOf": [one, several]}


@dataclass(frozen=True, slots=True)
class OneOrMoreMappings(OneOrMore):
    """Lets one mapping stand for a list of one."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Wrap the mapping before the list is checked."""

        def wrap(value: object) -> object:
            return [value] if isinstance(value, dict) else value

        return core_schema.no_info_before_validator_function(wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say so to editors."""
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def json_text(pattern: str) -> WithJsonSchema:
    """Return the JSON schema of a text that fits a pattern or holds a reference."""
    return WithJsonSchema({"type": "string", "pattern": rf"{pattern}|\$\{{"})


# Editors read 2026 or yes as a number or a flag; here they are texts all the same.
ANY_SCALAR = WithJsonSchema({"type": ["string", "number", "boolean"]})

Text: TypeAlias = Annotated[str, ANY_SCALAR, Words("text")]
Name: TypeAlias = Annotated[str, PlainValidator(read_name), ANY_SCALAR, Words("name")]
Key: TypeAlias = Annotated[str, PlainValidator(read_key), ANY_SCALAR, Words("name")]
Duration: TypeAlias = Annotated[
    timedelta, PlainValidator(read_duration), json_text(_DURATION_PATTERN), Words("duration")
]
Pause: TypeAlias = Annotated[
    timedelta, PlainValidator(read_pause), json_text(_DURATION_PATTERN), Words("duration, or 0s")
]
Timeout: TypeAlias = Annotated[
    timedelta,
    PlainValidator(read_timeout),
    json_text(_DURATION_PATTERN),
    Words("duration, at most 5m"),
]
Every: TypeAlias = Annotated[
    timedelta | None,
    PlainValidator(read_every),
    json_text(rf"^adaptive$|{_DURATION_PATTERN}"),
    Words("`adaptive`, or a duration"),
]
Size: TypeAlias = Annotated[
    int, PlainValidator(read_size), json_text(r"^[0-9.]+ ?[KkMmGg]i?[Bb]$"), Words("size")
]
Rate: TypeAlias = Annotated[
    float, PlainValidator(read_rate), json_text(r"^[0-9.]+ ?/ ?[mhd]$"), Words("rate")
]
Language: TypeAlias = Annotated[
    str,
    PlainValidator(read_language),
    json_text(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"),
    Words("language code"),
]
Flag: TypeAlias = Annotated[
    bool,
    PlainValidator(read_flag),
    WithJsonSchema(
        {"type": ["boolean", "string"], "pattern": r"^(true|false|yes|no|on|off)$|\$\{"}
    ),
    Words("`yes` or `no`"),
]
Count: TypeAlias = Annotated[
    int,
    PlainValidator(read_count),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "maximum": LARGEST_COUNT}),
    Words("whole number"),
]
Few: TypeAlias = Annotated[
    int,
    PlainValidator(read_few),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "maximum": MOST_TOGETHER}),
    Words("whole number, at most 10"),
]
Weight: TypeAlias = Annotated[
    float,
    PlainValidator(read_weight),
    WithJsonSchema(
        {"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": LARGEST_WEIGHT}
    ),
    Words("number"),
]
Given = BeforeValidator(refuse_nothing)
