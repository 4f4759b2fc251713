"""Laws of the date reader: nothing raises, nothing is invented, what was written is read back."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.dates import EARLIEST, LATEST, read_date

MOMENTS = st.datetimes(
    min_value=EARLIEST.replace(tzinfo=None), max_value=LATEST.replace(tzinfo=None)
).map(lambda naive: naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000))
MINUTES = st.integers(-840, 840)
LANGUAGES = st.sampled_from(["", "en-US", "en-GB", "he", "es", "zh", "not a language"])
PARTS = st.sampled_from(
    ["Sat,", "22", "Nov", "2025", "10:00:00", "GMT", "+0100", "-9999", "EST", "2025-11-22", "T", "Z",
     "24:00", "23:59:60", "31", "février", "июля", "mar.", "listopada", "AM", "p. m.", ".", "/", "-", ":", "年", "月",
     "日", "1763805600", "/Date(1763805600000)/", "99", "0", "125", "(", ")", "à", "10h", "10 h 30", "10.00", "Uhr",
     "22.11.25", "２０２５", "٢٢", "²"]
)  # fmt: skip

ENGLISH = "January February March April May June July August September October November December"
MONTHS = {
    "en": ENGLISH,
    "en, short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de, short": "Jan. Feb. Mär. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es, short": "ene feb mar abr may jun jul ago sept oct nov dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt, short": "jan fev mar abr mai jun jul ago set out nov dez",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "it, short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru, short": "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}


@settings(max_examples=100, deadline=None)
@given(st.lists(PARTS | st.text(max_size=3), max_size=10).map(" ".join) | st.text(), LANGUAGES)
def test_any_text_is_an_aware_time_in_utc_within_bounds_or_none(text, language):
    found = read_date(text, language=language)
    assert found is None or (found.tzinfo is UTC and EARLIEST <= found < LATEST)
    assert read_date(text, language=language) == found


@settings(max_examples=100, deadline=None)
@given(MOMENTS, MINUTES)
def test_a_time_is_read_back_from_every_usual_rendering(moment, minutes):
    if not EARLIEST <= moment < LATEST:
        return
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    whole = moment.replace(microsecond=0)
    assert read_date(local.isoformat()) == moment
    assert read_date(local.isoformat(" ")) == moment
    assert read_date(local.isoformat(timespec="milliseconds")) == moment
    assert read_date(local.isoformat(timespec="seconds")) == whole
    assert read_date(moment.isoformat().replace("+00:00", "Z")) == moment
    assert read_date(format_datetime(local)) == whole
    assert read_date(format_datetime(moment, usegmt=True)) == whole
    assert read_date(local.strftime("%Y%m%dT%H%M%S%z")) == whole
    assert read_date(local.strftime("%d-%b-%Y %H:%M:%S %z")) == whole
    if moment.timestamp() >= 10**9:
        assert read_date(str(int(moment.timestamp()))) == whole
        assert read_date(str(int(moment.timestamp()) * 1000)) == whole


@settings(max_examples=100, deadline=None)
@given(MOMENTS, MINUTES, st.sampled_from(["{0}  ", " {0} (x)", "{0}\n", "X{0}"]))
def test_what_stands_around_a_date_leads_to_the_same_or_to_none(moment, minutes, around):
    written = format_datetime(moment.astimezone(timezone(timedelta(minutes=minutes))))
    assert read_date(around.format(written)) in {read_date(written), None}


@pytest.mark.parametrize("language", MONTHS)
def test_every_month_is_read_by_its_name(language):
    for number, name in enumerate(MONTHS[language].split(), 1):
        expected = datetime(2025, number, 5, 10, 30, tzinfo=UTC)
        assert read_date(f"5 {name} 2025 10:30") == expected
        assert read_date(f"{name.upper()} 5, 2025, 10:30 UTC") == expected


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [(" ", 40), ("(", 49), ("(1)", 30), ("1:", 45), ("1 h ", 25), ("+1", 48), ("May ", 24)]
    )
)
def test_a_text_of_repeats_is_no_date(repeat):
    piece, times = repeat
    assert read_date(piece * times) is None
