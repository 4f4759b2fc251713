"""The kinds of notifiers. Adding one is a file here, a line in KINDS and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from monitor.model import Message
from monitor.notify import (
    console,
    discord,
    mail,
    mattermost,
    ntfy,
    pagerduty,
    slack_bot,
    teams,
    through_apprise,
    webhook,
)
from monitor.notify.post import Answer, Edge, post
from monitor.settings import NotifierSettings

# For so long no burst goes to a receiver that has asked for a pause.
GENTLE_FOR = timedelta(hours=1)


class Deliver(Protocol):
    """One way to deliver."""

    async def __call__(
        self,
        message: Message,
        settings: NotifierSettings,
        *,
        webhook_id: str,
        plain: bool,
        edge: Edge,
        parent: str = "",
        left: str = "",
    ) -> Answer:
        """Try once; `plain` asks for the form that is left when the full one was refused.

        `parent` is the `ref` with which the first message of the same story and watchlist was
        delivered here, "" where there is none. `left` is what the attempt before left to do.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a receiver takes: `burst` messages at once, and one more every `every`."""

    every: timedelta
    burst: int

    def after(
        self, ready_at: datetime | None, now: datetime, *, limited_at: datetime | None = None
    ) -> datetime:
        """Return when the next message may leave, after one that leaves now.

        `ready_at` is what this said for the message before, None where there was none: then the
        whole burst is left. None of it is where the receiver asked for a pause that ended at
        `limited_at`, not long ago: a message that leaves late must not make up for it.
        """
        gently = limited_at is not None and now - limited_at < GENTLE_FOR
        rested = now if gently else now - (self.burst - 1) * self.every
        return max(ready_at or rested, rested) + self.every


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the monitor knows of one kind of notifier."""

    deliver: Deliver
    ttl: timedelta = timedelta(hours=24)  # nobody reads yesterday's chat
    rate: Rate | None = None
    bundles: bool = False  # many waiting alerts may be told in one message


KINDS: Mapping[str, Kind] = {
    "console": Kind(deliver=console.deliver),
    # One a second, by a clock that is not ours and over a network that is not even.
    "slack": Kind(
        deliver=slack_bot.deliver, rate=Rate(every=timedelta(seconds=1.1), burst=3), bundles=True
    ),
    # Five at once and thirty a minute; it says itself when it wants less.
    "discord": Kind(
        deliver=partial(post, discord), rate=Rate(every=timedelta(seconds=2), burst=5), bundles=True
    ),
    # 100 an hour, 150 in two, 1,800 a day.
    "teams": Kind(
        deliver=partial(post, teams), rate=Rate(every=timedelta(minutes=1), burst=20), bundles=True
    ),
    "mattermost": Kind(
        deliver=partial(post, mattermost),
        rate=Rate(every=timedelta(seconds=1), burst=5),
        bundles=True,
    ),
    # 60 at once, and one more every five seconds.
    "ntfy": Kind(
        deliver=partial(post, ntfy), rate=Rate(every=timedelta(seconds=5), burst=60), bundles=True
    ),
    # Each story is an incident of its own, so nothing is put together.
    "pagerduty": Kind(
        deliver=partial(post, pagerduty), rate=Rate(every=timedelta(seconds=1), burst=30)
    ),
    # A mailbox is read after the weekend too.
    "email": Kind(
        deliver=mail.deliver,
        ttl=timedelta(hours=72),
        rate=Rate(every=timedelta(seconds=1), burst=10),
        bundles=True,
    ),
    "apprise": Kind(
        deliver=through_apprise.deliver,
        rate=Rate(every=timedelta(seconds=1), burst=3),
        bundles=True,
    ),
    # A machine catches up after a long weekend.
    "webhook": Kind(deliver=partial(post, webhook), ttl=timedelta(hours=72)),
}
