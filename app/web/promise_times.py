"""Times and durations of promises: in a calendar's own zone, exact, never in days."""

from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_name
from babel.numbers import format_percent
from flask_babel import get_locale
from flask_babel import gettext as _

from app.web.formats import NO_BREAK

MINUTE, HOUR = 60, 3600
DASH = "\N{EN DASH}"


def zoned(at: datetime, zone: str) -> str:
    """Day of the week, date and time in that zone: `Mon 23 Nov 2026, 09:00`, seconds if any."""
    locale, local = _locale(), at.astimezone(ZoneInfo(zone))
    date = "EEE, dd.MM.yyyy" if locale.language == "de" else "EEE d MMM yyyy"
    clock = "HH:mm:ss" if local.second else "HH:mm"
    return format_datetime(local, f"{date}, {clock}", locale=locale, tzinfo=local.tzinfo)


def stored_zoned(at: str, zone: str) -> str:
    """The same of a time as JSON keeps it."""
    return zoned(datetime.fromisoformat(at), zone)


def exactly(at: datetime, zone: str) -> str:
    """For titles: to the second, with the offset of that moment (summer time shows)."""
    local = at.astimezone(ZoneInfo(zone))
    return local.isoformat(sep=" ", timespec="seconds")


def zone_name(zone: str) -> str:
    """`Central European Time (Europe/Berlin)`."""
    name = get_timezone_name(ZoneInfo(zone), locale=_locale())
    return f"{name} ({zone})"


def worked(seconds: float) -> str:
    """Working time in hours, never in days, and to the second: `27 h 03 min`."""
    total = int(abs(seconds))
    sign = "\N{MINUS SIGN}" if seconds < 0 else ""
    hours, minutes, rest = total // HOUR, total % HOUR // MINUTE, total % MINUTE
    parts = [_("%(count)s h", count=hours)] if hours else []
    if minutes or not (hours or rest):
        parts.append(_("%(count)s min", count=f"{minutes:02}" if hours else minutes))
    if rest:
        parts.append(_("%(count)s s", count=rest))
    return (sign + " ".join(parts)).replace(" ", NO_BREAK)


def share_text(share: float | None) -> str:
    """`97.3 %`, rounded down: 100 % means all of them."""
    if share is None:
        return DASH
    places = Decimal(str(share)).quantize(Decimal("0.001"), rounding=ROUND_DOWN)
    text = format_percent(places, format="#,##0.#\N{NO-BREAK SPACE}%", locale=_locale())
    return str(text)


def month_text(month: str) -> str:
    """`2026-10` as `October 2026`."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return format_datetime(first, "LLLL yyyy", locale=_locale(), tzinfo=UTC)


def _locale() -> Locale:
    return get_locale() or Locale("en")
