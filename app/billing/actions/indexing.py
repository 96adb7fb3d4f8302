"""Indexation: the successor of a version of terms, with every price raised."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from app.billing import agreed
from app.billing.actions import contracts
from app.billing.contract_models import ContractVersion
from app.billing.rules import rounding
from app.billing.rules.terms import TermsLine
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.text import Text


def index(*, actor: Actor, version_id: UUID, percent: Decimal, valid_from: date) -> ContractVersion:
    """Draft the version's successor with every price raised by so many per cent.

    Sums are rounded to the minor unit, prices to eight places. Raises Forbidden, NotFound, Invalid.
    """
    actor.require(Permission.INVOICE_MANAGE)
    if not Decimal(-50) <= percent <= Decimal(100):
        raise Invalid(fields={"percent": [Text("Between -50 and 100 per cent.")]})
    version = contracts.found(version_id)
    factor = 1 + percent / 100
    (lines,) = agreed.lines_of([version.id]).values()
    return contracts.draft(
        actor=actor,
        tenant_id=version.tenant_id,
        contract_id=version.contract_id,
        valid_from=valid_from,
        conditions=contracts.conditions_of(version),
        lines=[_raised(agreed.as_line(line), factor) for line in lines],
    )


def _raised(line: TermsLine, factor: Decimal) -> TermsLine:
    return replace(
        line,
        amount_minor=rounding.whole(Fraction(line.amount_minor * factor)),
        unit_price=rounding.places(line.unit_price * factor),
        tiers=tuple(
            replace(tier, price=rounding.places(tier.price * factor)) for tier in line.tiers
        ),
    )
