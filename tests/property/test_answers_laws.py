from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.servers.answers import Head, document, failure, not_modified

LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
DATES = st.sampled_from(["Sun, 30 Nov 2025 18:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"])
VALUES = LATIN | DATES | st.integers().map(str) | st.integers().map("max-age={}".format)
NAMES = ["retry-after", "cache-control", "age", "expires", "date", "etag", "last-modified"]
HEADS = st.builds(
    Head,
    url=st.just("https://wire.example/"),
    host=st.just("wire.example"),
    status=st.integers(0, 999),
    headers=st.dictionaries(st.sampled_from(NAMES), VALUES),
    now=st.just(datetime(2025, 11, 30, tzinfo=UTC)),
)


@settings(max_examples=100, deadline=None)
@given(head=HEADS, body=st.binary(max_size=100))
def test_any_head_can_be_read_and_asks_for_bounded_patience(head, body):
    failed, found, unchanged = failure(head, body), document(head, body), not_modified(head)
    for wish in (failed.retry_after, found.retry_after):
        assert wish is None or timedelta() <= wish <= timedelta(days=1)
    assert unchanged.fresh_for is None or timedelta() < unchanged.fresh_for <= timedelta(days=365)
    assert unchanged.etag is None or unchanged.etag == head.headers["etag"]
