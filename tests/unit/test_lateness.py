"""People hear once that deliveries are late, again after an hour, and when they no longer are."""

from datetime import timedelta

from builders import NOW

from monitor.alerts.notices import notice_id
from monitor.daemon.lateness import backlog_news

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def news(oldest, last=None, *, now=NOW):
    return backlog_news(oldest, 40, last, now=now)


def test_ten_minutes_are_no_news():
    assert news(None) is None
    assert news(10 * MINUTE) is None


def test_the_first_late_delivery_is():
    told = news(11 * MINUTE)
    assert (told.type, told.count) == ("system.backlog", 40)
    assert "11 min" in told.title


def test_it_is_said_once_an_hour():
    last = ("system.backlog", NOW)
    assert news(40 * MINUTE, last, now=NOW + 59 * MINUTE) is None
    again = news(70 * MINUTE, last, now=NOW + HOUR)
    assert notice_id(again) != notice_id(news(11 * MINUTE))


def test_the_end_is_said_once():
    told = news(MINUTE, ("system.backlog", NOW - HOUR))
    assert told.type == "system.backlog_recovered"
    assert news(MINUTE, ("system.backlog_recovered", NOW)) is None


def test_what_is_late_again_is_said_again():
    assert news(11 * MINUTE, ("system.backlog_recovered", NOW)).type == "system.backlog"
