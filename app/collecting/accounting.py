"""Our own bookings, as values: an invoice, a payment, a fee; which account, and which side.

Revenue accounts are DATEV's automatic ones: the booking carries the gross, and DATEV takes the
tax out of it by the account.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

ACCOUNTS = ("S:19", "S:7", "Z:0", "AE:0", "E:0", "bank", "stripe", "fees")
"""What needs an account: revenue by tax category and rate, then money."""
_PROPOSED = {
    "SKR03": ("8400", "8300", "8290", "8336", "8100", "1200", "1360", "4970"),
    "SKR04": ("4400", "4300", "4290", "4336", "4100", "1800", "1460", "6855"),
}
CHARTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {name: dict(zip(ACCOUNTS, numbers, strict=True)) for name, numbers in _PROPOSED.items()}
)
"""DATEV's charts of accounts: what is proposed."""
SHORTEST, LONGEST = 4, 8
"""Digits of a ledger account; a debtor's has one more."""


class BookingKind(StrEnum):
    """What a booking is of."""

    INVOICE = "invoice"
    CORRECTION = "correction"
    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The provider's own books at its tax adviser's."""

    adviser: int
    client: int
    chart: str
    account_length: int
    first_month: int
    """Of the fiscal year."""
    is_locked: bool
    """Whether DATEV may not change what it was given (Festschreibung)."""
    accounts: Mapping[str, str]

    def account(self, name: str) -> str:
        """The ledger account; empty where none is named."""
        number = self.accounts.get(name, "")
        return number.ljust(self.account_length, "0") if number else ""

    def debtor(self, number: int) -> str:
        """A client's account: one digit more than the ledger's."""
        return str(number).ljust(self.account_length + 1, "0") if number else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """An issued invoice, or the correction of one (negative)."""

    id: UUID
    tenant_id: int
    number: str
    issued_on: date
    period: date
    currency: str
    gross_minor: int
    vat_groups: Sequence[Mapping[str, Any]]
    is_correction: bool
    corrects: str
    """The number of the invoice that it takes back."""
    buyer: str
    vat_id: str
    debtor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Money that came for an invoice, or went back (negative)."""

    id: UUID
    tenant_id: int
    invoice_id: UUID
    number: str
    buyer: str
    debtor: int
    on: date
    amount_minor: int
    currency: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A fee that Stripe kept."""

    id: str
    on: date
    fee_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booking: so much from the credit account to the debit account."""

    key: str
    """What it stands for: exported once."""
    kind: BookingKind
    booked_on: date
    debit: str
    credit: str
    amount_minor: int
    currency: str
    reference: str
    text: str
    vat_id: str = ""
    tenant_id: int | None = None
    invoice_id: UUID | None = None

    @property
    def lacks(self) -> str:
        """Why it cannot be handed over: `currency`, `account`; empty if it can."""
        if self.currency != "EUR":
            return "currency"
        return "" if self.debit and self.credit else "account"


def of_invoice(one: Billed, ledger: Ledger) -> Iterator[Entry]:
    """One booking for each rate of tax; what takes an invoice back has its sides changed."""
    for group in one.vat_groups:
        gross = group["net_minor"] + group["vat_minor"]
        if not gross:
            continue
        rate = f"{group['category']}:{Decimal(group['percent']).normalize():f}"
        title = f"Korrektur zu {one.corrects}" if one.is_correction else f"{one.period:%m/%Y}"
        yield _entry(
            gross,
            key=f"invoice:{one.id}:{rate}",
            kind=BookingKind.CORRECTION if one.is_correction else BookingKind.INVOICE,
            booked_on=one.issued_on,
            debit=ledger.debtor(one.debtor),
            credit=ledger.account(rate),
            currency=one.currency,
            reference=one.number,
            text=f"{one.buyer} {title}",
            vat_id=one.vat_id if group["category"] == "AE" else "",
            tenant_id=one.tenant_id,
            invoice_id=one.id,
        )


def of_payment(one: Moved, ledger: Ledger) -> Entry:
    """Stripe's money goes to a clearing account; its pay-outs are on the bank's statement."""
    is_stripe = one.source.startswith("stripe:")
    came = one.amount_minor > 0
    return _entry(
        one.amount_minor,
        key=f"payment:{one.id}",
        kind=BookingKind.PAYMENT if came else BookingKind.REFUND,
        booked_on=one.on,
        debit=ledger.account("stripe" if is_stripe else "bank"),
        credit=ledger.debtor(one.debtor),
        currency=one.currency,
        reference=one.number,
        text=f"{'Zahlung' if came else 'Rückzahlung'} {one.buyer}",
        tenant_id=one.tenant_id,
        invoice_id=one.invoice_id,
    )


def of_fee(one: Kept, ledger: Ledger) -> Entry:
    """Out of the clearing account; a fee that comes back is negative."""
    return _entry(
        one.fee_minor,
        key=f"fee:{one.id}",
        kind=BookingKind.FEE,
        booked_on=one.on,
        debit=ledger.account("fees"),
        credit=ledger.account("stripe"),
        currency=one.currency,
        reference=one.id,
        text="Stripe-Gebühr",
    )


def _entry(amount: int, *, debit: str, credit: str, **rest: Any) -> Entry:
    """An amount has no sign in DATEV: what is negative has its sides changed."""
    if amount < 0:
        debit, credit = credit, debit
    return Entry(amount_minor=abs(amount), debit=debit, credit=credit, **rest)
