import gzip
import itertools
import zlib
from collections.abc import Sequence
from contextlib import suppress

import brotli
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.fetch.codings import CodingError, Decoder

MB = 1_000_000
PACKED = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
# No body that begins as if it had been compressed once more: that one would be undone too.
BODY = (
    st.binary(max_size=3000) | st.text(max_size=500).map(lambda text: text.encode() * 3)
).filter(lambda body: not body.startswith(PACKED))
CUTS = st.lists(st.integers(0, 4000), max_size=12)
CODINGS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "raw": lambda data: zlib.compress(data, wbits=-15),
    "stored": lambda data: zlib.compress(data, 0, wbits=-15),
    "br": brotli.compress,
    "fast br": lambda data: brotli.compress(data, quality=1),
    "zstd": zstandard.compress,
    "checked zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
LABELS = {
    "gzip": "gzip",
    "br": "br",
    "fast br": "br",
    "zstd": "zstd",
    "checked zstd": "zstd",
}


def decode(encoding: str, body: bytes, cuts: Sequence[int]) -> bytes:
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    decoder = Decoder(encoding, MB, MB)
    pieces = [decoder.feed(body[a:b]) for a, b in itertools.pairwise(edges)]
    return b"".join(pieces) + decoder.finish()


@settings(max_examples=100, deadline=None)
@given(body=BODY, coding=st.sampled_from(sorted(CODINGS)), cuts=CUTS)
def test_a_valid_stream_decodes_to_what_was_packed(body, coding, cuts):
    assert decode(LABELS.get(coding, "deflate"), CODINGS[coding](body), cuts) == body


@settings(max_examples=100, deadline=None)
@given(bodies=st.lists(BODY, min_size=1, max_size=5), cuts=CUTS)
def test_gzip_members_decode_as_the_standard_library_does_it(bodies, cuts):
    packed = b"".join(gzip.compress(body) for body in bodies)
    assert decode("gzip", packed, cuts) == gzip.decompress(packed) == b"".join(bodies)


@settings(max_examples=100, deadline=None)
@given(bodies=st.lists(BODY, min_size=1, max_size=5), cuts=CUTS)
def test_zstd_frames_decode_in_turn(bodies, cuts):
    # A body that begins as if compressed is left out, and so is what joining makes one.
    whole = b"".join(bodies)
    if not whole.startswith(PACKED):
        assert decode("zstd", b"".join(map(zstandard.compress, bodies)), cuts) == whole


@settings(max_examples=100, deadline=None)
@given(
    body=BODY, codings=st.lists(st.sampled_from(sorted(CODINGS)), min_size=2, max_size=3), cuts=CUTS
)
def test_layers_decode_in_turn(body, codings, cuts):
    packed = body
    for coding in codings:
        packed = CODINGS[coding](packed)
    assert decode(",".join(LABELS.get(c, "deflate") for c in codings), packed, cuts) == body


@settings(max_examples=100, deadline=None)
@given(body=BODY, coding=st.sampled_from(sorted(CODINGS)), kept=st.floats(0, 1), cuts=CUTS)
def test_no_cut_stream_passes_for_a_whole_one(body, coding, kept, cuts):
    packed = CODINGS[coding](body)
    part = packed[: max(1, int(len(packed) * kept))]
    if len(part) == len(packed):
        return
    with suppress(CodingError):
        # Raw deflate and brotli know no sign of their own: what is left may be a text instead.
        assert decode(LABELS.get(coding, "deflate"), part, cuts) == part


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=500), encoding=st.text(max_size=30), cuts=CUTS)
def test_whatever_comes_ends_as_bytes_or_as_an_error_of_ours(body, encoding, cuts):
    for label in (encoding, "gzip", "deflate", "br", "zstd", "gzip,deflate", "zstd,br"):
        with suppress(CodingError):
            assert isinstance(decode(label, body, cuts), bytes)


@settings(max_examples=100, deadline=None)
@given(
    body=BODY,
    coding=st.sampled_from(sorted(CODINGS)),
    damage=st.binary(min_size=1, max_size=20),
    at=st.integers(0, 3000),
    cuts=CUTS,
)
def test_the_pieces_never_change_the_result(body, coding, damage, at, cuts):
    packed = CODINGS[coding](body)
    broken = packed[:at] + damage + packed[at:]
    results = []
    for edges in ((), cuts):
        try:
            results.append(decode(LABELS.get(coding, "deflate"), broken, edges))
        except CodingError as error:
            results.append(error.kind)
    assert results[0] == results[1]
