"""An invoice as EN 16931 understands it, whatever syntax it came in. Values only.

Amounts are `Decimal` exactly as written in the file; None means that the file does not say.
`BT-…` in the comments are the business terms of the standard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.accounts_payable.findings import Finding, Place

CREDIT_NOTE_TYPES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458"})


class Syntax(StrEnum):
    """The XML an invoice was written in."""

    UBL = "ubl"
    UBL_CREDIT_NOTE = "ubl-creditnote"
    CII = "cii"
    ZUGFERD_1 = "zugferd-1"  # older than EN 16931: its mandatory fields do not apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller, buyer, payee or tax representative."""

    name: str | None = None
    trading_name: str | None = None
    identifier: str | None = None
    legal_id: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    has_address: bool = False
    electronic_address: str | None = None
    electronic_scheme: str | None = None
    has_contact: bool = False
    contact_name: str | None = None
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """Something taken off (allowance) or added (charge), on the document or on one line."""

    position: int
    is_charge: bool
    amount: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From and to, both inclusive."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One invoice line (BG-25). `counts` is False for lines of text and for group headings."""

    position: int
    id: str | None = None  # BT-126
    name: str | None = None  # BT-153
    description: str | None = None  # BT-154
    quantity: Decimal | None = None  # BT-129
    unit: str | None = None  # BT-130
    price: Decimal | None = None  # BT-146
    gross_price: Decimal | None = None  # BT-148
    price_base: Decimal | None = None  # BT-149
    net: Decimal | None = None  # BT-131
    vat_category: str | None = None  # BT-151
    vat_rate: Decimal | None = None  # BT-152
    allowances: tuple[AllowanceCharge, ...] = ()
    period: Period | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VatGroup:
    """One row of the VAT breakdown (BG-23)."""

    position: int
    category: str | None = None  # BT-118
    rate: Decimal | None = None  # BT-119
    basis: Decimal | None = None  # BT-116
    amount: Decimal | None = None  # BT-117
    exemption_reason: str | None = None  # BT-120
    exemption_code: str | None = None  # BT-121


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Document totals (BG-22)."""

    line_sum: Decimal | None = None  # BT-106
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    net: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    taxes_beside: tuple[Decimal, ...] = ()  # further BT-110: there must be just one
    tax_in_accounting_currency: Decimal | None = None  # BT-111
    gross: Decimal | None = None  # BT-112
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payable: Decimal | None = None  # BT-115


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """How to pay (BG-16): transfer, card or direct debit."""

    position: int
    code: str | None = None  # BT-81
    iban: str | None = None  # BT-84
    bic: str | None = None  # BT-86
    account_name: str | None = None  # BT-85
    mandate: str | None = None  # BT-89
    creditor_id: str | None = None  # BT-90
    debited_iban: str | None = None  # BT-91
    has_transfer: bool = False  # BG-17
    has_card: bool = False  # BG-18
    has_debit: bool = False  # BG-19


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A whole invoice, and where each of its values stood."""

    syntax: Syntax
    id: str | None = None  # BT-1
    issue_date: date | None = None  # BT-2
    type_code: str | None = None  # BT-3
    currency: str | None = None  # BT-5
    accounting_currency: str | None = None  # BT-6
    due_date: date | None = None  # BT-9
    buyer_reference: str | None = None  # BT-10
    contract_reference: str | None = None  # BT-12
    order_reference: str | None = None  # BT-13
    preceding_invoice: str | None = None  # BT-25
    terms: str | None = None  # BT-20
    remittance: str | None = None  # BT-83
    notes: tuple[str, ...] = ()  # BT-22
    process: str | None = None  # BT-23
    profile: str | None = None  # BT-24
    delivered_on: date | None = None  # BT-72
    delivery_country: str | None = None  # BT-80
    period: Period | None = None  # BG-14
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    payee: Party | None = None
    tax_representative: Party | None = None
    payment: tuple[PaymentMeans, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    vat: tuple[VatGroup, ...] = ()
    totals: Totals = field(default_factory=Totals)
    lines: tuple[Line, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    root_path: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether the paper gives money back by its type, not by its sign."""
        return self.syntax is Syntax.UBL_CREDIT_NOTE or self.type_code in CREDIT_NOTE_TYPES

    @property
    def is_summary_only(self) -> bool:
        """Profiles without lines (Factur-X MINIMUM, BASIC WL): booking aids, not invoices."""
        profile = (self.profile or "").lower()
        return profile.endswith((":minimum", ":basicwl"))

    def place(self, term: str, position: int | None = None) -> Place:
        """Where a business term stood; where it is missing, the term alone and its parent."""
        key = term if position is None else f"{term}#{position}"
        line = ""
        if position is not None and position <= len(self.lines) and term in LINE_TERMS:
            line = self.lines[position - 1].id or str(position)
        return Place(term=term, path=self.paths.get(key, ""), line=line)


LINE_TERMS = frozenset(
    {
        *("BT-126", "BT-127", "BT-129", "BT-130", "BT-131", "BT-146", "BT-148", "BT-149", "BT-151"),
        *("BT-152", "BT-153", "BT-154", "BG-25", "BG-26", "BG-27", "BG-28"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came out of a file: an invoice or none, and what was odd about the file itself."""

    invoice: Invoice | None
    findings: tuple[Finding, ...] = ()
    xml_name: str = ""  # the attachment inside a PDF that was read
