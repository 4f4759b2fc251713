"""Mail: one message for all recipients, and a verdict for each of them.

Whom the server takes has it; whom it puts off is tried again alone; whom it refuses is named.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.feeds.transport import GuardedTransport
from monitor.model import Dead, Delivered, Message, Retry, Verdict
from monitor.notify.letter import address_of, letter, message_id
from monitor.notify.post import Answer, Edge, unsendable
from monitor.settings import NotifierSettings

log = logging.getLogger(__name__)

_NAMED = 5  # recipients in a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What attempts so far have left: who is still to be told, and who never will be."""

    to: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)  # address → the server's words
    had: bool = False  # somebody has it


async def deliver(
    message: Message,
    settings: NotifierSettings,
    *,
    webhook_id: str,
    plain: bool,
    edge: Edge,
    parent: str = "",
    left: str = "",
) -> Answer:
    """Send to those who have not had it; the plain form has no HTML.

    Delivered says in its note who was refused. A Retry says in `left` who is left.
    """
    from monitor.notify.smtp import converse

    door = edge.transport
    assert isinstance(door, GuardedTransport), "mail leaves by the guarded transport"
    try:
        sender = address_of(settings.sender)
        before = read_left(left, settings)
        whole = letter(
            message, settings, webhook_id=webhook_id, now=edge.now(), plain=plain, parent=parent
        ).as_bytes()
    except ValueError as error:
        return Answer(verdict=unsendable(error, settings))
    told = await converse(
        whole, settings, sender=sender, recipients=before.to, door=door, deadline=edge.deadline
    )
    for address, words in told.refused.items():
        log.warning(
            "a mail server refused a recipient",
            extra={"notifier": settings.name, "recipient": address, "answer": words},
        )
    after = Left(
        to=tuple(told.later),
        refused={**before.refused, **told.refused},
        had=before.had or bool(told.taken),
    )
    ref = message_id(webhook_id, settings)
    verdict = told.fault or _verdict(told.later, after, ref=ref)
    return Answer(verdict=verdict, status=told.code, body=told.words.encode())


def read_left(left: str, settings: NotifierSettings) -> Left:
    """Return what an earlier attempt left, of those who are recipients now; all where none was."""
    everybody = tuple(dict.fromkeys(address_of(each) for each in settings.to))
    said = json.loads(left or "{}")
    if "to" not in said:  # nothing, or the words of the kind this notifier was before
        return Left(to=everybody)
    return Left(
        to=tuple(each for each in everybody if each in said["to"]),
        refused={each: words for each, words in said["refused"].items() if each in everybody},
        had=said["had"],
    )


def write_left(left: Left) -> str:
    """Return it as a text for the next attempt."""
    said = {"to": left.to, "refused": dict(left.refused), "had": left.had}
    return json.dumps(said, ensure_ascii=False)


def _verdict(later: Mapping[str, str], left: Left, *, ref: str) -> Verdict:
    refused = f"refused: {_named(left.refused)}" if left.refused else ""
    if later:
        reason = "; ".join(words for words in (f"later: {_named(later)}", refused) if words)
        return Retry(reason=reason, left=write_left(left))
    if left.had:
        return Delivered(ref=ref, note=refused)
    # With nobody to take it, this destination is as good as closed.
    return Dead(reason=refused or "nobody is left to tell", scope="destination")


def _named(words: Mapping[str, str]) -> str:
    told = [f"{address}: {said}" for address, said in words.items()]
    more = len(told) - _NAMED
    return ", ".join(told[:_NAMED]) + (f" and {more} more" if more > 0 else "")
