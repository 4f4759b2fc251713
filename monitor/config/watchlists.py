"""The schema of what people look for: entities and watchlists. Pure."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from monitor.config.kinds import Given, Language, OneOrMore, Options, Text
from monitor.config.rules import MatchRules, VetoRule
from monitor.config.shapes import mapping_like
from monitor.config.telling import EscalationOptions, QuietHoursItem, ThrottleOptions
from monitor.config.terms import EntityTitle, NotifierName, TermText
from monitor.model import Field as ItemField

Terms: TypeAlias = Annotated[list[TermText], OneOrMore()]
# Editors that speak YAML 1.1 read no as a flag.
Alone: TypeAlias = Annotated[
    Literal["lower", "no"],
    WithJsonSchema({"enum": ["lower", "no", False]}),
]


class EntityOptions(Options):
    """A person, an organisation, a ship: a name with the other names it goes by.

    A rule `{entity: KEY}` fires where one of its names stands.
    """

    name: EntityTitle = Field(
        description="The name people know it by; it counts wherever it stands.",
        examples=["Nicolás Maduro"],
    )
    aliases: Terms = Field(
        default=[],
        description="Other names and spellings that are certain too, in any script.",
        examples=[["Nicolás Maduro Moros", "Мадуро", "马杜罗"]],
    )
    ambiguous: Terms = Field(
        default=[],
        description="Names that others share. One counts only with a context term in the same "
        "item, or in its exact case where no exclude term stands.",
        examples=[["=Maduro"]],
    )
    context: Terms = Field(
        default=[],
        description="Terms that show that an ambiguous name means this one.",
        examples=[["Venezuela", "Caracas"]],
    )
    exclude: Terms = Field(
        default=[],
        description="Terms that show that an ambiguous name means something else.",
        examples=[["cigar*", "Madurodam"]],
    )
    ambiguous_alone: Alone = Field(
        default="lower",
        description="What an ambiguous name in its exact case is worth where nothing speaks for "
        "it or against it: `lower`, a possible match one severity lower; `no`, nothing.",
        examples=["no"],
    )


class SourceFilterOptions(Options):
    """Which sources a watchlist reads.

    Each entry is `tag:NAME`, the name of a source, or a pattern over the host such as
    `*.bbc.co.uk`.
    """

    include: Annotated[list[Text], OneOrMore()] = Field(
        default=[],
        description="Only these sources; empty: all.",
        examples=[["tag:wire", "*.bbc.co.uk"]],
    )
    exclude: Annotated[list[Text], OneOrMore()] = Field(
        default=[], description="Not these sources.", examples=[["tag:sport"]]
    )


class SampleOptions(Options):
    """An item to try a watchlist on."""

    title: Text = Field(description="The title.", examples=["Best maduro cigars of 2026"])
    summary: Text = Field(default="", description="The summary.", examples=["A review."])
    content: Text = Field(default="", description="The full text.", examples=["Rolled by hand."])
    author: Text = Field(default="", description="Who wrote it.", examples=["John Smith"])
    tags: Annotated[list[Text], OneOrMore()] = Field(
        default=[], description="Its tags, as its publisher gives them.", examples=[["oil"]]
    )
    link: Text = Field(
        default="", description="The item's address.", examples=["https://cigars.example/best"]
    )
    source: Text = Field(
        default="",
        description="The name or the address of the source it came from.",
        examples=["https://cigars.example/feed"],
    )
    language: Language | Literal[""] = Field(
        default="", description="The item's language.", examples=["en"]
    )


def _kind_of_sample(value: Any) -> str:
    return "<text>" if isinstance(value, str) else "<sample>"


SampleItem: TypeAlias = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[SampleOptions, Tag("<sample>")],
    Discriminator(_kind_of_sample),
]


class ExpectationOptions(Options):
    """Items the watchlist must fire on, and items it must not fire on; `monitor test` runs them.

    Each is a title, or a mapping of an item's fields.
    """

    match: Annotated[list[SampleItem], OneOrMore()] = Field(
        default=[],
        description="The watchlist must fire on each of these.",
        examples=[["Trump says Venezuelan airspace is closed"]],
    )
    no_match: Annotated[list[SampleItem], OneOrMore()] = Field(
        default=[],
        description="The watchlist must not fire on any of these.",
        examples=[["Best maduro cigars of 2026"]],
    )


class WatchlistOptions(Options):
    """Named rules over items.

    The short form is a term, or a list of terms and rules of which any fires.
    """

    match: Annotated[MatchRules, OneOrMore(rules=True)] = Field(
        description="Terms and rules; any of them fires the watchlist. A rule is "
        "`{entity: KEY}`, `{any: […]}`, `{all: […]}`, `{none: […]}`, `{near: {…}}`, "
        "`{at_least: {…}}` or `{query: …}`, and they nest.",
        examples=[["airspace", {"all": ["Venezuela", {"any": ["amnesty", "regime change"]}]}]],
    )
    none: Annotated[list[VetoRule], OneOrMore(rules=True)] = Field(
        default=[],
        description="Terms and rules that veto the whole watchlist for an item.",
        examples=[["baseball", "Miss Venezuela"]],
    )
    description: Text = Field(
        default="",
        description="Why this matters; shown in each alert.",
        examples=["Closure or strikes affect crews within hours."],
    )
    severity: Literal["low", "medium", "high", "critical"] = Field(
        default="medium", description="How urgent its alerts are.", examples=["high"]
    )
    fields: Annotated[list[ItemField], OneOrMore()] = Field(
        default=["title", "summary", "content"],
        description="Where terms are looked for.",
        examples=[["title", "summary"]],
        min_length=1,
    )
    languages: Annotated[list[Language], OneOrMore()] = Field(
        default=[],
        description="Only items in these languages; empty: all. `en` means `en-GB` too.",
        examples=[["en", "es"]],
    )
    sources: Annotated[
        SourceFilterOptions, mapping_like("sources: {include: [tag:wire]}, or exclude:")
    ] = Field(
        default_factory=SourceFilterOptions,
        description="Which sources are read.",
        examples=[{"exclude": ["tag:sport"]}],
    )
    notify: Annotated[Annotated[list[NotifierName], OneOrMore()] | None, Given] = Field(
        default=None,
        description="Notifiers that are told, by name; default: the top-level `notify`.",
        examples=[["desk"]],
    )
    on_update: Literal["never", "numbers", "always"] = Field(
        default="numbers",
        description="When an edit or a new version of a story's item is told: never, when its "
        "numbers change, or always.",
        examples=["always"],
    )
    throttle: ThrottleOptions = Field(
        default_factory=ThrottleOptions,
        description="How much it may say.",
        examples=[{"per_story": "12h", "max_per_hour": "20"}],
    )
    quiet_hours: Annotated[QuietHoursItem | None, Given] = Field(
        default=None,
        description="When its alerts wait; `off` for never; default: as under `alerts`.",
        examples=[{"from": "22:00", "to": "06:00", "zone": "Europe/Madrid", "bypass": "high"}],
    )
    escalate: Annotated[EscalationOptions | None, Given] = Field(
        default=None,
        description="Who hears of its alerts if nobody acknowledges them.",
        examples=[{"after": "15m", "to": ["console"]}],
    )
    tests: Annotated[
        ExpectationOptions, mapping_like("tests: {match: [a headline], no_match: [another]}")
    ] = Field(
        default_factory=ExpectationOptions,
        description="Items to try the watchlist on.",
        examples=[{"match": ["Maduro leaves Caracas"], "no_match": ["Maduro cigars reviewed"]}],
    )


def _kind_of_watchlist(value: Any) -> str:
    return "<list>" if isinstance(value, list | str) else "<watchlist>"


WatchlistItem: TypeAlias = Annotated[
    Annotated[MatchRules, OneOrMore(), Tag("<list>")]
    | Annotated[WatchlistOptions, Tag("<watchlist>")],
    Discriminator(_kind_of_watchlist),
]
