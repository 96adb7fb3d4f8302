"""What services hand to the books: values, amounts in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntry:
    """An invoice to be paid; negative for a credit note."""

    account: str
    party: str
    reference: str
    issued_on: date
    due_on: date
    amount_minor: int
    currency: str
    iban: str = ""
    bic: str = ""
    purpose: str = ""
    discount_minor: int = 0
    discount_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntry:
    """A payment that was approved; negative amounts leave the account."""

    end_to_end_id: str
    party: str
    iban: str
    amount_minor: int
    currency: str
    execute_on: date
    open_item_id: UUID | None = None
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEntry:
    """An entry of a bank statement."""

    fingerprint: str
    account: str
    statement: str
    booked_on: date
    amount_minor: int
    currency: str
    party: str = ""
    iban: str = ""
    purpose: str = ""
    end_to_end_id: str = ""
    match: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEntry:
    """A journal entry: a positive amount from `credit` to `debit`."""

    booked_on: date
    amount_minor: int
    currency: str
    debit: str
    credit: str
    tax_key: str = ""
    reference: str = ""
    text: str = ""
    cost_centre: str = ""
