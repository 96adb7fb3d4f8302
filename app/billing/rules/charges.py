"""A charge: what becomes a position of an invoice. Sums, tax groups and what is handed on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.billing.rules import rounding
from app.billing.rules.kinds import VatTreatment
from app.billing.rules.terms import Carried, Terms, TermsLine


class ChargeKind(StrEnum):
    """What a position of an invoice is."""

    RETAINER = "retainer"
    ALLOWANCE = "allowance"
    """The price of included units."""
    INCLUDED = "included"
    """Units that are covered by an allowance: they cost nothing."""
    USAGE = "usage"
    TIER = "tier"
    HOURS = "hours"
    MINIMUM = "minimum"
    CREDIT = "credit"
    CARRIED = "carried"


IS_USAGE = frozenset({ChargeKind.USAGE, ChargeKind.TIER, ChargeKind.HOURS})
"""What counts towards a minimum."""
_CATEGORY = {VatTreatment.REVERSE_CHARGE: "AE", VatTreatment.EXEMPT: "E"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A position: the only rounding of its net has been done."""

    kind: ChargeKind
    quantity: Decimal
    unit_price: Decimal
    """In major units."""
    net_minor: int
    vat_category: str
    """UNTDID 5305: S standard, Z zero, AE reverse charge, E exempt."""
    vat_percent: Decimal
    contract_line_id: UUID | None = None
    service_key: str = ""
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """All positions with one category and rate; their tax is rounded once."""

    category: str
    percent: Decimal
    net_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of an invoice."""

    net_minor: int
    vat_minor: int
    groups: tuple[TaxGroup, ...]

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.vat_minor


def tax_of(terms: Terms, line: TermsLine | None = None) -> tuple[str, Decimal]:
    """Category and rate of a line (or of what no line stands behind)."""
    category = _CATEGORY.get(terms.vat_treatment)
    if category is not None:
        return category, Decimal(0)
    own = line.vat_percent if line is not None else None
    percent = terms.vat_percent if own is None else own
    return ("S" if percent else "Z"), percent


def totals(charges: Iterable[Charge]) -> Totals:
    """The sums: the net is that of the positions, the tax that of the groups."""
    nets: dict[tuple[str, Decimal], int] = {}
    for charge in charges:
        key = (charge.vat_category, charge.vat_percent.normalize())
        nets[key] = nets.get(key, 0) + charge.net_minor
    order = sorted(nets, key=lambda key: (key[0], -key[1]))
    groups = tuple(
        TaxGroup(
            category=category,
            percent=percent,
            net_minor=nets[category, percent],
            vat_minor=rounding.tax_minor(nets[category, percent], percent),
        )
        for category, percent in order
    )
    return Totals(
        net_minor=sum(group.net_minor for group in groups),
        vat_minor=sum(group.vat_minor for group in groups),
        groups=groups,
    )


def handed_on(carried: Sequence[Carried], currency: str) -> list[Charge]:
    """Positions for what earlier months and credits hand on: quantity -1, as it is deducted."""
    return [_handed_on(one, currency) for one in carried if one.net_minor]


def _handed_on(one: Carried, currency: str) -> Charge:
    return Charge(
        kind=ChargeKind.CREDIT if one.is_credit else ChargeKind.CARRIED,
        quantity=Decimal(-1 if one.net_minor < 0 else 1),
        unit_price=rounding.price_of(abs(one.net_minor), currency),
        net_minor=one.net_minor,
        vat_category=one.vat_category,
        vat_percent=one.vat_percent,
        params={"month": one.period.isoformat()},
    )
