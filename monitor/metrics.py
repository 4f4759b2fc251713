"""What Prometheus may ask: every metric of the monitor, on a registry of its own.

Rule: labels take their values from the configuration or from a fixed list of words, never from a
feed, and there are none per source: a hundred thousand label sets cost 80 MiB and seconds a scrape.

The metrics are made when the first of them is asked for, because importing prometheus_client
takes longer than most commands do.
"""

from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Any

from monitor import __version__

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

    REGISTRY: CollectorRegistry
    BUILD: Info
    SOURCES: Gauge
    POLLS: Counter
    POLL_SECONDS: Histogram
    POLL_LAG_SECONDS: Histogram
    DOCUMENTS: Counter
    ITEMS: Counter
    ARTICLES: Counter
    MATCHES: Counter
    ALERTS: Counter
    DELIVERIES: Counter
    DELIVERY_SECONDS: Histogram
    OUTBOX: Gauge
    OUTBOX_OLDEST_SECONDS: Gauge
    FEED_TO_ALERT_SECONDS: Histogram
    PARSER_RESTARTS: Counter
    CLOCK_STEPS: Counter
    LOOP_LAG_SECONDS: Histogram
    TICKETS: Counter
    CONFIG: Info
    CONFIG_SUCCESSFUL: Gauge
    CONFIG_LOADED_SECONDS: Gauge

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Upper bounds in seconds, from what the loop notices to what a person would call late.
REQUEST = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
LATENESS = (0.1, 0.5, 1, 2, 5, 15, 60, 300, 900, 3600, 14400)
LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10)

_making = Lock()


class _Unread:
    """Stands for every metric of a process that nobody asks."""

    def labels(self, **_words: str) -> "_Unread":
        return self

    def inc(self, _amount: float = 1) -> None: ...

    def set(self, _value: float) -> None: ...

    def observe(self, _amount: float) -> None: ...

    def time(self) -> AbstractContextManager[None]:
        return nullcontext()


_unread: _Unread | None = None


def leave_out() -> None:
    """Make no metrics in this process: a command that ends by itself is never asked."""
    global _unread  # noqa: PLW0603 - metrics are one for the process, and so is their absence
    _unread = _Unread()


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format; CONTENT_TYPE names it."""
    from prometheus_client import generate_latest

    return generate_latest(__getattr__("REGISTRY"))


def __getattr__(name: str) -> Any:
    """Make the metrics when one is first asked for; afterwards they are plain names here."""
    if not name.isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _unread is not None:
        return _unread
    with _making:
        if "REGISTRY" not in globals():
            globals().update(_make())
    try:
        return globals()[name]
    except KeyError:
        raise AttributeError(f"there is no metric {name}") from None


def _make() -> dict[str, Any]:
    import prometheus_client as client

    # The time each counter was created doubles what a scrape carries and no rule of ours uses it.
    client.disable_created_metrics()  # type: ignore[no-untyped-call]  # not annotated in 0.26
    registry = client.CollectorRegistry()
    client.ProcessCollector(registry=registry)

    def counter(name: str, text: str, *labels: str) -> client.Counter:
        return client.Counter(f"monitor_{name}", text, labels, registry=registry)

    def gauge(name: str, text: str, *labels: str) -> client.Gauge:
        return client.Gauge(f"monitor_{name}", text, labels, registry=registry)

    def histogram(name: str, text: str, buckets: tuple[float, ...]) -> client.Histogram:
        return client.Histogram(f"monitor_{name}", text, buckets=buckets, registry=registry)

    build = client.Info("monitor_build", "The program that answers.", registry=registry)
    build.info({"version": __version__})
    return {
        "REGISTRY": registry,
        "BUILD": build,
        "SOURCES": gauge("sources", "Sources by how their last poll ended.", "state"),
        "POLLS": counter("polls_total", "Polls by outcome and error kind.", "outcome", "kind"),
        "POLL_SECONDS": histogram("poll_seconds", "From request to answer, hops and all.", REQUEST),
        "POLL_LAG_SECONDS": histogram(
            "poll_lag_seconds", "How late polls were made after they were due.", LATENESS
        ),
        "DOCUMENTS": counter(
            "documents_total", "Documents by how they were read: strict, lenient, json.", "path"
        ),
        "ITEMS": counter("items_total", "New items stored."),
        "ARTICLES": counter(
            "articles_total", "Pages of new items: read, declined, failed.", "ended"
        ),
        "MATCHES": counter("matches_total", "Matches of new items on watchlists."),
        "ALERTS": counter("alerts_total", "Alerts raised.", "watchlist", "severity"),
        "DELIVERIES": counter(
            "deliveries_total", "Delivery attempts by verdict.", "notifier", "verdict"
        ),
        "DELIVERY_SECONDS": histogram("delivery_seconds", "One delivery attempt.", REQUEST),
        "OUTBOX": gauge("outbox", "Deliveries in the outbox.", "state"),
        "OUTBOX_OLDEST_SECONDS": gauge(
            "outbox_oldest_seconds", "Age of the oldest delivery that still waits."
        ),
        "FEED_TO_ALERT_SECONDS": histogram(
            "feed_to_alert_seconds", "From an alert raised to its delivery.", LATENESS
        ),
        "PARSER_RESTARTS": counter("parser_restarts_total", "Parser children started anew."),
        "CLOCK_STEPS": counter("clock_steps_total", "Times the wall clock was set."),
        "LOOP_LAG_SECONDS": histogram(
            "loop_lag_seconds", "How late the event loop woke a sleeper.", LAG
        ),
        "TICKETS": counter(
            "tickets_total", "Tickets by lane and end: done, failed, lost.", "lane", "ended"
        ),
        "CONFIG": client.Info(
            "monitor_config", "The configuration that counts.", registry=registry
        ),
        "CONFIG_SUCCESSFUL": gauge(
            "config_last_reload_successful",
            "1 where the configuration on disk counts, 0 where it was refused.",
        ),
        "CONFIG_LOADED_SECONDS": gauge(
            "config_last_reload_success_timestamp_seconds",
            "When the configuration that counts was loaded.",
        ),
    }
