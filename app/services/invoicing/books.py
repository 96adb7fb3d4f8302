"""An invoice in the client's books: its number is taken once, its amount is owed once accepted."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from app.billing import parties
from app.books import actions as books
from app.books import queries
from app.books.entries import BookingEntry, OpenEntry
from app.books.models import OpenKind
from app.catalogue.service import BookKeeping
from app.catalogue.steps import Deed
from app.kernel.money import Money
from app.services.invoicing.rules import VatCase, groups, is_correction
from app.services.invoicing.steps import ISSUER
from app.work import queries as work
from tenants.context import current_tenant

DEBTORS: Final = "69999"
"""Collective account of debtors nobody has numbered yet (10000-69999 are debtors)."""
REVENUE: Final[Mapping[str, tuple[str, str]]] = {
    "19": ("8400", "4400"),
    "16": ("8400", "4400"),
    "7": ("8300", "4300"),
    "5": ("8300", "4300"),
    VatCase.REVERSE_CHARGE: ("8337", "4337"),
    VatCase.INTRA_COMMUNITY: ("8125", "4125"),
    VatCase.SMALL_BUSINESS: ("8195", "4185"),
    VatCase.EXEMPT: ("8100", "4100"),
}
"""DATEV SKR03 and SKR04: revenue with its tax, or why there is none."""
_PARTY: Final = ("name", "street", "postcode", "city", "country", "vat_id", "email")


def gather(deed: Deed) -> Mapping[str, Any]:
    """Numbers that are taken, and the issuer as the last invoice or the contract has it."""
    known = parties.buyer(current_tenant()).details
    seller = {f"seller_{key}": known[key] for key in _PARTY if known.get(key)}
    last = work.last_delivered(service_key="invoicing", type_key="invoice")
    if last is not None and last.id != deed.item_id:
        seller |= {key: last.values[key] for key in ISSUER if last.values.get(key)}
    numbers = list(queries.issued_numbers(besides=deed.item_id))
    return {"seller": seller, "numbers": numbers}


def take_number(deed: Deed) -> None:
    """Issued: nobody else gets this number."""
    books.take_number(item_id=deed.item_id, number=deed.values["invoice_number"])


def write(deed: Deed) -> None:
    """Accepted: the customer owes it, and revenue is booked for each rate."""
    values = deed.values
    gross = _sign(values) * _minor(values["gross"])
    if gross:
        books.owe(
            item_id=deed.item_id,
            number=deed.number,
            kind=OpenKind.RECEIVABLE,
            entry=open_entry(values, gross),
            replaces=deed.replaces,
        )
    books.book(
        item_id=deed.item_id,
        number=deed.number,
        entries=booking_entries(values),
        replaces=deed.replaces,
    )


def open_entry(values: Mapping[str, Any], gross: int) -> OpenEntry:
    """What the customer owes, with its cash discount."""
    percent = Decimal(str(values.get("discount_percent") or 0))
    issued, days = date.fromisoformat(values["issued_on"]), values.get("discount_days") or 0
    return OpenEntry(
        account=DEBTORS,
        party=values["buyer_name"],
        reference=values["invoice_number"],
        issued_on=issued,
        due_on=date.fromisoformat(values["due_on"]),
        amount_minor=gross,
        currency="EUR",
        purpose=values["invoice_number"],
        discount_minor=Money(gross, "EUR").times(percent / 100).minor,
        discount_until=issued + timedelta(days=int(days)) if percent else None,
    )


def booking_entries(values: Mapping[str, Any]) -> list[BookingEntry]:
    """Debtor against revenue, gross: the revenue accounts split their tax off by themselves."""
    rows = [
        (Decimal(str(row.get("vat_rate") or 0)), Decimal(str(row["net"])))
        for row in values["positions"]
    ]
    found = []
    for one in groups(rows):
        gross = _sign(values) * _minor(one.net + one.tax)
        if gross == 0:
            continue
        revenue = _revenue(values, one.percent)
        debit, credit = (DEBTORS, revenue) if gross > 0 else (revenue, DEBTORS)
        found.append(
            BookingEntry(
                booked_on=date.fromisoformat(values["issued_on"]),
                amount_minor=abs(gross),
                currency="EUR",
                debit=debit,
                credit=credit,
                reference=values["invoice_number"],
                text=values["buyer_name"],
            )
        )
    return found


def _revenue(values: Mapping[str, Any], percent: Decimal) -> str:
    case = values.get("vat_case")
    key = f"{percent.normalize():f}" if case == VatCase.STANDARD else str(case)
    accounts = REVENUE.get(key, REVENUE[VatCase.EXEMPT])
    return accounts[values.get("chart") == "SKR04"]


def _sign(values: Mapping[str, Any]) -> int:
    """A correction gives back what it states."""
    return -1 if is_correction(values) else 1


def _minor(amount: object) -> int:
    return Money.of(Decimal(str(amount)), "EUR").minor


KEEPING: Final = BookKeeping(gather=gather, delivered=take_number, accepted=write)
