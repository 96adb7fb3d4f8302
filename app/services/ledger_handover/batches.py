"""Reads a batch of DATEV's (EXTF) that another program wrote, as rows of a list of bookings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from app.kernel.tables import decoded, rows_of_text

MARK: Final = "EXTF"
YEAR_START: Final = 12
"""Place in the first line of the day on which the fiscal year begins."""
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "amount": ("Umsatz",),
    "side": ("Soll/Haben", "S/H"),
    "currency": ("WKZ",),
    "account": ("Konto",),
    "contra": ("Gegenkonto",),
    "tax_key": ("BU-Schlüssel",),
    "day": ("Belegdatum",),
    "reference": ("Belegfeld 1",),
    "text": ("Buchungstext",),
    "cost_centre": ("KOST1",),
}
"""What is looked for → how its heading begins; versions of the format differ in what follows."""
NEEDED: Final = frozenset({"amount", "side", "account", "contra", "day"})


def is_batch(content: bytes) -> bool:
    """Whether the file says that it is one."""
    return decoded(content[:200]).lstrip('"').startswith(MARK)


def batch_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by our names. Raises ValueError where the two head lines are not right."""
    lines = rows_of_text(decoded(content))
    (_, head), (_, names) = next(lines, (0, [])), next(lines, (0, []))
    begins = date.fromisoformat(head[YEAR_START] if len(head) > YEAR_START else "")
    places = _places(names)
    if NEEDED - places.keys():
        raise ValueError(names)
    for line, cells in lines:
        row = {key: cells[at].strip() for key, at in places.items() if at < len(cells)}
        if any(row.values()):
            yield line, _as_list(row, begins)


def _places(names: Sequence[str]) -> dict[str, int]:
    found = dict[str, int]()
    for key, starts in HEADINGS.items():
        for at, name in enumerate(names):
            if name.startswith(starts):
                found.setdefault(key, at)
    return found


def _as_list(row: Mapping[str, str], begins: date) -> dict[str, str]:
    """Konto and Gegenkonto as debit and credit, the day with its year."""
    sides = (row.get("account", ""), row.get("contra", ""))
    debit, credit = sides if row.get("side") == "S" else sides[::-1]
    kept = ("amount", "currency", "tax_key", "reference", "text", "cost_centre")
    return {
        **{key: row.get(key, "") for key in kept},
        "debit": debit,
        "credit": credit,
        "booked_on": _day(row.get("day", ""), begins) if row.get("side") in ("S", "H") else "",
    }


def _day(text: str, begins: date) -> str:
    """`0501` (TTMM) in the fiscal year; empty where there is no such day."""
    month_day = text.zfill(4)
    try:
        day, month = int(month_day[:2]), int(month_day[2:])
        year = begins.year + ((month, day) < (begins.month, begins.day))
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
