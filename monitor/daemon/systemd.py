"""Tells the service manager how the daemon does: the datagram of sd_notify(3)."""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify(state: str, *, environ: Mapping[str, str] = os.environ) -> None:
    """Send one line such as READY=1 to $NOTIFY_SOCKET; do nothing where there is none.

    Never blocks and never raises: a deaf service manager must not stop the daemon.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(0)
            channel.sendto(state.encode(), address)
    except OSError as fault:
        log.warning("the service manager can't be told %s: %s", state, fault)
