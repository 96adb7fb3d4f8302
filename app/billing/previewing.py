"""What an invoice for a past month would be under other terms: nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.billing import agreed
from app.billing.contract_models import ContractVersion
from app.billing.rules.charges import Charge, Totals, totals
from app.billing.rules.rating import rate
from app.billing.rules.terms import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The positions and sums it would have."""

    month: Month
    charges: Sequence[Charge]
    totals: Totals
    currency: str


def preview(version: ContractVersion, month: Month) -> Preview:
    """As if the version held for the whole month: the work that was performed in it."""
    (lines,) = agreed.lines_of([version.id]).values()
    terms = replace(agreed.as_terms(version, lines), valid_from=month.first, valid_until=month.last)
    usage = agreed.performed_in(version.tenant_id, month, version.zone)
    rated = rate(month, terms=[terms], usage=usage)
    return Preview(
        month=month,
        charges=rated.charges,
        totals=totals(rated.charges),
        currency=version.currency,
    )
