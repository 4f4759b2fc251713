from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.redaction import redact_url

SECRET = st.text(min_size=6, max_size=30).map(lambda text: "Zq7" + text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_redacted(text):
    assert isinstance(redact_url(text), str)


@settings(max_examples=100, deadline=None)
@given(user=st.from_regex(r"[a-z]{0,5}", fullmatch=True), password=SECRET)
def test_no_password_survives_however_it_is_written(user, password):
    shown = redact_url(f"https://{user}:{password}@wire.example/feed")
    assert "Zq7" not in shown
    if not set(password) & set("/?#@\\"):
        assert shown.endswith("@wire.example/feed")


@settings(max_examples=100, deadline=None)
@given(token=st.from_regex(r"Zq7[A-Za-z0-9._~%+-]{1,40}", fullmatch=True))
def test_no_token_in_the_query_survives(token):
    assert "Zq7" not in redact_url(f"http://wire.example/feed?lang=en&access_token={token}&page=2")
