"""The schema of rules: terms, entities, queries, and the ways they combine. Pure."""

from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from monitor.config.kinds import Count, Flag, Options, Words
from monitor.config.problems import Code
from monitor.config.shapes import KINDS, check_shape, mapping_like
from monitor.config.terms import EntityName, QueryText, TermText
from monitor.config.values import read_count, wrong
from monitor.watch.rules import (
    MAX_DISTANCE,
    MAX_GROUPS,
    AllOf,
    AnyOf,
    AtLeast,
    EntityRef,
    Near,
    NoneOf,
    requires_nothing,
)
from monitor.watch.rules import Rule as RuleTree
from monitor.watch.terms import Term


def _not_empty(rules: list[Any]) -> list[Any]:
    if not rules:
        raise wrong(Code.BAD_RULE, "this list is empty", "write at least one term")
    return rules


def _check_groups(groups: list[Any]) -> list[Any]:
    if len(groups) < 2:
        advice = "write [[airspace], [closed, closure]]: a list of lists"
        raise wrong(Code.BAD_RULE, "near needs two groups or more", advice)
    if len(groups) > MAX_GROUPS:
        raise wrong(
            Code.BAD_RULE, f"near takes at most {MAX_GROUPS} groups", "write two near rules"
        )
    return groups


Distance: TypeAlias = Annotated[
    int,
    PlainValidator(lambda value: read_count(value, MAX_DISTANCE)),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "maximum": MAX_DISTANCE}),
    Words(f"whole number, at most {MAX_DISTANCE}"),
]


class EntityRule(Options):
    """Fires where an entity is mentioned."""

    entity: EntityName = Field(description="The entity's key.", examples=["maduro"])

    def rule(self) -> EntityRef:
        """Return the rule this stands for."""
        return EntityRef(key=self.entity)


class AnyRule(Options):
    """Holds where at least one of its rules holds."""

    any: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules of which one is enough.",
        examples=[["amnesty", "regime change"]],
    )

    def rule(self) -> AnyOf:
        """Return the rule this stands for."""
        return AnyOf(rules=tuple(map(as_rule, self.any)))


class AllRule(Options):
    """Holds where each of its rules holds."""

    all: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules that must all hold, in any order and any field.",
        examples=[["Venezuela", {"any": ["amnesty", "regime change"]}]],
    )

    def rule(self) -> AllOf:
        """Return the rule this stands for."""
        return AllOf(rules=tuple(map(as_rule, self.all)))


class NoneRule(Options):
    """Holds where none of its rules holds; only useful inside `all`."""

    none: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules of which none may hold; only useful inside `all`.",
        examples=[["football", "stadium"]],
    )

    def rule(self) -> NoneOf:
        """Return the rule this stands for."""
        return NoneOf(rules=tuple(map(as_rule, self.none)))


class NearOptions(Options):
    """Terms near each other: one of each group, within so many words, in one field.

    Neighbouring words are 1 apart. Of three groups and more, each stands near the next one found.
    """

    within: Distance = Field(
        description="How many words apart, at most: 1 means side by side.", examples=["6"]
    )
    groups: Annotated[
        list["NearGroup"],
        AfterValidator(_check_groups),
        Words("list: [rule](#rules), or a list of them"),
    ] = Field(
        description="What stands near each other: two groups or more, each a term or a list of "
        "terms of which one is enough. `{entity: KEY}` and `{any: […]}` may stand for a term.",
        examples=[["airspace", ["closed", "closure"]]],
        json_schema_extra={"minItems": 2, "maxItems": MAX_GROUPS},
    )
    ordered: Flag = Field(
        default="no",
        validate_default=True,
        description="`yes` asks for the order of the groups.",
        examples=["yes"],
    )
    same_sentence: Flag = Field(
        default="no",
        validate_default=True,
        description="`yes` asks for one sentence around all of them.",
        examples=["yes"],
    )


class NearRule(Options):
    """Holds where terms stand near each other."""

    near: Annotated[
        NearOptions, mapping_like("{within: 6, groups: [[airspace], [closed, closure]]}")
    ] = Field(
        description="Terms that stand within so many words of each other, in one field.",
        examples=[{"within": "6", "groups": [["airspace"], ["closed", "closure"]]}],
    )

    def rule(self) -> Near:
        """Return the rule this stands for."""
        groups = (each if isinstance(each, list) else [each] for each in self.near.groups)
        return Near(
            within=self.near.within,
            groups=tuple(tuple(map(as_rule, group)) for group in groups),
            ordered=self.near.ordered,
            same_sentence=self.near.same_sentence,
        )


class AtLeastOptions(Options):
    """Several of a list, in any order and any field."""

    count: Count = Field(description="How many of them, from 1 to all.", examples=["2"])
    of: Annotated[list["Rule"], AfterValidator(_not_empty)] = Field(
        description="Terms and rules that are counted, each once.",
        examples=[["OPEC", "Brent", "barrel*"]],
    )

    @field_validator("of", mode="after")
    @classmethod
    def _enough(cls, of: list[Any], info: ValidationInfo) -> list[Any]:
        if info.data.get("count", 1) > len(of):
            message = f"{info.data['count']} are asked for, and the list has {len(of)}"
            raise wrong(Code.BAD_RANGE, message, "lower count, or add to the list", beside="count")
        return of


class AtLeastRule(Options):
    """Holds where so many of its rules hold."""

    at_least: Annotated[AtLeastOptions, mapping_like("{count: 2, of: [OPEC, Brent]}")] = Field(
        description="So many of a list of terms and rules, in any order and any field.",
        examples=[{"count": "2", "of": ["OPEC", "Brent", "barrel*"]}],
    )

    def rule(self) -> AtLeast:
        """Return the rule this stands for."""
        return AtLeast(count=self.at_least.count, rules=tuple(map(as_rule, self.at_least.of)))


class QueryRule(Options):
    """Holds where a query does."""

    query: QueryText = Field(
        description="The same on one line, with `AND OR NOT NEAR/n ATLEAST/n(…)` and fields.",
        examples=['title:"cartel of the suns" OR (airspace NEAR/5 closed AND lang:es)'],
    )

    def rule(self) -> RuleTree:
        """Return the rule this stands for."""
        return self.query


def _kind_of_rule(value: object) -> str:
    if isinstance(value, dict):
        return f"<{next((kind for kind in KINDS if kind in value), 'term')}>"
    return "<term>" if isinstance(value, str | Term) else f"<{type(value).__name__}>"


Rule: TypeAlias = Annotated[
    Annotated[TermText, Tag("<term>")]
    | Annotated[EntityRule, Tag("<entity>")]
    | Annotated[AnyRule, Tag("<any>")]
    | Annotated[AllRule, Tag("<all>")]
    | Annotated[NoneRule, Tag("<none>")]
    | Annotated[NearRule, Tag("<near>")]
    | Annotated[AtLeastRule, Tag("<at_least>")]
    | Annotated[QueryRule, Tag("<query>")],
    Discriminator(_kind_of_rule),
    BeforeValidator(check_shape),
    Words("[rule](#rules)"),
]


def _in_a_row(value: Any) -> Any:
    """Refuse what can't stand at a place in a text."""
    if not _is_choice(as_rule(value)):
        message = "near takes terms, entities and any: of them"
        raise wrong(Code.BAD_RULE, message, "combine several near rules under all: or none:")
    return value


def _is_choice(rule: RuleTree) -> bool:
    if isinstance(rule, AnyOf):
        return all(map(_is_choice, rule.rules))
    return isinstance(rule, Term | EntityRef)


NearPart: TypeAlias = Annotated[Rule, AfterValidator(_in_a_row)]
NearGroup: TypeAlias = Annotated[
    Annotated[list[NearPart], AfterValidator(_not_empty), Tag("<list>")]
    | Annotated[NearPart, Tag("<part>")],
    Discriminator(lambda value: "<list>" if isinstance(value, list) else "<part>"),
]


def as_rule(value: Any) -> RuleTree:
    """Return what an item of a list of rules stands for."""
    return value if isinstance(value, Term) else value.rule()


def _anchored(of_query: str, of_rule: str) -> AfterValidator:
    """Refuse a rule that would hold for every item in which nothing stands, with advice."""

    def check(value: Any) -> Any:
        if not requires_nothing(as_rule(value)):
            return value
        if isinstance(value, QueryRule):
            message = "this query can hold where none of its terms stands"
            raise wrong(Code.ONLY_NONE, message, of_query, at="query", on_value=True)
        raise wrong(
            Code.ONLY_NONE, "this rule asks for nothing, so every item would fire it", of_rule
        )

    return AfterValidator(check)


def _not_empty_watchlist(rules: list[Any]) -> list[Any]:
    if not rules:
        raise wrong(Code.EMPTY_WATCHLIST, "this watchlist never fires", "write at least one term")
    return rules


MatchRule: TypeAlias = Annotated[
    Rule,
    _anchored(
        "join NOT, lang:, source: and tag: to a term by AND",
        "put it into all: together with a term, or into the watchlist's own none:",
    ),
]
VetoRule: TypeAlias = Annotated[
    Rule,
    _anchored(
        "join it to a term by AND; to leave sources out, use sources: {exclude: [tag:NAME]}",
        "put what must stand into all: under match:",
    ),
]
MatchRules: TypeAlias = Annotated[list[MatchRule], AfterValidator(_not_empty_watchlist)]
