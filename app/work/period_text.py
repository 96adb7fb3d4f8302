"""A period as people write it, for the title of its work."""

from babel.dates import format_date

from app.work.rules.periods import Period, Rhythm


def label(period: Period, *, locale: str) -> str:
    """`November 2026`, `1.-15. November 2026`, `Q4 2026`, `2026`."""
    month = format_date(period.first, "LLLL y", locale=locale)
    if period.rhythm is Rhythm.MONTHLY:
        return month
    if period.rhythm is Rhythm.SEMI_MONTHLY:
        dot = "." if locale.startswith("de") else ""
        return f"{period.first.day}{dot}-{period.last.day}{dot} {month}"
    if period.rhythm is Rhythm.QUARTERLY:
        return f"Q{(period.first.month + 2) // 3} {period.first.year}"
    return str(period.first.year)
