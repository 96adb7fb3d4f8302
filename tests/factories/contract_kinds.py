"""Every kind of contract, with prices by chance, and work by chance that it is charged for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.billing.actions.contracts import Conditions
from app.billing.rules.kinds import Collection, LineKind, PriceModel, VatTreatment
from app.billing.rules.terms import Month, TermsLine, Tier
from app.kernel.ids import new_id
from tests.factories.terms_book import a_line

SERVICE, OTHER, ROLE = "general_request", "accounts_payable", "Consultant"


def _price(chance: Random) -> Decimal:
    """Also less than a cent."""
    return Decimal(chance.randint(1, 90_000)).scaleb(-chance.choice((2, 3, 4)))


def _retainer(chance: Random) -> TermsLine:
    return a_line(LineKind.RETAINER, amount_minor=chance.randint(1, 500_000))


def _units(chance: Random) -> TermsLine:
    return a_line(LineKind.UNIT_PRICE, service_key=SERVICE, unit_price=_price(chance))


def _tiered(chance: Random, model: PriceModel) -> TermsLine:
    tiers = (
        Tier(up_to=Decimal(chance.randint(1, 9)), price=_price(chance)),
        Tier(up_to=Decimal(chance.randint(10, 40)), price=_price(chance)),
        Tier(up_to=None, price=_price(chance)),
    )
    return a_line(LineKind.UNIT_PRICE, service_key=SERVICE, price_model=model, tiers=tiers)


def _hours(chance: Random) -> TermsLine:
    return a_line(LineKind.TIME_AND_MATERIAL, role=ROLE, unit_price=_price(chance))


def _allowance(chance: Random) -> TermsLine:
    return a_line(
        LineKind.ALLOWANCE, service_key=SERVICE, included=Decimal(chance.randint(1, 20)),
        amount_minor=chance.randint(0, 20_000), roll_over=chance.random() < 0.5,
    )  # fmt: skip


def _minimum(chance: Random) -> TermsLine:
    return a_line(LineKind.MINIMUM, amount_minor=chance.randint(1, 60_000))


KINDS: Sequence[Callable[[Random], tuple[TermsLine, ...]]] = (
    lambda chance: (_retainer(chance),),
    lambda chance: (_units(chance),),
    lambda chance: (_tiered(chance, PriceModel.GRADUATED),),
    lambda chance: (_tiered(chance, PriceModel.VOLUME),),
    lambda chance: (_hours(chance),),
    lambda chance: (_allowance(chance), _units(chance)),
    lambda chance: (_units(chance), _minimum(chance)),
    lambda chance: (_retainer(chance), _allowance(chance), _units(chance), _hours(chance)),
    lambda chance: (
        _retainer(chance), _allowance(chance), _tiered(chance, PriceModel.GRADUATED),
        _hours(chance), _minimum(chance),
    ),
    lambda _: (),
)  # fmt: skip
"""The last has no line: each entry at the price of its acceptance."""
_TAXES = (
    (VatTreatment.STANDARD, Decimal(19)),
    (VatTreatment.STANDARD, Decimal(19)),
    (VatTreatment.STANDARD, Decimal(7)),
    (VatTreatment.REVERSE_CHARGE, Decimal(0)),
    (VatTreatment.EXEMPT, Decimal(0)),
)


def some_conditions(chance: Random) -> Conditions:
    """Tax and collection by chance; nobody is reminded of anything."""
    treatment, percent = chance.choice(_TAXES)
    charged = chance.random() < 0.7
    return Conditions(
        vat_treatment=treatment, vat_percent=percent, dunning={},
        collection=Collection.CHARGE_AUTOMATICALLY if charged else Collection.SEND_INVOICE,
    )  # fmt: skip


def some_work(chance: Random, tenant_id: int, month: Month, *, last: date) -> Iterator[Any]:
    """Rows of the ledger for a month: some accepted in the next, none after `last`."""
    for _ in range(chance.randint(0, 6)):
        at = datetime(month.first.year, month.first.month, chance.randint(1, 28), 9, tzinfo=UTC)
        late = at + timedelta(days=chance.choice((0, 0, 1, 20)))
        ceiling = datetime(last.year, last.month, last.day, 9, tzinfo=UTC)
        is_hours = chance.random() < 0.3
        yield {
            "id": new_id(), "tenant_id": tenant_id, "fact_id": new_id(), "item_id": None,
            "item_number": f"Y-{chance.randint(1, 9999)}", "contract_service_id": None,
            "service_key": "" if is_hours else chance.choice((SERVICE, SERVICE, OTHER)),
            "role": ROLE if is_hours else "", "currency": "EUR",
            "quantity": Decimal(chance.randint(1, 30_000)).scaleb(-chance.choice((0, 3)) or 0),
            "unit_price_minor": chance.randint(1, 900), "performed_at": at,
            "accepted_at": max(at, min(late, ceiling)), "recorded_at": at, "reason": "",
            "reversal_of_id": None,
        }  # fmt: skip
