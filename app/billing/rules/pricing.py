"""Prices of quantities: flat, graduated and volume; in steps that each become a position."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.billing.rules.kinds import PriceModel
from app.billing.rules.terms import TermsLine, Tier
from app.kernel.errors import Invalid
from app.kernel.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """So many units at that price; of a tier, from which unit on and up to which."""

    quantity: Decimal
    price: Decimal
    above: Decimal | None = None
    up_to: Decimal | None = None


def steps(line: TermsLine, quantity: Decimal) -> list[Step]:
    """What a quantity costs by a line. A negative one (more taken back than used) has the first
    tier's price.
    """
    if line.price_model is PriceModel.FLAT or not line.tiers:
        return [Step(quantity=quantity, price=line.unit_price)]
    if line.price_model is PriceModel.VOLUME:
        return [_volume(line.tiers, quantity)]
    return _graduated(line.tiers, quantity)


def _volume(tiers: Sequence[Tier], quantity: Decimal) -> Step:
    above = Decimal(0)
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return Step(quantity=quantity, price=tier.price, above=above, up_to=tier.up_to)
        above = tier.up_to
    return Step(quantity=quantity, price=tiers[-1].price, above=above)


def _graduated(tiers: Sequence[Tier], quantity: Decimal) -> list[Step]:
    if quantity <= 0:
        return [Step(quantity=quantity, price=tiers[0].price, above=Decimal(0))]
    found: list[Step] = []
    above = Decimal(0)
    for tier in tiers:
        end = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if end > above:
            found.append(
                Step(quantity=end - above, price=tier.price, above=above, up_to=tier.up_to)
            )
        above = max(above, end)
    return found


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Bounds rise, and the last tier has none. Raises Invalid naming `tiers`."""
    bounds = [tier.up_to for tier in tiers]
    if not bounds or bounds[-1] is not None or None in bounds[:-1]:
        raise Invalid(fields={"tiers": [Text("The last tier, and only it, has no upper bound.")]})
    rising = [bound for bound in bounds if bound is not None]
    if any(bound <= 0 for bound in rising) or rising != sorted(set(rising)):
        raise Invalid(fields={"tiers": [Text("The bounds of the tiers have to rise.")]})
    if any(tier.price < 0 for tier in tiers):
        raise Invalid(fields={"tiers": [Text("A price is not negative.")]})
