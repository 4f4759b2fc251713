"""What stands in the log, read back as a person or a program would."""

import io
import json
import logging
import shlex
import subprocess
import sys
from datetime import datetime
from unicodedata import category

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor import logs

FORMATS = ("text", "logfmt", "json")
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Log:
    """A configured log over a stream of its own, put back as it was afterwards."""

    def __init__(self):
        self.seconds = 1000.0
        self.root = logging.getLogger()
        self.before = (self.root.handlers[:], self.root.level)
        self.levels = {name: logging.getLogger(name).level for name in logs.QUIET_LOGGERS}

    def open(self, format="logfmt", level="info", stream=None):
        self.stream = stream or io.StringIO()
        logs.configure(level, format, self.stream, monotonic=lambda: self.seconds)
        return logging.getLogger("monitor.pipeline")

    def lines(self):
        return self.stream.getvalue().splitlines()

    def close(self):
        logs.register_secrets([])
        self.root.handlers[:], self.root.level = self.before
        for name, level in self.levels.items():
            logging.getLogger(name).setLevel(level)


@pytest.fixture
def log():
    log = Log()
    yield log
    log.close()


def fail(log, text="no such thing"):
    try:
        raise LookupError(text)
    except LookupError:
        log.exception("a poll failed", extra={"key": "news.example"})


# --- formats ----------------------------------------------------------------------------------


def test_logfmt_lines_carry_time_level_logger_message_and_extras(log):
    log.open().info("polled %s", "BBC World", extra={"key": "bbc.example", "new": 3, "kind": ""})
    fields = dict(part.split("=", 1) for part in shlex.split(log.lines()[0]))
    assert datetime.fromisoformat(fields.pop("time")).utcoffset().total_seconds() == 0
    assert fields == {
        "level": "info",
        "logger": "monitor.pipeline",
        "msg": "polled BBC World",
        "key": "bbc.example",
        "new": "3",
        "kind": "",
    }


def test_json_lines_keep_numbers_and_nulls(log):
    log.open("json").warning("late", extra={"seconds": 2.5, "kind": None, "first": True})
    record = json.loads(log.lines()[0])
    assert record.pop("time").endswith("Z")
    assert record == {
        "level": "warning",
        "logger": "monitor.pipeline",
        "message": "late",
        "seconds": 2.5,
        "kind": None,
        "first": True,
    }


def test_text_lines_read_from_left_to_right(log):
    log.open("text").info("polled", extra={"source": "UN News", "new": 3})
    _, rest = log.lines()[0].split("Z ", 1)
    assert rest == 'info    pipeline: polled  source="UN News"  new=3'


@pytest.mark.parametrize(("stream", "sign"), [(Terminal(), "polled  new=1"), (None, "msg=polled")])
def test_auto_is_readable_on_a_terminal_and_logfmt_elsewhere(log, stream, sign):
    log.open("auto", stream=stream).info("polled", extra={"new": 1})
    assert sign in log.lines()[0]


@pytest.mark.parametrize("format", FORMATS)
def test_an_exception_stays_on_the_line_and_says_where(log, format):
    fail(log.open(format))
    (line,) = log.lines()
    assert "LookupError: no such thing" in line
    assert "fail test_logs.py:" in line
    assert ("Traceback" in line) == (format != "text")


def test_the_level_holds_back_what_is_below(log):
    logger = log.open(level="error")
    logger.warning("late")
    logger.error("lost")
    assert [("lost" in line) for line in log.lines()] == [True]


@pytest.mark.parametrize("name", ["httpx", "httpcore.connection", "apscheduler.scheduler"])
def test_libraries_speak_from_warning_upwards_even_when_we_debug(log, name):
    log.open(level="debug")
    library = logging.getLogger(name)
    library.info("HTTP Request: GET https://hooks.example/secret")
    library.warning("slow")
    assert len(log.lines()) == 1


def test_configuring_again_replaces_the_earlier_choice(log):
    log.open("json")
    log.open("logfmt").info("once")
    assert len(log.lines()) == 1


# --- what strangers write ---------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@example(text=f"\n\r\x1b[2J\x85\u2028\ud800 {BIDI_CONTROLS}", extra='"\n\\\udfff=\x7f')
@given(text=st.text(st.characters(), max_size=60), extra=st.text(st.characters(), max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_text_begins_a_line_of_its_own_or_steers_a_terminal(format, text, extra):
    log = Log()
    try:
        logger = log.open(format)
        logger.info("title %s", text, extra={"title": extra})
        fail(logger, text)
        written = log.stream.getvalue()
        assert written.count("\n") == 2
        assert len(log.lines()) == 2  # splitlines knows every separator there is
        assert {category(c) for c in written if c != "\n"}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
        assert written.translate(dict.fromkeys(map(ord, BIDI_CONTROLS))) == written
        if format == "json":
            first = json.loads(log.lines()[0])
            assert (first["message"], first["title"]) == (f"title {text}", extra)
    finally:
        log.close()


def test_a_forged_record_stays_inside_its_quotes(log):
    forged = 'x\ntime=2025-11-30T21:00:00Z level=error msg="all lost" key="a'
    log.open().info("polled", extra={"title": forged})
    fields = dict(part.split("=", 1) for part in shlex.split(log.lines()[0]))
    assert fields["level"] == "info"
    assert fields["title"] == forged.replace("\n", "\\n")


# --- secrets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_a_secret_is_masked_wherever_it_stands(log, format):
    secret = 'Planted/p "s'
    logger = log.open(format)
    logs.register_secrets([secret])
    logger.info("to %s", secret, extra={"url": f"https://hooks.example/{secret}"})
    logger.info("spelt %s and %s", "Planted%2Fp%20%22s", repr({secret}))
    fail(logger, f"cannot reach {secret}")
    written = log.stream.getvalue()
    assert written.count("***") >= 5
    assert "Planted" not in written


def test_a_secret_that_holds_another_is_masked_whole(log):
    logger = log.open()
    logs.register_secrets(["hunter2", "hunter2-and-more"])
    logger.info("it is hunter2-and-more")
    assert "and-more" not in log.lines()[0]


def test_very_short_values_are_not_taken_for_secrets():
    logs.register_secrets(["", "abc"])
    assert logs.redact("abcdef") == "abcdef"
    logs.register_secrets([])


# --- repetition -------------------------------------------------------------------------------


def test_a_repeated_warning_is_written_once_in_ten_seconds_with_a_count(log):
    logger = log.open("json")
    for _ in range(5):
        logger.warning("the store is busy", extra={"key": "poll", "waited": log.seconds})
        log.seconds += 1
    assert len(log.lines()) == 1
    log.seconds += 10
    logger.warning("the store is busy", extra={"key": "poll"})
    logger.warning("the store is busy", extra={"key": "poll"})
    assert [json.loads(line).get("repeated") for line in log.lines()] == [None, 4]


def test_warnings_about_different_things_are_all_written(log):
    logger = log.open()
    for key in ("a.example", "b.example"):
        logger.warning("timed out", extra={"key": key})
        logger.warning("no answer from %s", key)
    assert len(log.lines()) == 4


def test_information_is_never_held_back(log):
    logger = log.open()
    for _ in range(3):
        logger.info("polled")
        logger.critical("out of memory")
    assert len(log.lines()) == 6


def test_what_is_remembered_of_warnings_is_bounded(log):
    logger = log.open()
    for number in range(logs.REPEATS_KEPT + 1):
        logger.warning("no answer", extra={"key": str(number)})
    logger.warning("no answer", extra={"key": "0"})  # forgotten, so it is written again
    logger.warning("no answer", extra={"key": str(logs.REPEATS_KEPT)})
    assert len(log.lines()) == logs.REPEATS_KEPT + 2


# --- metrics stand beside the log at the bottom of the house ------------------------------------


def test_importing_metrics_costs_nothing_until_one_is_used():
    code = (
        "import sys, monitor.metrics as m; early = 'prometheus_client' in sys.modules;"
        "m.POLLS.labels(outcome='new', kind='').inc();"
        'print(early, b\'monitor_polls_total{kind="",outcome="new"} 1.0\' in m.exposition())'
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False", "True"]
