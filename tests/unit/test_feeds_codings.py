import gzip
import itertools
import tracemalloc
import zlib
from functools import partial

import brotli
import pytest
import zstandard

from monitor.feeds.fetch.codings import ACCEPT_ENCODING, CodingError, Decoder
from monitor.model import ErrorKind

# The same bytes in every process, so that tests are called the same in each.
gz = partial(gzip.compress, mtime=0)

br = brotli.compress
zs = zstandard.compress
PACK = {"gzip": gz, "br": br, "zstd": zs}

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>' * 20
MB = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def streamed_zstd(data: bytes) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
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
        ("br", br(FEED)),
        ("BR", br(FEED, quality=1)),
        ("br", br(FEED, lgwin=10)),
        ("zstd", zs(FEED)),
        ("ZSTD, none", streamed_zstd(FEED)),
        ("zstd", zs(FEED[:500]) + zs(FEED[500:])),
        ("zstd", b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zs(FEED)),
        ("gzip, gzip", gz(gz(FEED))),
        ("deflate, gzip", gz(zlib.compress(FEED))),
        ("gzip, deflate", raw_deflate(gz(FEED))),
        ("gzip, br", br(gz(FEED))),
        ("br, gzip", gz(br(FEED))),
        ("zstd, zstd", zs(zs(FEED))),
        ("deflate, br, zstd", zs(br(zlib.compress(FEED)))),
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


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "br", "deflate", "zstd"])
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_gzip_and_zstd_are_known_by_their_first_bytes_whatever_their_label(encoding, coding):
    assert decode(encoding, PACK[coding](FEED)) == FEED


@pytest.mark.parametrize("level", [1, 6, 9])
def test_a_zlib_stream_without_a_label_is_undone(level):
    assert decode("", zlib.compress(FEED, level)) == FEED


@pytest.mark.parametrize("label", PACK)
def test_a_body_compressed_once_more_than_its_label_says_is_undone(label):
    assert decode(label, PACK[label](gz(FEED))) == FEED
    assert decode(label, PACK[label](zs(FEED))) == FEED


@pytest.mark.parametrize("label", PACK)
def test_a_label_said_twice_for_one_coding_does_no_harm(label):
    assert decode(f"{label}, {label}", PACK[label](FEED)) == FEED


def test_all_that_is_asked_for_can_be_undone():
    packed = {"gzip": gz(FEED), "deflate": zlib.compress(FEED), "br": br(FEED), "zstd": zs(FEED)}
    asked = [name.strip() for name in ACCEPT_ENCODING.decode().split(",")]
    assert [decode(name, packed[name]) for name in asked] == [FEED] * 4


def test_what_follows_the_last_gzip_member_is_dropped():
    assert decode("gzip", gz(FEED) + b"\0" * 512) == FEED
    assert decode("gzip", gz(FEED) + b"junk") == FEED


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_what_follows_the_last_zstd_frame_is_dropped(step):
    assert decode("zstd", zs(FEED) + b"\0" * 512, step=step) == FEED
    assert decode("zstd", zs(FEED) + b"junk", step=step) == FEED


@pytest.mark.parametrize("step", [1, 1000])
def test_what_follows_a_deflate_stream_is_dropped(step):
    assert decode("deflate", zlib.compress(FEED) + b"junk" * 500, step=step) == FEED


def test_a_raw_deflate_stream_that_looks_like_text_is_still_decoded():
    packed = raw_deflate("マドゥロ".encode())
    assert packed.startswith(b"{")
    assert decode("deflate", packed) == "マドゥロ".encode()


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br", "zstd", "gzip, br"])
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
        ("br", br(FEED)),
        ("zstd", zs(FEED)),
        ("zstd", streamed_zstd(FEED)),
        ("zstd", zs(FEED[:500]) + zs(FEED[500:])),
        ("br, gzip", gz(br(FEED))),
        ("gzip, zstd", zs(gz(FEED))),
        ("", gz(FEED)),
        ("", zs(FEED)),
    ],
)
@pytest.mark.parametrize("missing", [1, 4, 8, 30])
def test_a_cut_stream_is_an_error(encoding, body, missing):
    assert refusal(encoding, body[:-missing]).kind is ErrorKind.BAD_ENCODING


@pytest.mark.parametrize(("label", "member"), [("gzip", gz(FEED)), ("zstd", zs(FEED))])
@pytest.mark.parametrize("begun", [1, 2, 3, 10])
def test_a_member_that_only_begins_is_an_error(label, member, begun):
    assert refusal(label, member + member[:begun]).kind is ErrorKind.BAD_ENCODING


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(PACK, repeat=2)))
def test_a_stream_cut_inside_another_is_an_error(outer, inner):
    body = PACK[outer](PACK[inner](FEED)[:-4])
    assert refusal(f"{inner}, {outer}", body).kind is ErrorKind.BAD_ENCODING


def wide_window() -> bytes:
    """Return a frame that asks its reader for a window of 128 MB."""
    wide = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    return packer.compress(FEED) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("compress", b"\x1f\x9dhello", "'compress', which was not asked for"),
        ("gzip, gzip, gzip, gzip", gz(FEED), "4 times over"),
        ("br", b"no brotli at all", "damaged"),
        ("br", br(FEED) + b"junk", "damaged"),
        ("zstd", b"no zstd at all", "damaged"),
        ("zstd", zs(FEED)[:-10] + b"\xff" * 10, "damaged"),
        ("zstd", wide_window(), "damaged"),
        ("zstd", zs(b"") * 5000, "4,096 compressed pieces"),
        ("gzip", gz(FEED)[:-6] + b"\0\0\0\0\0\0", "damaged"),
        ("gzip", b"no gzip at all", "damaged"),
        ("gzip", gz(b"") * 5000, "4,096 compressed pieces"),
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


def bomb(*labels: str, size: int = 60 * MB) -> bytes:
    """Return `size` zeros, packed as the labels say from left to right."""
    zeros = bytes(MB)
    packer = {
        "gzip": lambda: zlib.compressobj(9, wbits=31),
        "deflate": lambda: zlib.compressobj(9, wbits=-15),
        "zstd": lambda: zstandard.ZstdCompressor(level=19).compressobj(),
        "br": lambda: brotli.Compressor(quality=5),
    }[labels[0]]()
    feed = packer.process if labels[0] == "br" else packer.compress
    end = packer.finish if labels[0] == "br" else packer.flush
    body = b"".join(feed(zeros) for _ in range(size // MB)) + end()
    for label in labels[1:]:
        body = {"gzip": gz, "deflate": raw_deflate, "zstd": zs, "br": br}[label](body)
    return body


@pytest.mark.parametrize(
    "labels",
    [
        ("gzip",),
        ("deflate",),
        ("br",),
        ("zstd",),
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip", "br", "zstd"),
    ],
    ids=" in ".join,
)
@pytest.mark.parametrize("step", [1000, 65_536])
def test_a_bomb_ends_early_in_bounded_memory(labels, step):
    body = bomb(*labels)
    tracemalloc.start()
    try:
        error = refusal(", ".join(labels), body, step=step, raw=20 * MB, limit=20 * MB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.kind is ErrorKind.TOO_LARGE
    assert peak < 48 * MB


@pytest.mark.parametrize("label", PACK)
def test_a_bomb_without_a_label_inside_a_labelled_body_ends_too(label):
    body = PACK[label](bomb("gzip"))
    assert refusal(label, body, step=65_536, limit=20 * MB).kind is ErrorKind.TOO_LARGE


def test_a_large_repetitive_document_is_no_bomb():
    document = FEED * 2000
    assert decode("gzip", gz(document), limit=4 * MB) == document


def test_an_announced_length_is_refused_before_anything_is_read():
    with pytest.raises(CodingError, match="more than 1 MB"):
        Decoder("", MB, MB).expect(MB + 1)
