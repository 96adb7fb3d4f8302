"""What was agreed and what was used, as the rating sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from app.billing.rules.kinds import LineKind, PriceModel, VatTreatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A price for units up to and with a bound; the last tier has none."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsLine:
    """A line of a contract's version. Amounts in minor units, prices in major ones."""

    id: UUID
    key: str
    kind: LineKind
    service_key: str = ""
    role: str = ""
    title: str = ""
    amount_minor: int = 0
    price_model: PriceModel = PriceModel.FLAT
    unit_price: Decimal = Decimal(0)
    tiers: tuple[Tier, ...] = ()
    included: Decimal = Decimal(0)
    roll_over: bool = False
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A version with its days (both included) and lines."""

    id: UUID
    valid_from: date
    valid_until: date | None
    currency: str
    vat_treatment: VatTreatment = VatTreatment.STANDARD
    vat_percent: Decimal = Decimal(19)
    lines: tuple[TermsLine, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def of_kind(self, kind: LineKind) -> Sequence[TermsLine]:
        """Its lines of one kind, in their order."""
        return [line for line in self.lines if line.kind is kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """An entry of the ledger."""

    id: UUID
    service_key: str
    role: str
    quantity: Decimal
    performed_on: date
    """The day where the contract's zone is."""
    performed_at: datetime
    unit_price: Decimal
    """In major units, as agreed when it was accepted."""
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A period: a calendar month."""

    first: date

    @property
    def following(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def last(self) -> date:
        return self.following - timedelta(days=1)

    @property
    def before(self) -> "Month":
        return Month(first=(self.first - timedelta(days=1)).replace(day=1))

    def days(self, terms: Terms) -> tuple[date, date] | None:
        """From which to which of its days the terms are in force."""
        since = max(self.first, terms.valid_from)
        until = min(self.last, terms.valid_until or self.last)
        return (since, until) if since <= until else None

    def share(self, terms: Terms) -> Fraction:
        """For which part of it the terms are in force."""
        days = self.days(terms)
        if days is None:
            return Fraction(0)
        return Fraction((days[1] - days[0]).days + 1, (self.last - self.first).days + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A net amount that an earlier month or a credit hands on; negative: for the client."""

    net_minor: int
    vat_category: str
    vat_percent: Decimal
    period: date
    is_credit: bool = False
    """A service credit, not what was left of a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How the included units of a line stand at a month's end."""

    included: Decimal
    rolled_in: Decimal
    used: Decimal
    left: Decimal
    """What the next month may use; none without roll-over."""
    service_key: str = field(default="")
