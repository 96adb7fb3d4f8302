"""Pictures of results as SVG: bars, lines and spans of time. Pure text, no script, no style."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Final, Literal

Tone = Literal["calm", "good", "warn", "bad", "faint"]
TONES: Final[dict[Tone, str]] = {
    "calm": "#2f6f9f",
    "good": "#2f8f5b",
    "warn": "#c98a1b",
    "bad": "#c0392b",
    "faint": "#b8c1cc",
}
SERIES: Final = ("#2f6f9f", "#c98a1b", "#2f8f5b", "#8a4f9e", "#c0392b", "#5b6b7b")
INK: Final = "#1f2933"
SOFT: Final = "#66727f"
LINE: Final = "#dfe4ea"
WIDTH: Final = 960
_LEFT: Final = 220
_ROW: Final = 26
_FONT: Final = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif"
_LABEL: Final = 26
_TITLE: Final = 104
"""Letters of a title that stand beside each other."""
_MONTHS_SHOWN: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One horizontal bar."""

    label: str
    value: Decimal
    shown: str
    tone: Tone = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of days on a row, and marks on single days."""

    label: str
    stretches: Sequence[tuple[date, date, Tone]] = ()
    marks: Sequence[tuple[date, Tone]] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A series over the same places; a gap is None."""

    label: str
    values: Sequence[Decimal | None]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Moments on a row, joined by a line; `open_until`: how far the line goes on, pale."""

    label: str
    moments: Sequence[tuple[datetime, Tone, str]] = ()
    """When, and what to say of it."""
    open_until: datetime | None = None
    note: str = ""
    tone: Tone = "calm"


def bars(title: str, rows: Sequence[Bar]) -> bytes:
    """Horizontal bars from zero, the longest over the whole width; negative ones count by size."""
    most = max((abs(one.value) for one in rows), default=Decimal(0)) or Decimal(1)
    room = WIDTH - _LEFT - 190
    parts = []
    for number, one in enumerate(rows):
        top = 50 + number * _ROW
        long = max(float(abs(one.value) / most) * room, 1)
        parts += [
            _text(_LEFT - 10, top + 14, _short(one.label), anchor="end"),
            _rect(
                _LEFT, top + 2, long, _ROW - 9, TONES[one.tone], hint=f"{one.label}: {one.shown}"
            ),
            _text(_LEFT + long + 8, top + 14, one.shown, colour=SOFT),
        ]
    return _picture(title, 60 + len(rows) * _ROW, parts)


def spans(title: str, rows: Sequence[Span], *, start: date, end: date, today: date) -> bytes:
    """Rows over a common stretch of days, with months above and a line for today."""
    days = max((end - start).days, 1)
    room = WIDTH - _LEFT - 30

    def across(day: date) -> float:
        inside = min(max(day, start), end)
        return _LEFT + room * (inside - start).days / days

    height = 76 + len(rows) * _ROW
    parts = [
        part
        for first in _months(start, end)
        for part in (
            _rule(across(first), 48, across(first), height - 14, LINE),
            _text(across(first) + 3, 60, f"{first:%m/%y}", colour=SOFT, size=11),
        )
    ]
    for number, one in enumerate(rows):
        top = 68 + number * _ROW
        parts.append(_text(_LEFT - 10, top + 14, _short(one.label), anchor="end"))
        for first, last, tone in one.stretches:
            if last >= start and first <= end:
                long = max(across(last + timedelta(days=1)) - across(first), 2)
                hint = f"{one.label}: {first} - {last} {one.note}".strip()
                parts.append(_rect(across(first), top + 4, long, _ROW - 12, TONES[tone], hint=hint))
        parts += [
            f'<circle cx="{across(day):.1f}" cy="{top + 11}" r="5" fill="{TONES[tone]}" '
            f'stroke="#fff"><title>{escape(f"{one.label}: {day} {one.note}".strip())}</title>'
            "</circle>"
            for day, tone in one.marks
            if start <= day <= end
        ]
    if start <= today <= end:
        parts.append(_rule(across(today), 48, across(today), height - 14, TONES["bad"]))
    return _picture(title, height, parts)


def ways(title: str, rows: Sequence[Way], *, start: datetime, end: datetime) -> bytes:
    """Moments over a common stretch of time, with the days above and a word at the end."""
    length = max((end - start).total_seconds(), 1)
    room = WIDTH - _LEFT - 170

    def across(at: datetime) -> float:
        return _LEFT + room * (min(max(at, start), end) - start).total_seconds() / length

    height = 76 + len(rows) * _ROW
    count = (end.date() - start.date()).days
    parts = []
    for ahead in range(0, count + 1, count // _MONTHS_SHOWN + 1):
        first = start.replace(hour=0, minute=0) + timedelta(days=ahead)
        parts += [
            _rule(across(first), 48, across(first), height - 14, LINE),
            _text(across(first) + 3, 60, f"{first:%d.%m.}", colour=SOFT, size=11),
        ]
    for number, one in enumerate(rows):
        parts += _way(one, 79 + number * _ROW, across)
    return _picture(title, height, parts)


def _way(one: Way, middle: int, across: Callable[[datetime], float]) -> list[str]:
    parts = [
        _text(_LEFT - 10, middle + 3, _short(one.label), anchor="end"),
        _text(WIDTH - 160, middle + 3, _short(one.note, 22), colour=TONES[one.tone], size=12),
    ]
    ends = [at for at, _, _ in one.moments]
    if ends:
        parts.append(_rule(across(ends[0]), middle, across(ends[-1]), middle, TONES["calm"]))
    if ends and one.open_until and one.open_until > ends[-1]:
        parts.append(
            _rule(across(ends[-1]), middle, across(one.open_until), middle, TONES["faint"])
        )
    parts += [
        f'<circle cx="{across(at):.1f}" cy="{middle}" r="5" fill="{TONES[tone]}" stroke="#fff">'
        f"<title>{escape(hint)}</title></circle>"
        for at, tone, hint in one.moments
    ]
    return parts


def lines(title: str, places: Sequence[str], rows: Sequence[Line]) -> bytes:
    """Series over the same places, from zero; a legend below where there is more than one."""
    values = [value for one in rows for value in one.values if value is not None]
    top, low = max([*values, Decimal(1)]), min([*values, Decimal(0)])
    left, room, tall = 70, WIDTH - 110, 260
    step = room / max(len(places) - 1, 1)

    def up(value: Decimal) -> float:
        return 60 + tall * float((top - value) / (top - low))

    parts = []
    for part in range(5):
        value = low + (top - low) * part / 4
        parts += [
            _rule(left, up(value), left + room, up(value), LINE),
            _text(left - 8, up(value) + 4, _round(value), anchor="end", colour=SOFT, size=11),
        ]
    every = max(len(places) // 12, 1)
    parts += [
        _text(left + number * step, 60 + tall + 18, place, anchor="middle", colour=SOFT, size=11)
        for number, place in enumerate(places)
        if number % every == 0
    ]
    for number, one in enumerate(rows):
        colour = SERIES[number % len(SERIES)]
        points = " ".join(
            f"{left + place * step:.1f},{up(value):.1f}"
            for place, value in enumerate(one.values)
            if value is not None
        )
        dash = ' stroke-dasharray="6 4"' if one.dashed else ""
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="{points}"/>'
        )
        if len(rows) > 1:
            across, down = left + number % 4 * 215, 60 + tall + 36 + number // 4 * 20
            parts += [
                _rect(across, down, 14, 10, colour),
                _text(across + 20, down + 9, _short(one.label, 26), size=12),
            ]
    legend = (len(rows) + 3) // 4 if len(rows) > 1 else 0
    return _picture(title, 60 + tall + 34 + legend * 28, parts)


def _months(start: date, end: date) -> list[date]:
    count = (end.year - start.year) * 12 + end.month - start.month
    every = count // _MONTHS_SHOWN + 1
    firsts = [
        date(start.year + (start.month - 1 + ahead) // 12, (start.month - 1 + ahead) % 12 + 1, 1)
        for ahead in range(0, count + 1, every)
    ]
    return [first for first in firsts if start <= first <= end]


def _round(value: Decimal) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{value.normalize():f}"[:5]


def _short(text: str, most: int = _LABEL) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _rect(x: float, y: float, wide: float, tall: float, colour: str, *, hint: str = "") -> str:
    told = f"<title>{escape(hint)}</title>" if hint else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="3" '
        f'fill="{colour}">{told}</rect>'
    )


def _rule(x: float, y: float, across: float, down: float, colour: str) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{across:.1f}" y2="{down:.1f}" '
        f'stroke="{colour}" stroke-width="1"/>'
    )


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: int = 13
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-size="{size}">{escape(text)}</text>'
    )


def _picture(title: str, height: int, parts: Sequence[str]) -> bytes:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{_FONT}">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff" rx="8"/>'
    )
    words = _text(20, 28, _short(title, _TITLE), size=16)
    return "\n".join([head, words, *parts, "</svg>", ""]).encode()
