"""Everything else, through Apprise: an optional library that knows some 150 services.

It says only whether a service took a message, and connects by itself: neither a wait that was
asked for nor the networks a notifier may use reach it.
"""

import asyncio
import logging
import re

from monitor.alerts.excerpt import cut
from monitor.alerts.wording import headline, severity_word, text, titled
from monitor.model import Dead, Delivered, Message, Retry, Verdict
from monitor.notify.markdown import apart
from monitor.notify.post import Answer, Edge
from monitor.settings import NotifierSettings

INSTALL = "apprise is not installed; install it with: pip install 'news-feed-monitor[apprise]'"

_TITLE = 200
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SHORTEST = 0.05  # seconds; Apprise takes 0 for no limit


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
    """Have Apprise send the message as text, in a thread that is given up at the deadline."""
    del webhook_id, plain, parent, left
    ours = f"{severity_word(message)} {headline(message)}"
    title = _calling_nobody(cut(titled(message) or ours, _TITLE))
    body = _calling_nobody(text(message, now=edge.now()))
    patience = max(_SHORTEST, edge.deadline - asyncio.get_running_loop().time())
    try:
        async with asyncio.timeout_at(edge.deadline):
            verdict = await asyncio.to_thread(_send, settings.url, title, body, patience=patience)
    except TimeoutError:
        verdict = Retry(reason="timeout: no answer in time", maybe_sent=True)
    return Answer(verdict=verdict)


def _calling_nobody(words: str) -> str:
    """Return words whose mentions call nobody at any service, and whose addresses still lead on."""
    return apart(_ADDRESS.sub(lambda found: found[0].replace("@", "%40"), words))


def _send(url: str, title: str, body: str, *, patience: float) -> Verdict:
    """Send one message; blocks. Nothing Apprise says is repeated: addresses stand in it."""
    try:
        import apprise
    except ImportError:
        return Dead(reason=f"unsendable: {INSTALL}", scope="destination")
    for talker in ("apprise", "urllib3"):  # what they log holds addresses too
        logging.getLogger(talker).setLevel(logging.CRITICAL)
    asset = apprise.AppriseAsset(http_redirects=False, async_mode=False)
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        reason = "unsendable: Apprise does not know such an address"
        return Dead(reason=reason, scope="destination")
    service.redirects = False
    service.overflow_mode = apprise.OverflowMode.SPLIT
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    result = sender.notify(
        body=body, title=title, body_format=apprise.NotifyFormat.TEXT, timeout=patience
    )
    if result.status is apprise.AppriseResultStatus.SUCCESS:
        return Delivered()
    if result.status is apprise.AppriseResultStatus.TIMEOUT:
        return Retry(reason="timeout: no answer in time", maybe_sent=True)
    reason = "apprise: the service could not be reached or did not take the message"
    return Retry(reason=reason, maybe_sent=True)
