import gzip
import tracemalloc
import zlib
from functools import partial

import pytest

from monitor.feeds.codings import CodingError, Decoder
from monitor.model import ErrorKind

# The same bytes in every process, so that tests are called the same in each.
gz = partial(gzip.compress, mtime=0)

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>' * 20
MB = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def decode(
    encoding: str, body: bytes, *, step: int = 1000, raw: int = MB, limit: int = MB
) -> bytes:
    decoder = Decoder(encoding, raw, limit)
    parts = [decoder.feed(body[at : at + step]) for at in range(0, len(body), step)]
    return b"".join(parts) + decoder.finish()


def refusal(encoding: str, body: bytes, **limits) -> CodingError:
    with pytest.raises(CodingError) as caught:
        decode(encoding, body, **limits)
    return caught.value


@pytest.mark.parametrize("step", [1, 7, 1000, 100_000])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", FEED),
        ("identity", FEED),
        ("none", FEED),
        ("UTF-8", FEED),
        ("gzip", gz(FEED)),
        ("x-gzip", gz(FEED)),
        ("GZip ", gz(FEED)),
        ("gzip, identity", gz(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("gzip", gz(FEED[:500]) + gz(FEED[500:])),
        ("gzip, gzip", gz(gz(FEED))),
        ("deflate, gzip", gz(zlib.compress(FEED))),
        ("gzip, deflate", raw_deflate(gz(FEED))),
    ],
)
def test_every_coding_we_ask_for_is_undone_whatever_the_pieces(encoding, body, step):
    assert decode(encoding, body, step=step) == FEED


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-unheard-of"])
@pytest.mark.parametrize(
    "body",
    [
        FEED,
        b"\xef\xbb\xbf" + FEED,
        b"\n " + FEED,
        b'{"version": "https://jsonfeed.org/version/1.1"}',
    ]
    + [FEED.decode().encode(codec) for codec in ("utf-16", "utf-16-be", "utf-16-le")],
)
def test_a_plain_document_is_used_as_it_is_whatever_its_label(encoding, body):
    assert decode(encoding, body) == body


@pytest.mark.parametrize("encoding", ["", "identity", "br", "deflate"])
def test_gzip_is_known_by_its_first_bytes_whatever_its_label(encoding):
    assert decode(encoding, gz(FEED)) == FEED


def test_what_follows_the_last_gzip_member_is_dropped():
    assert decode("gzip", gz(FEED) + b"\0" * 512) == FEED
    assert decode("gzip", gz(FEED) + b"junk") == FEED


@pytest.mark.parametrize("step", [1, 1000])
def test_what_follows_a_deflate_stream_is_dropped(step):
    assert decode("deflate", zlib.compress(FEED) + b"junk" * 500, step=step) == FEED


def test_a_raw_deflate_stream_that_looks_like_text_is_still_decoded():
    packed = raw_deflate("マドゥロ".encode())
    assert packed.startswith(b"{")
    assert decode("deflate", packed) == "マドゥロ".encode()


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_an_empty_body_is_empty(encoding):
    assert decode(encoding, b"") == b""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gz(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("gzip", gz(FEED[:500]) + gz(FEED[500:])),
        ("gzip, gzip", gz(gz(FEED))),
    ],
)
@pytest.mark.parametrize("missing", [1, 4, 8, 30])
def test_a_cut_stream_is_an_error(encoding, body, missing):
    assert refusal(encoding, body[:-missing]).kind is ErrorKind.BAD_ENCODING


@pytest.mark.parametrize("begun", [1, 2, 3, 10])
def test_a_gzip_member_that_only_begins_is_an_error(begun):
    member = gz(FEED)
    assert refusal("gzip", member + member[:begun]).kind is ErrorKind.BAD_ENCODING


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("br", b"\x8b\x02\x80hello\x03", "'br', which was not asked for"),
        ("zstd", b"\x28\xb5\x2f\xfd\x04\x00", "'zstd', which was not asked for"),
        ("gzip, gzip, gzip", gz(FEED), "3 times over"),
        ("gzip", gz(FEED)[:-6] + b"\0\0\0\0\0\0", "damaged"),
        ("gzip", b"no gzip at all", "damaged"),
        ("gzip", gz(b"") * 5000, "4,096 gzip members"),
    ],
)
def test_what_cant_be_decoded_says_why(encoding, body, words):
    error = refusal(encoding, body)
    assert error.kind is ErrorKind.BAD_ENCODING
    assert words in error.message


def test_the_raw_and_the_decoded_bytes_are_limited_to_the_byte():
    noise = zlib.compress(FEED)
    assert decode("", b"x" * 1000, limit=1000) == b"x" * 1000
    assert decode("deflate", noise, limit=len(FEED)) == FEED
    assert refusal("", b"x" * 1001, limit=1000).kind is ErrorKind.TOO_LARGE
    assert refusal("", b"x" * 1001, raw=1000).message == "more than 0.001 MB"
    assert refusal("deflate", noise, limit=len(FEED) - 1).kind is ErrorKind.TOO_LARGE


def bomb(size: int, *, rounds: int = 1) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(MB)
    body = b"".join(packer.compress(zeros) for _ in range(size // MB)) + packer.flush()
    for _ in range(rounds - 1):
        body = gz(body)
    return body


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_bomb_ends_early_in_bounded_memory(rounds):
    body = bomb(200 * MB, rounds=rounds)
    tracemalloc.start()
    try:
        error = refusal(", ".join(["gzip"] * rounds), body, step=65_536, raw=20 * MB, limit=20 * MB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.kind is ErrorKind.TOO_LARGE
    assert peak < 48 * MB


def test_a_large_repetitive_document_is_no_bomb():
    document = FEED * 2000
    assert decode("gzip", gz(document), limit=4 * MB) == document


def test_an_announced_length_is_refused_before_anything_is_read():
    with pytest.raises(CodingError, match="more than 1 MB"):
        Decoder("", MB, MB).expect(MB + 1)
