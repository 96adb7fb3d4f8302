"""How values read, in both languages and any zone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from flask import Flask
from flask_babel import Babel

from app.kernel.money import Money
from app.web import formats

GERMAN, ENGLISH = Locale("de"), Locale("en")
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 23, 13, 31, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def english_page():
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("amount", "locale", "text"),
    [
        (Money(128400, "EUR"), GERMAN, f"1.284,00{SPACE}€"),
        (Money(128400, "EUR"), ENGLISH, "€1,284.00"),
        (Money(-5, "EUR"), GERMAN, f"-0,05{SPACE}€"),
        (Money(1284, "JPY"), GERMAN, f"1.284{SPACE}¥"),
        (Money(0, "CHF"), GERMAN, f"0,00{SPACE}CHF"),
    ],
)
def test_money_has_the_currency_s_places_and_never_breaks(amount, locale, text):
    assert formats.money(amount, locale=locale) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (59, "0 min"),
        (720, "12 min"),
        (-720, "\N{MINUS SIGN}12 min"),
        (3600, "1 h 00"),
        (9300, "2 h 35"),
        (86_399, "23 h 59"),
        (97_200, "1 d 3 h"),
        (-97_200, "\N{MINUS SIGN}1 d 3 h"),
    ],
)
def test_a_duration_is_short_and_rounded_down(seconds, text):
    assert formats.duration(seconds) == text.replace(" ", SPACE)


@pytest.mark.parametrize(
    ("octets", "text"),
    [(0, "0 B"), (999, "999 B"), (4200, "4,2 kB"), (48_256, "48 kB"), (4_200_000, "4,2 MB")],
)
def test_a_file_s_size(octets, text):
    assert formats.file_size(octets, locale=GERMAN) == text.replace(" ", SPACE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Anna Krüger", "AK"),
        ("Dr. Özlem von Berg", "ÖB"),
        ("Kontor", "K"),
        ("Dr.", "D"),
        ("", "\N{EN DASH}"),
    ],
)
def test_initials(name, text):
    assert formats.initials(name) == text


def test_times_are_told_in_the_reader_s_zone():
    assert formats.absolute(NOW, zone=BERLIN, locale=GERMAN) == "23.11.2026, 14:31"
    assert formats.absolute(NOW, zone=TOKYO, locale=ENGLISH) == "23 Nov 2026, 22:31"
    assert formats.exact(NOW, zone=BERLIN, locale=GERMAN) == "23.11.2026, 14:31 MEZ"


def test_a_day_may_differ_between_zones():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert formats.day(late, zone=UTC, locale=GERMAN) == "23.11.2026"
    assert formats.day(late, zone=BERLIN, locale=GERMAN) == "24.11.2026"


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-20), "20 minutes ago"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(hours=-24), "22 Nov 2026, 14:31"),
    ],
)
def test_under_a_day_a_time_is_relative(distance, text):
    shown = formats.relative(NOW + distance, now=NOW, zone=BERLIN, locale=ENGLISH)
    assert shown == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 23, 15, 41, tzinfo=UTC), "today, 16:41"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "tomorrow, 00:30"),
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "yesterday, 10:00"),
        (datetime(2026, 11, 26, 11, 0, tzinfo=UTC), "26.11., 12:00"),
        (datetime(2027, 1, 4, 8, 0, tzinfo=UTC), "04.01.2027, 09:00"),
    ],
)
def test_a_due_time_names_the_near_days(moment, text):
    assert formats.due(moment, now=NOW, zone=BERLIN, locale=GERMAN) == text


def test_numbers_and_shares():
    assert formats.number(Decimal("1234.567"), locale=GERMAN) == "1.234,567"
    assert formats.percent(0.96, locale=GERMAN) == f"96{SPACE}%"


def promise(**more):
    return formats.sla(since=NOW - timedelta(hours=8), now=NOW, **more)


@pytest.mark.parametrize(
    ("hours", "tone", "icon"),
    [(40, "ok", None), (2.5, "warn", None), (0.5, "crit", None), (-0.2, "late", "alert-triangle")],
)
def test_a_promise_is_told_by_tone_text_and_icon(hours, tone, icon):
    shown = promise(due_at=NOW + timedelta(hours=hours))
    assert (shown.tone, shown.icon) == (tone, icon)
    assert shown.text
    assert 0 <= shown.used <= 1


def test_a_pause_is_a_word_and_an_icon():
    shown = promise(due_at=None, paused=True)
    assert (shown.tone, shown.text, shown.icon) == ("pause", "paused", "player-pause")


def test_no_promise_is_said():
    assert promise(due_at=None).text == "no promise"


def test_a_finished_promise_is_judged():
    assert promise(due_at=NOW, finished_at=NOW).tone == "done"
    assert promise(due_at=NOW, finished_at=NOW + timedelta(seconds=1)).tone == "late"
    assert promise(due_at=None, finished_at=NOW).tone == "done"
