"""Reads statements as CSV or XLSX the way German banks export them, told by their headings.

Sparkasse (CSV-CAMT), Volksbank, ING, DKB, Deutsche Bank, Commerzbank. Such files have no seal of
their own: balances are proved only where the bank writes the balance after each movement.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from app.catalogue.rows import as_date
from app.kernel.numerals import decimal_sign, money_of
from app.kernel.tables import NotAList, read_lines
from app.services.reconciliation.statement import Line, Reading, Statement

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("buchungstag", "buchung", "buchungsdatum", "booking date", "datum"),
    "amount": ("betrag", "betrag (€)", "betrag (eur)", "umsatz", "amount"),
    "debit": ("soll",),
    "credit": ("haben",),
    "balance": ("saldo", "saldo nach buchung", "kontostand", "balance"),
    "currency": ("währung", "waehrung", "currency"),
    "party": (
        "beguenstigter/zahlungspflichtiger", "begünstigter/zahlungspflichtiger",
        "name zahlungsbeteiligter", "auftraggeber/empfänger", "auftraggeber / begünstigter",
        "begünstigter / auftraggeber", "empfänger/auftraggeber", "partner name", "name",
    ),
    "payer": ("zahlungspflichtige*r", "zahlungspflichtiger", "auftraggeber"),
    "payee": ("zahlungsempfänger*in", "zahlungsempfänger", "empfänger"),
    "iban": ("kontonummer/iban", "iban zahlungsbeteiligter", "iban", "kontonummer"),
    "purpose": ("verwendungszweck", "purpose", "buchungstext"),
    "reference": ("kundenreferenz (end-to-end)", "kundenreferenz", "end-to-end-referenz"),
    "batch": ("sammlerreferenz",),
    "account": ("auftragskonto", "iban auftragskonto", "iban auftraggeberkonto"),
    "state": ("status", "info"),
}  # fmt: skip
"""What is looked for → headings, the likeliest first."""
MOST_LINES_ABOVE: Final = 25
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_AMOUNTS: Final = ("amount", "debit", "credit", "balance")
_PENDING: Final = frozenset({"vorgemerkt", "pending", "umsatz vorgemerkt"})
_NOT_GIVEN: Final = frozenset({"", "notprovided", "nicht angegeben"})


@dataclass(frozen=True, slots=True)
class _Booked:
    """A movement with the balance that the bank wrote after it."""

    line: Line
    balance: Decimal | None


def is_statement(content: bytes) -> bool:
    """Whether the table has the headings of a bank's export."""
    try:
        return _heading(read_lines(content)) is not None
    except NotAList:
        return False


def read_bank_csv(content: bytes) -> Reading:
    """One statement for each account of the file. Never raises for a broken file."""
    try:
        lines = read_lines(content)
    except NotAList:
        return Reading(reason="REC-CSV")
    found = _heading(lines)
    if found is None:
        return Reading(reason="REC-CSV")
    at, columns = found
    above = " ".join(cell for _, cells in lines[:at] for cell in cells)
    own = _IBAN.search(above)
    account = own[0].replace(" ", "") if own else ""
    table = [
        (number, {key: cells[place] for key, place in columns.items() if place < len(cells)})
        for number, cells in lines[at + 1 :]
    ]
    amounts = (_bare(row.get(key, "")) for _, row in table for key in _AMOUNTS)
    reading, rows = Reading(), _Rows(decimal_sign(amounts))
    for number, texts in table:
        row = {key: text.strip() for key, text in texts.items()}
        if note := rows.take(row, account=account):
            reading.notes.append((note, str(number)))
    reading.statements = [
        _statement(name, booked, whole=name not in rows.unread)
        for name, booked in rows.booked.items()
    ]
    if not reading.statements:
        reading.reason = "REC-CSV-EMPTY"
    return reading


class _Rows:
    """Movements by account, and the accounts of which something could not be read."""

    def __init__(self, decimal: str) -> None:
        self.decimal = decimal
        self.booked: dict[str, list[_Booked]] = {}
        self.unread: set[str] = set()

    def take(self, row: Mapping[str, str], *, account: str) -> str:
        """The code of what a person should know of the row; mostly there is none."""
        mine = row.get("account", "").replace(" ", "") or account
        if row.get("state", "").casefold() in _PENDING:
            return "REC-CSV-PENDING"
        one = _booked(row, self.decimal)
        if one is None:
            self.unread.add(mine)
            return "REC-CSV-ROW"
        self.booked.setdefault(mine, []).append(one)
        return ""


def _heading(lines: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int]] | None:
    """Where the headings stand, and the place of each column; the likeliest name wins."""
    for at, (_, cells) in enumerate(lines[:MOST_LINES_ABOVE]):
        names = [" ".join(cell.casefold().split()) for cell in cells]
        columns = {
            key: names.index(next(one for one in wanted if one in names))
            for key, wanted in HEADINGS.items()
            if any(one in names for one in wanted)
        }
        has_amount = "amount" in columns or {"debit", "credit"} <= columns.keys()
        says_who = columns.keys() & {"purpose", "party", "payer", "payee"}
        if "day" in columns and has_amount and says_who and _is_a_banks(columns, names):
            return at, columns
    return None


def _is_a_banks(columns: Mapping[str, int], names: Sequence[str]) -> bool:
    """A list of open items may have a date, a name and an amount too, but no day of booking."""
    return names[columns["day"]] != "datum" or "balance" in columns


def _booked(row: Mapping[str, str], decimal: str) -> _Booked | None:
    day, amount = as_date(row.get("day", "")), _amount_of(row, decimal)
    if day is None or amount is None:
        return None
    reference = row.get("reference", "")
    side = row.get("payer" if amount > 0 else "payee", "")
    return _Booked(
        Line(
            booked_on=day,
            amount=amount,
            currency=(row.get("currency") or "EUR")[:3].upper(),
            party=(row.get("party") or side)[:140],
            iban=_iban_of(row.get("iban", "")),
            purpose=" ".join(row.get("purpose", "").split())[:500],
            end_to_end_id="" if reference.casefold() in _NOT_GIVEN else reference[:70],
            batch_id=row.get("batch", "")[:70],
        ),
        _amount(row.get("balance", ""), decimal),
    )


def _amount_of(row: Mapping[str, str], decimal: str) -> Decimal | None:
    if row.get("amount"):
        return _amount(row["amount"], decimal)
    debit, credit = (_amount(row.get(key, ""), decimal) for key in ("debit", "credit"))
    if debit is None and credit is None:
        return None
    return (credit or Decimal(0)) - abs(debit or Decimal(0))


def _amount(text: str, decimal: str) -> Decimal | None:
    return money_of(_bare(text), decimal=decimal)


def _bare(text: str) -> str:
    """`12,00-` and the long minus sign as `-12,00`."""
    bare = "".join(text.split()).replace("\u2212", "-")
    return f"-{bare[:-1]}" if bare.endswith("-") else bare


def _iban_of(text: str) -> str:
    bare = text.replace(" ", "").upper()
    return bare if _IBAN.fullmatch(bare) else ""


def _statement(account: str, rows: Sequence[_Booked], *, whole: bool) -> Statement:
    """Oldest first, with the balances before and after where the bank tells them."""
    ordered = _oldest_first(rows)
    first, last = ordered[0], ordered[-1]
    opening = closing = None
    if whole and first.balance is not None and last.balance is not None:
        opening, closing = first.balance - first.line.amount, last.balance
    return Statement(
        account=account,
        number=_period(first.line.booked_on, last.line.booked_on),
        opening=opening,
        closing=closing,
        currency=first.line.currency,
        entries=len(ordered),
        lines=[one.line for one in ordered],
    )


def _oldest_first(rows: Sequence[_Booked]) -> list[_Booked]:
    """Banks write either way; of one day's movements the balances tell which."""
    turned = [*reversed(rows)]
    if rows[0].line.booked_on != rows[-1].line.booked_on:
        return turned if rows[0].line.booked_on > rows[-1].line.booked_on else [*rows]
    return turned if _steps(turned) > _steps(rows) else [*rows]


def _steps(rows: Sequence[_Booked]) -> int:
    """How many balances follow from the one before."""
    return sum(
        one.balance is not None
        and other.balance is not None
        and one.balance + other.line.amount == other.balance
        for one, other in pairwise(rows)
    )


def _period(first: date, last: date) -> str:
    return f"{first:%Y%m%d}-{last:%Y%m%d}"
