import gzip
import itertools
import zlib
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.codings import CodingError, Decoder

MB = 1_000_000
BODY = st.binary(max_size=3000) | st.text(max_size=500).map(lambda text: text.encode() * 3)
CUTS = st.lists(st.integers(0, 4000), max_size=12)
CODINGS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "raw": lambda data: zlib.compress(data, wbits=-15),
    "stored": lambda data: zlib.compress(data, 0, wbits=-15),
}


def decode(encoding: str, body: bytes, cuts: Sequence[int]) -> bytes:
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    decoder = Decoder(encoding, MB, MB)
    pieces = [decoder.feed(body[a:b]) for a, b in itertools.pairwise(edges)]
    return b"".join(pieces) + decoder.finish()


@settings(max_examples=100, deadline=None)
@given(body=BODY, coding=st.sampled_from(sorted(CODINGS)), cuts=CUTS)
def test_a_valid_stream_decodes_to_what_the_standard_library_packed(body, coding, cuts):
    label = "gzip" if coding == "gzip" else "deflate"
    assert decode(label, CODINGS[coding](body), cuts) == body


@settings(max_examples=100, deadline=None)
@given(bodies=st.lists(BODY, min_size=1, max_size=5), cuts=CUTS)
def test_gzip_members_decode_as_the_standard_library_does_it(bodies, cuts):
    packed = b"".join(gzip.compress(body) for body in bodies)
    assert decode("gzip", packed, cuts) == gzip.decompress(packed) == b"".join(bodies)


@settings(max_examples=100, deadline=None)
@given(body=BODY, outer=st.sampled_from(sorted(CODINGS)), cuts=CUTS)
def test_two_layers_decode_in_turn(body, outer, cuts):
    label = "gzip, gzip" if outer == "gzip" else "gzip, deflate"
    assert decode(label, CODINGS[outer](gzip.compress(body)), cuts) == body


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=500), encoding=st.text(max_size=30), cuts=CUTS)
def test_whatever_comes_ends_as_bytes_or_as_an_error_of_ours(body, encoding, cuts):
    for label in (encoding, "gzip", "deflate", "gzip,deflate"):
        with suppress(CodingError):
            assert isinstance(decode(label, body, cuts), bytes)


@settings(max_examples=100, deadline=None)
@given(body=BODY, damage=st.binary(min_size=1, max_size=20), at=st.integers(0, 3000), cuts=CUTS)
def test_the_pieces_never_change_the_result(body, damage, at, cuts):
    packed = gzip.compress(body)
    broken = packed[:at] + damage + packed[at:]
    results = []
    for edges in ((), cuts):
        try:
            results.append(decode("gzip", broken, edges))
        except CodingError as error:
            results.append(error.kind)
    assert results[0] == results[1]
