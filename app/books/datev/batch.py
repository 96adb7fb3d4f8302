"""Writes and reads DATEV batches of bookings (EXTF 700, category 21, version 13)."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.books.datev.columns import COLUMNS, UNQUOTED
from app.books.datev.rules import reference_of, sides, text_of
from app.kernel.money import Money

ENCODING: Final = "cp1252"
HEADER_FIELDS: Final = 31
AMOUNT, SIDE, CURRENCY, ACCOUNT, CONTRA, TAX_KEY, DAY, REFERENCE, TEXT, COST_CENTRE = (
    0, 1, 2, 6, 7, 8, 9, 10, 13, 36,
)  # fmt: skip
VAT_ID, LOCKED = 39, 113


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the header says."""

    adviser: int
    client: int
    year_start: date
    account_length: int
    since: date
    until: date
    name: str
    chart: str
    created_at: datetime
    locked: bool


def batch_file(batch: Batch, bookings: Sequence[Mapping[str, Any]]) -> bytes:
    """The batch as DATEV takes it: CP1252, CRLF, `;`, amounts with comma and without sign."""
    lines = [header(batch), ";".join(COLUMNS)]
    lines += [_line(row(one, batch)) for one in bookings]
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING)


def header(batch: Batch) -> str:
    """The first line: 31 fields."""
    fields = [
        _quoted("EXTF"),
        "700",
        "21",
        _quoted("Buchungsstapel"),
        "13",
        f"{batch.created_at:%Y%m%d%H%M%S}{batch.created_at.microsecond // 1000:03d}",
        "",
        _quoted("RE"),
        _quoted("Kontor"),
        _quoted(""),
        str(batch.adviser),
        str(batch.client),
        f"{batch.year_start:%Y%m%d}",
        str(batch.account_length),
        f"{batch.since:%Y%m%d}",
        f"{batch.until:%Y%m%d}",
        _quoted(text_of(batch.name, most=30)),
        _quoted(""),
        "1",
        "0",
        "1" if batch.locked else "0",
        _quoted("EUR"),
        "",
        _quoted(""),
        "",
        "",
        _quoted(batch.chart.removeprefix("SKR")),
        "",
        "",
        _quoted(""),
        _quoted(""),
    ]
    return ";".join(fields)


def row(one: Mapping[str, Any], batch: Batch) -> list[str]:
    """The 125 fields of a booking."""
    account, contra, side = sides(one, account_length=batch.account_length)
    day = date.fromisoformat(one["booked_on"])
    cells = [""] * len(COLUMNS)
    cells[AMOUNT] = f"{Money(one['amount_minor'], 'EUR').major:.2f}".replace(".", ",")
    cells[SIDE], cells[CURRENCY] = side, "EUR"
    cells[ACCOUNT], cells[CONTRA], cells[TAX_KEY] = account, contra, one["tax_key"]
    cells[DAY] = f"{day:%d%m}"
    cells[REFERENCE] = reference_of(one["reference"])
    cells[TEXT] = text_of(one["text"])
    cells[COST_CENTRE] = text_of(one["cost_centre"], most=36)
    cells[VAT_ID] = one.get("vat_id", "")
    cells[LOCKED] = "1" if batch.locked else "0"
    return cells


def _line(cells: Sequence[str]) -> str:
    return ";".join(
        cell if place in UNQUOTED else _quoted(cell) for place, cell in enumerate(cells)
    )


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def read_back(content: bytes) -> Iterator[tuple[str, str, int, str]]:
    """Debit, credit, minor units and TTMM of every booking of a batch, read independently."""
    rows = csv.reader(io.StringIO(content.decode(ENCODING), newline=""), delimiter=";")
    next(rows)
    heads = {name: place for place, name in enumerate(next(rows))}
    at = [
        next(place for name, place in heads.items() if name.startswith(wanted))
        for wanted in ("Umsatz", "S", "Konto", "Gegenkonto", "Belegdatum")
    ]
    for cells in rows:
        amount, side, account, contra, day = (cells[place] for place in at)
        minor = int(Decimal(amount.replace(",", ".")).scaleb(2))
        debit, credit = (account, contra) if side == "S" else (contra, account)
        yield debit, credit, minor, day.zfill(4)
