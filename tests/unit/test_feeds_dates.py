"""Dates as feeds write them, and what they must come to."""

import unicodedata
from datetime import UTC, datetime

import pytest

from monitor.feeds.dates import read_date

TEN = datetime(2025, 11, 22, 10, tzinfo=UTC)
MIDNIGHT = datetime(2025, 11, 22, tzinfo=UTC)

READ = [
    # RFC 822 and 5322, obsolete forms included
    ("Sat, 22 Nov 2025 10:00:00 GMT", TEN),
    ("Sat, 22 Nov 2025 10:00:00 +0000", TEN),
    ("Sat, 22 Nov 2025 10:00:00 -0000", TEN),
    ("Sat, 22 Nov 2025 12:00:00 +0200", TEN),
    ("Sat, 22 Nov 2025 15:30:00 +530", TEN),
    ("Sat, 22 Nov 2025 11:00:00 +01:00", TEN),
    ("Sat, 22 Nov 2025 10:00:00 +0000 (Coordinated Universal Time)", TEN),
    ("Sat,22 Nov 2025 10:00 UT", TEN),
    ("22 Nov 25 10:00 Z", TEN),
    ("22 Nov 95 10:00 GMT", datetime(1995, 11, 22, 10, tzinfo=UTC)),
    ("Sat, 22 Nov 2025 05:00:00 EST", TEN),
    ("Sat, 22 Nov 2025 02:00:00 PST", TEN),
    ("Sat, 22 Nov 2025 06:00:00 EDT", TEN),
    ("Sat, 22 Nov 2025 11:00:00 BST", TEN),
    ("Sat, 22 Nov 2025 11:00:00 CET", TEN),
    ("Sat, 22 Nov 2025 12:00:00 CEST", TEN),
    ("Sat, 22 Nov 2025 11:00:00 MEZ", TEN),
    ("Sat, 22 Nov 2025 19:00:00 JST", TEN),
    ("Sat, 22 Nov 2025 21:00:00 AEDT", datetime(2025, 11, 22, 10, tzinfo=UTC)),
    ("Sat, 22 Nov 2025 06:00:00 VET", TEN),
    ("Sat, 22 Nov 2025 10:00:00", TEN),
    ("Sat, 22 Nov 2025 10:00:00 XYZ", TEN),
    ("Sat, 22-Nov-2025 10:00:00 GMT", TEN),
    ("Sat, 22 Nov 2025 10:00:60 GMT", datetime(2025, 11, 22, 10, 0, 59, tzinfo=UTC)),
    ("  Sat,  22\n Nov 2025   10:00:00   GMT ", TEN),
    ("Sat, 22 Nov 2025 10:0:0 GMT", TEN),
    ("2025-11-22T10:0:0Z", TEN),
    ("2025-11-22 10：00：00", TEN),
    ("２０２５-１１-２２ １０:００", TEN),
    (unicodedata.normalize("NFD", "22 août 2025 10:00"), TEN.replace(month=8)),
    (unicodedata.normalize("NFD", "22 décembre 2025 10h00"), TEN.replace(month=12)),
    # asctime, JavaScript, Ruby, Twitter
    ("Sat Nov 22 10:00:00 2025", TEN),
    ("Sat Nov 22 05:00:00 EST 2025", TEN),
    ("Sat Nov 22 11:00:00 +0100 2025", TEN),
    ("Sat Nov 22 2025 11:00:00 GMT+0100 (CET)", TEN),
    ("Saturday, 22-Nov-25 10:00:00 GMT", TEN),
    ("Mon, 22 Nov 2025 10:00:00 GMT", TEN),  # it was a Saturday
    ("22 Nov 125 10:00 GMT", TEN),  # RFC 5322, 4.3
    ("Sat, 22 Nov 2025 10:00:00 WEST", TEN.replace(hour=9)),
    ("Sat, 22 Nov 2025 12:00:00 EET", TEN),
    ("Sat, 22 Nov 2025 13:00:00 MSK", TEN),
    ("Sat, 22 Nov 2025 11:00:00 GMT+1", TEN),
    ("Sat, 22 Nov 2025 11:00:00 UTC+01:00", TEN),
    ("Sat, 22 Nov 2025 24:00:00 GMT", datetime(2025, 11, 23, tzinfo=UTC)),
    ("Sat, 22 Nov 2025 23:59:60 GMT", datetime(2025, 11, 22, 23, 59, 59, tzinfo=UTC)),
    # ISO 8601, RFC 3339, W3CDTF
    ("2025-11-22T10:00:00Z[UTC]", TEN),
    ("2025-11-22T11:00:00+01:00[Europe/Paris]", TEN),
    ("2025-11-22 10:00:00.0", TEN),
    ("2025-11-22 10:00:00 AM", TEN),
    ("2025-11-22 10:00 PM", datetime(2025, 11, 22, 22, tzinfo=UTC)),
    ("2025-11-22T23:59:60Z", datetime(2025, 11, 22, 23, 59, 59, tzinfo=UTC)),
    ("20251122T1000", TEN),
    ("2025. 11. 22. 10:00", TEN),
    ("2025/11/22", MIDNIGHT),
    ("2025.11.22", MIDNIGHT),
    ("2025-11-22T10:00:00Z", TEN),
    ("2025-11-22t10:00:00z", TEN),
    ("2025-11-22T12:00:00+02:00", TEN),
    ("2025-11-22T12:00:00+0200", TEN),
    ("2025-11-22T05:00:00-05", TEN),
    ("2025-11-22T10:00Z", TEN),
    ("2025-11-22 10:00:00", TEN),
    ("2025-11-22 10:00:00 UTC", TEN),
    ("2025-11-22 05:00:00 -0500", TEN),
    ("2025-11-22T10:00:00.250Z", TEN.replace(microsecond=250_000)),
    ("2025-11-22T10:00:00,123456789Z", TEN.replace(microsecond=123_456)),
    ("2025-11-22T24:00:00Z", datetime(2025, 11, 23, tzinfo=UTC)),
    ("20251122T100000Z", TEN),
    ("20251122100000", TEN),
    ("2025/11/22 10:00", TEN),
    ("2025-11-22", MIDNIGHT),
    ("2025-11-22Z", MIDNIGHT),
    ("20251122", MIDNIGHT),
    ("2025-W47-6", MIDNIGHT),
    ("2025W476", MIDNIGHT),
    ("2025-W47-6T11:00:00+01:00", TEN),
    # seconds and milliseconds since 1970
    ("1763805600", TEN),
    ("1763805600.25", TEN),
    ("1763805600000", TEN),
    ("1763805600000000", TEN),
    ("/Date(1763805600000)/", TEN),
    ("/Date(1763805600000+0100)/", TEN),
    # numbers and English words in any order
    ("22.11.2025 10:00", TEN),
    ("22/11/2025 10:00", TEN),
    ("11/22/2025 10:00:00 AM", TEN),
    ("November 22, 2025 10:00 PM", datetime(2025, 11, 22, 22, tzinfo=UTC)),
    ("November 22nd, 2025 at 5 am EST", TEN),
    ("Nov 22, 2025", MIDNIGHT),
    ("12 AM, 22 November 2025", MIDNIGHT),
    ("Saturday 22nd of November 2025, 10:00", TEN),
    ("10:00, 22 November 2025", TEN),
    ("22.11.2025 10.00", TEN),
    ("22.11.25 10:00", TEN),
    ("22/11/25", MIDNIGHT),
    ("11/22/25", MIDNIGHT),
    ("22 Nov 2025 10:00 a. m.", TEN),
    # other languages
    ("sam., 22 nov. 2025 11:00:00 +0100", TEN),
    ("samedi 22 novembre 2025 à 10h00", TEN),
    ("1er août 2025", datetime(2025, 8, 1, tzinfo=UTC)),
    ("mar., 4 nov. 2025 10:00", datetime(2025, 11, 4, 10, tzinfo=UTC)),
    ("Samstag, 22. November 2025, 10:00 Uhr", TEN),
    ("Di, 04 Mär 2025 11:00:00 +0100", datetime(2025, 3, 4, 10, tzinfo=UTC)),
    ("sáb, 22 noviembre 2025 10:00", TEN),
    ("22 de septiembre de 2025", datetime(2025, 9, 22, tzinfo=UTC)),
    ("sábado, 22 de novembro de 2025 10:00", TEN),
    ("qua, 01 out 2025 10:00:00 -0300", datetime(2025, 10, 1, 13, tzinfo=UTC)),
    ("sab, 22 nov 2025 11:00:00 +0100", TEN),
    ("lun 02 giu 2025", datetime(2025, 6, 2, tzinfo=UTC)),
    ("le 22 novembre 2025 à 10 h 00", TEN),
    ("22 novembre 2025, 10h", TEN),
    ("22. November 2025 um 10 Uhr", TEN),
    ("d. 22. nov. 2025 kl. 10.00", TEN),
    ("za 22 nov. 2025 10:00", TEN),
    ("sobota, 22 listopada 2025 10:00", TEN),
    ("5 października 2025", datetime(2025, 10, 5, tzinfo=UTC)),
    ("22 Kasım 2025 Cumartesi 10:00", TEN),
    ("22 листопада 2025 р., 10:00", TEN),
    ("2025年11月22日 10:00", TEN),
    ("2025年11月22日", MIDNIGHT),
    ("2025년 11월 22일 10:00", TEN),
    ("Sáb, 22 Nov 2025 06:00:00 -0400", TEN),
    ("mié, 22 oct 2025 10:00:00 +0200", datetime(2025, 10, 22, 8, tzinfo=UTC)),
    ("Сб, 22 ноя 2025 13:00:00 +0300", TEN),
    ("22 ноября 2025 г., 13:00 МСК", TEN),
    ("Nov 22, 2025, 5:00 a.m. ET", TEN),
    ("16 мая 2025 г.", datetime(2025, 5, 16, tzinfo=UTC)),
    ("16 май 2025", datetime(2025, 5, 16, tzinfo=UTC)),
]

NOT_READ = [
    "",
    "   ",
    "yesterday",
    "0",
    "-1",
    "2025",
    "2025-",
    "2025-11",
    "2025-11-22 or later",
    "Today",
    "today, 10:00",
    "2 hours ago",
    "22-11-25",  # 2025 or 2022
    "05/11/25",
    "22 Nov",
    "November 2025",
    "2025-326",
    "2025-W47",
    "2025-W60-1",
    "2025/22/11",
    "1.2.3.4",
    "Sat, 22 Nov 20255 10:00:00 GMT",
    "Sat, 22 Nov 2025 10:00:00 +2500",
    "2025-13-01",
    "30 February 2025",
    "-1763805600",
    "1763805600000000000000",
    "05/11/2025",  # May or November
    "2025-02-30",
    "Sat, 31 Nov 2025 10:00:00 GMT",
    "2025-11-22T25:00:00Z",
    "2025-11-22T10:61:00Z",
    "Sat, 22 Nov 2025 13:00 PM",
    "Sat, 22 Nov 2025 10:00:00 +9900",
    "Mon, 01 Jan 0001 00:00:00 +0000",
    "0000-00-00 00:00:00",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "1989-12-31T23:59:59Z",
    "2101-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01T00:00:00Z",
    "99999999999999999999999",
    "22 Nov 2025 " + "x" * 200,
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_date_a_feed_may_write_is_read_as_utc(text, expected):
    found = read_date(text)
    assert found == expected
    assert found.tzinfo is UTC


def test_a_date_to_come_is_kept():
    assert read_date("2098-11-22T10:00:00Z") == datetime(2098, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_no_date_is_none_and_nothing_is_invented(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-US", datetime(2025, 5, 11, tzinfo=UTC)),
        ("en-GB", datetime(2025, 11, 5, tzinfo=UTC)),
        ("es", datetime(2025, 11, 5, tzinfo=UTC)),
        ("pt-BR", datetime(2025, 11, 5, tzinfo=UTC)),
        ("en", None),
        ("", None),
    ],
)
def test_the_language_settles_which_number_is_the_month(language, expected):
    assert read_date("05/11/2025", language=language) == expected


def test_dots_put_the_day_first_in_every_language():
    assert read_date("05.11.2025") == datetime(2025, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "hour"), [("hi-IN", "15:30"), ("", "15:30"), ("he", "12:00"), ("ga-IE", "11:00")]
)
def test_the_language_says_whose_ist_it_is(language, hour):
    assert read_date(f"Sat, 22 Nov 2025 {hour}:00 IST", language=language) == TEN
