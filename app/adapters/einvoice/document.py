"""What an electronic invoice says, as values (EN 16931); whoever bills makes its own into this."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who bills, or who is billed."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str = ""
    tax_number: str = ""
    email: str = ""
    contact: str = ""
    phone: str = ""
    address: tuple[str, str] = ("", "EM")
    """Electronic address and its scheme (EAS): EM is mail, 0204 a Leitweg-ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the money is to go."""

    iban: str
    name: str
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A position."""

    position: int
    name: str
    note: str
    quantity: Decimal
    unit: str
    """UN/ECE recommendation 20: C62 (pieces), HUR (hours), …"""
    unit_price: Decimal
    net: Decimal
    category: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """A group of the tax."""

    category: str
    percent: Decimal
    net: Decimal
    tax: Decimal
    reason: str
    """Why there is none; empty where there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """Amounts in major units with the currency's places."""

    number: str
    type_code: str
    """UNTDID 1001: 380 invoice, 381 correction."""
    currency: str
    issued_on: date
    due_on: date
    since: date
    until: date
    seller: Party
    buyer: Party
    account: Account
    buyer_reference: str
    """BT-10: for public bodies the Leitweg-ID."""
    order: str = ""
    contract: str = ""
    corrects: tuple[str, date] | None = None
    notes: tuple[str, ...] = ()
    terms: str = ""
    """BT-20, with the lines of cash discount that XRechnung knows."""
    ships_to_buyer: bool = False
    """Whether goods went to the buyer's address: deliveries within the community say where."""
    lines: tuple[Line, ...]
    taxes: tuple[TaxGroup, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
