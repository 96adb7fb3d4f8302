"""How values read on a page, in the reader's language and time zone: values in, text out."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from app.kernel import clock as time
from app.kernel.money import Money

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOBODY = "\N{EN DASH}"
_DAY = 86_400
_UNITS = ("B", "kB", "MB", "GB", "TB")


def money(amount: Money, *, locale: Locale) -> str:
    """`1.284,00 €` with a no-break space in German, `€1,284.00` in English."""
    return format_currency(amount.major, amount.currency, locale=locale).replace(" ", NO_BREAK)


def number(value: int | Decimal, *, locale: Locale) -> str:
    """Grouped as the language does; no decimals are lost."""
    return format_decimal(value, locale=locale, decimal_quantization=False)


def percent(share: Decimal | float, *, locale: Locale) -> str:
    """A share of 1 in whole percent: `96 %`."""
    return format_percent(share, locale=locale).replace(" ", NO_BREAK)


def file_size(octets: int, *, locale: Locale) -> str:
    """Powers of 1,000, one decimal below ten: `4.2 MB`."""
    size, unit = Decimal(octets), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    places = Decimal("0.1") if unit and size < 10 else Decimal(1)
    text = format_decimal(size.quantize(places), locale=locale, decimal_quantization=False)
    return f"{text}{NO_BREAK}{_UNITS[unit]}"


def initials(name: str) -> str:
    """`AK` for Anna Krüger; titles (Dr., Prof.) do not count; a dash for nobody."""
    words = [word for word in name.split() if not word.endswith(".")] or name.split()
    if not words:
        return NOBODY
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def duration(seconds: float) -> str:
    """`12 min`, `2 h 35`, `1 d 3 h`: two steps, rounded down, negative with a minus."""
    total = int(abs(seconds))
    sign = MINUS if seconds < 0 else ""
    days, rest = divmod(total, _DAY)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        text = _("%(days)s d %(hours)s h", days=days, hours=hours)
    elif hours:
        text = _("%(hours)s h %(minutes)s", hours=hours, minutes=f"{minutes:02}")
    else:
        text = _("%(minutes)s min", minutes=minutes)
    return sign + str(text).replace(" ", NO_BREAK)


def absolute(moment: datetime, *, zone: tzinfo, locale: Locale) -> str:
    """Date and time to the minute: `23.11.2026, 14:31`."""
    return f"{day(moment, zone=zone, locale=locale)}, {clock(moment, zone=zone, locale=locale)}"


def exact(moment: datetime, *, zone: tzinfo, locale: Locale) -> str:
    """For titles: the absolute time with the zone's name."""
    name = format_datetime(moment, "z", tzinfo=zone, locale=locale)
    return f"{absolute(moment, zone=zone, locale=locale)} {name}"


def day(moment: datetime | date, *, zone: tzinfo, locale: Locale) -> str:
    """`23.11.2026` in German, `23 Nov 2026` in English: never a date that reads two ways."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return format_date(local, "dd.MM.yyyy" if locale.language == "de" else "d MMM yyyy", locale)


def clock(moment: datetime, *, zone: tzinfo, locale: Locale) -> str:
    """`14:31`, in every language."""
    return format_time(moment, "HH:mm", tzinfo=zone, locale=locale)


def relative(moment: datetime, *, now: datetime, zone: tzinfo, locale: Locale) -> str:
    """`3 hours ago` under 24 hours, else the absolute time."""
    distance = moment - now
    if abs(distance) >= timedelta(days=1):
        return absolute(moment, zone=zone, locale=locale)
    if abs(distance) < timedelta(minutes=1):
        return str(_("just now"))
    return format_timedelta(distance, add_direction=True, threshold=1, locale=locale)


def due(moment: datetime, *, now: datetime, zone: tzinfo, locale: Locale) -> str:
    """`today, 16:41`, `tomorrow, 09:00`, else the day: `26.11., 12:00`."""
    local = moment.astimezone(zone).date()
    time = clock(moment, zone=zone, locale=locale)
    distance = (local - now.astimezone(zone).date()).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(distance)
    if near is None:
        near = _short_day(local, near_year=now.astimezone(zone).year, locale=locale)
    return f"{near}, {time}"


def _short_day(local: date, *, near_year: int, locale: Locale) -> str:
    if local.year != near_year:
        return day(local, zone=UTC, locale=locale)
    return format_date(local, "dd.MM." if locale.language == "de" else "d MMM", locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """What the bar of a promise shows: never colour alone, always text and, if late, an icon."""

    tone: str
    """none, ok, warn, crit, late, pause or done: the class `sla-…` of the stylesheet."""
    text: str
    used: float
    """The share of the promised time that is gone: 0 to 1."""
    icon: str | None = None


def sla(
    *,
    due_at: datetime | None,
    since: datetime,
    now: datetime,
    paused: bool = False,
    finished_at: datetime | None = None,
) -> Sla:
    """How a promise stands now. `since` is when the time began to run."""
    if finished_at is not None:
        return _judged(due_at, finished_at)
    if paused:
        return Sla(tone="pause", text=_("paused"), used=0.0, icon="player-pause")
    if due_at is None:
        return Sla(tone="none", text=_("no promise"), used=0.0)
    left = (due_at - now).total_seconds()
    if left < 0:
        return Sla(tone="late", text=duration(left), used=1.0, icon="alert-triangle")
    whole = max((due_at - since).total_seconds(), 1.0)
    used = min(max(1 - left / whole, 0.0), 1.0)
    return Sla(tone=_tone(left, used), text=duration(left), used=used)


def _tone(left: float, used: float) -> str:
    if left < 3600 or used > 0.95:
        return "crit"
    return "warn" if left < 3 * 3600 or used > 0.8 else "ok"


def _judged(due_at: datetime | None, finished_at: datetime) -> Sla:
    if due_at is not None and finished_at > due_at:
        return Sla(tone="late", text=_("was late"), used=1.0, icon="alert-triangle")
    return Sla(tone="done", text=_("in time"), used=1.0, icon="check")


def init_app(app: Flask) -> None:
    """Arm the templates: filters and globals as listed in templates/components/README.md."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        now=time.now, sla=_sla, language=lambda: _locale().language, remembered=_remembered
    )


_REMEMBERED: dict[tuple[object, ...], str] = {}
_MOST_REMEMBERED = 1000


def _remembered(macro: Callable[..., str], *values: Hashable) -> str:
    """What a macro says of values alone, made once for each language: a list asks for the same
    four priorities and seven states hundreds of times a page.
    """
    key = (_locale().language, getattr(macro, "name", ""), *values)
    if key not in _REMEMBERED:
        if len(_REMEMBERED) >= _MOST_REMEMBERED:
            _REMEMBERED.clear()
        _REMEMBERED[key] = macro(*values)
    return _REMEMBERED[key]


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _zone() -> tzinfo:
    zone: tzinfo = get_timezone()
    return zone


def _sla(
    *,
    due_at: datetime | None,
    since: datetime,
    paused: bool = False,
    finished_at: datetime | None = None,
) -> Sla:
    return sla(due_at=due_at, since=since, now=time.now(), paused=paused, finished_at=finished_at)


def _money(amount: Money) -> str:
    return money(amount, locale=_locale())


def _number(value: int | Decimal) -> str:
    return number(value, locale=_locale())


def _percent(share: Decimal | float) -> str:
    return percent(share, locale=_locale())


def _file_size(octets: int) -> str:
    return file_size(octets, locale=_locale())


def _absolute(moment: datetime) -> str:
    return absolute(moment, zone=_zone(), locale=_locale())


def _exact(moment: datetime) -> str:
    return exact(moment, zone=_zone(), locale=_locale())


def _day(moment: datetime | date) -> str:
    return day(moment, zone=_zone(), locale=_locale())


def _clock(moment: datetime) -> str:
    return clock(moment, zone=_zone(), locale=_locale())


def _relative(moment: datetime) -> str:
    return relative(moment, now=time.now(), zone=_zone(), locale=_locale())


def _due(moment: datetime) -> str:
    return due(moment, now=time.now(), zone=_zone(), locale=_locale())


FILTERS = {
    "money": _money,
    "number": _number,
    "percent": _percent,
    "file_size": _file_size,
    "absolute": _absolute,
    "exact": _exact,
    "day": _day,
    "clock": _clock,
    "relative": _relative,
    "due": _due,
    "duration": duration,
    "initials": initials,
}
