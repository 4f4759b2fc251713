"""Read an answer's body: whole and decoded, or as much of an error page as tells what it is."""

import asyncio
from contextlib import suppress

import httpx

from monitor.feeds.fetch.codings import CodingError, Decoder
from monitor.feeds.servers import answers
from monitor.model import Failed

PEEK_SECONDS = 3  # a slow error page must not turn a clear answer into a timeout


async def read(response: httpx.Response, head: answers.Head, limit: int) -> bytes | Failed:
    """Return the whole body, decoded; a failure where it is too large or damaged."""
    length = head.headers.get("content-length", "")
    decoder = Decoder(head.headers.get("content-encoding", ""), limit, limit)
    try:
        if length.isdecimal() and len(length) < 20:
            decoder.expect(int(length))
        parts = [decoder.feed(data) async for data in _stream(response)]
        parts.append(decoder.finish())
    except CodingError as error:
        message = f"{head.host} sends {error.message}"
        return Failed(kind=error.kind, message=message, status=head.status)
    return b"".join(parts)


async def read_start(response: httpx.Response, head: answers.Head) -> bytes:
    """Return about the first 32 KB of an error page, or what can be had of it quickly."""
    limit = 8 * answers.CHALLENGE_BYTES
    decoder = Decoder(head.headers.get("content-encoding", ""), limit, limit)
    start = bytearray()
    with suppress(httpx.TransportError, CodingError, TimeoutError):
        async with asyncio.timeout(PEEK_SECONDS):
            async for data in _stream(response):
                start += decoder.feed(data)
                if len(start) >= answers.CHALLENGE_BYTES:
                    return bytes(start)
            start += decoder.finish()
    return bytes(start)


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return response.stream
