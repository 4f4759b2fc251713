"""What the newsroom publishes, and what the program promises to make of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo.outlets import Piece


@dataclass(frozen=True, slots=True)
class Release:
    """One article appearing at one outlet."""

    slug: str
    piece: Piece


def backlog(start: datetime) -> list[Release]:
    """Return what stands in the feeds before the monitor first looks; it must not alert."""
    old = start - timedelta(hours=5)
    return [
        Release(slug, Piece(f"https://{slug}.example/{path}", title, summary, old))
        for slug, path, title, summary in (
            ("andes-wire", "2025/markets", "Grain prices settle after a calm week", "Calm."),
            (
                "andes-wire",
                "2025/maduro-speech",
                "Maduro addresses troops in Caracas",
                "The Venezuelan leader spoke for an hour.",
            ),
            ("harbour-post", "n/1", "Ferry timetable changes from Monday", "Two sailings fewer."),
            ("ledger", "a/1", "Library extends weekend hours", "Doors stay open until nine."),
            ("istmo", "1", "El puerto amplía su muelle norte", "Las obras duran un año."),
            ("skyways", "1", "Spring schedules published", "Carriers file their plans."),
            ("coastal", "1", "Harbour walk reopens", "Repairs are done."),
            ("leaf", "1", "Humidors compared", "Cedar still wins."),
            ("pitchside", "1", "Cup draw made", "Sixteen sides remain."),
            ("gulf", "1", "Drill season ends", "Ships return to port."),
            ("barrel", "1", "Brent drifts in thin trade", "Volumes were low."),
        )
    ]


CALL = "https://andes-wire.example/2025/11/trump-maduro-call"


def the_call(now: datetime) -> list[Release]:
    """Return the call, told by four outlets: three carry the wire's headline or link."""
    return [
        Release(
            "andes-wire",
            Piece(
                CALL,
                "Trump confirms phone call with Venezuela's Maduro",
                "Speaking aboard Air Force One, the president would not say what was discussed.",
                now,
            ),
        ),
        Release(
            "harbour-post",
            Piece(
                "https://harbour-post.example/n/call",
                "TRUMP CONFIRMS PHONE CALL WITH VENEZUELA’S MADURO",
                "“I would not say it went well or badly,” he told reporters on the plane.",
                now,
            ),
        ),
        Release(
            "ledger",
            Piece(
                f"{CALL}?utm_source=ledger&utm_medium=rss",
                "President says he spoke with the leader of Venezuela",
                "Nicolás Maduro and Donald Trump talked by telephone, the White House said.",
                now,
            ),
        ),
        Release(
            "istmo",
            Piece(
                "https://istmo.example/llamada",
                "Trump reconoce que habló por teléfono con Nicolás Maduro",
                "El presidente lo dijo a bordo del avión; no dio detalles de la conversación.",
                now,
            ),
        ),
    ]


def the_closure(now: datetime) -> list[Release]:
    """Return the airspace closure, told by two outlets."""
    title = "Airspace above Venezuela should be considered closed, Trump says"
    return [
        Release(
            "skyways",
            Piece("https://skyways.example/closed", title, "Airlines await a formal NOTAM.", now),
        ),
        Release(
            "coastal",
            Piece("https://coastal.example/7", title, "Carriers reroute at short notice.", now),
        ),
    ]


def the_decoys(now: datetime) -> list[Release]:
    """Return two articles named to fool a keyword search."""
    return [
        Release(
            "leaf",
            Piece(
                "https://leaf.example/best",
                "Best maduro cigars of the year",
                "Twelve dark wrappers, ranked by our panel.",
                now,
            ),
        ),
        Release(
            "pitchside",
            Piece(
                "https://pitchside.example/final",
                "Airspace United beat Maduro Rovers in the football final",
                "A late goal settles the baseball-crazy town's first cup.",
                now,
            ),
        ),
    ]


def the_carrier(now: datetime) -> list[Release]:
    """Return the story that breaks while its only source is down."""
    return [
        Release(
            "gulf",
            Piece(
                "https://gulf.example/ford",
                "USS Gerald R. Ford enters the Caribbean with its strike group",
                "The carrier joins destroyers already off the Venezuelan coast.",
                now,
            ),
        )
    ]


def the_letter(now: datetime) -> list[Release]:
    """Return the story that is published while the monitor is dead."""
    return [
        Release(
            "barrel",
            Piece(
                "https://barrel.example/letter",
                "Caracas asks OPEC for help in a letter",
                "The message accuses Washington of reaching for the country's oil.",
                now,
            ),
        )
    ]


CONFIG = """\
sources:
{sources}
entities:
  maduro:
    name: Nicolás Maduro
    aliases: ["Maduro, Nicolás", Мадуро, 马杜罗]
    ambiguous: [=Maduro]
    context: [Venezuela, Venezuelan, Caracas, Miraflores]
    exclude: [cigar*, wrapper*, football, Rovers]
watchlists:
  venezuela-crisis:
    description: A call, a threat or a deal may come within hours.
    severity: high
    match: [entity: maduro]
    none: [baseball]
  airspace:
    description: A closure affects crews at once.
    severity: critical
    match: [all: [airspace, {{any: [closed, closure]}}]]
  carriers:
    severity: high
    match: [Gerald R. Ford]
  oil:
    match: [all: [OPEC, {{any: [letter, quota, output]}}]]
notifiers:
  desk: {{type: slack, url: "{slack}", allow_networks: [127.0.0.0/8]}}
  siem: {{type: webhook, url: "{webhook}", secret: "{secret}", allow_networks: [127.0.0.0/8]}}
notify: [desk, siem]
poll: {{every: 1s, min: 1s, timeout: 5s, host_gap: 0s, allow_networks: [127.0.0.0/8]}}
store: {{url: "sqlite:///monitor.db"}}
web: {{listen: off}}
"""
