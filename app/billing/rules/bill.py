"""A document of the books as values: what its XML and its page are both made from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.billing.rules.kinds import InvoiceType
from app.billing.rules.parties import BuyerDetails, SellerDetails
from app.kernel.money import digits


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A position with its words in the document's language."""

    position: int
    name: str
    note: str
    quantity: Decimal
    unit: str
    """UN/ECE 20: C62 (pieces) or HUR (hours)."""
    unit_price: Decimal
    net: Decimal
    category: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTax:
    """A group of the tax."""

    category: str
    percent: Decimal
    net: Decimal
    tax: Decimal
    reason: str
    """Why there is none; empty where there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Amounts in major units with the currency's places. A correction's are positive here: its
    type says that they are taken back.
    """

    number: str
    kind: InvoiceType
    locale: str
    currency: str
    issued_on: date
    due_on: date
    since: date
    until: date
    seller: SellerDetails
    buyer: BuyerDetails
    contract: str
    corrects: tuple[str, date] | None
    reason: str
    lines: tuple[BillLine, ...]
    taxes: tuple[BillTax, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal

    @property
    def has_xml(self) -> bool:
        """EN 16931 knows two decimal places at most (BR-DEC): dinars have three."""
        return digits(self.currency) <= 2
