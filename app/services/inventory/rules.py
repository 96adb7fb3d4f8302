"""How much will be needed, and when and how much to order. Statistics: binary fractions are fine.

Sources: Croston (1972); Syntetos and Boylan (2005), the SBA correction; Syntetos, Boylan and
Croston (2005), the limits between kinds of demand; Harris (1913), the economic order quantity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist, fmean, pvariance
from typing import Final

ADI_LIMIT: Final = 1.32
CV2_LIMIT: Final = 0.49
ALPHA: Final = 0.1
"""Smoothing of intermittent demand; the literature's usual range is 0.05 to 0.2."""
ALPHAS: Final = (0.05, 0.1, 0.2, 0.3)
"""Tried for steady demand: the one with the smallest squared error is taken."""
LEAST_HISTORY: Final = 6
"""Periods below which a forecast is a guess."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Demand of one period, how far it was off in the past, and by which method."""

    per_period: float
    sigma: float
    method: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order depends on. Lead time in periods."""

    lead_time: float = 1
    price: float = 0
    order_cost: float = 50
    holding_rate: float = 0.2
    """Share of the price a year."""
    periods_a_year: int = 12
    service_level: float = 0.95
    minimum: int = 1
    pack: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """When to order again, and how much now."""

    reorder_point: int
    lot: int
    order: int
    cover: float | None
    """Periods the stock lasts; None without demand."""


def kind_of(demand: Sequence[float]) -> str:
    """smooth, erratic, intermittent, lumpy, or none."""
    sizes = [one for one in demand if one > 0]
    if not sizes:
        return "none"
    interval = len(demand) / len(sizes)
    variation = pvariance(sizes) / fmean(sizes) ** 2
    if interval < ADI_LIMIT:
        return "smooth" if variation < CV2_LIMIT else "erratic"
    return "intermittent" if variation < CV2_LIMIT else "lumpy"


def smoothed(demand: Sequence[float], alpha: float) -> list[float]:
    """Simple exponential smoothing: the forecast before each period, and the one after the last."""
    level = fmean(demand[: min(len(demand), 3)])
    told = [level]
    for one in demand:
        level += alpha * (one - level)
        told.append(level)
    return told


def croston(
    demand: Sequence[float], alpha: float = ALPHA, *, corrected: bool = True
) -> list[float]:
    """Croston's method, with the correction of Syntetos and Boylan unless told otherwise."""
    sizes = [one for one in demand if one > 0]
    if not sizes:
        return [0.0] * (len(demand) + 1)
    first = next(at for at, one in enumerate(demand) if one > 0)
    size, interval, since = sizes[0], max(first + 1, len(demand) / len(sizes)), 1
    factor = 1 - alpha / 2 if corrected else 1.0
    told = [factor * size / interval]
    for one in demand:
        if one > 0:
            size += alpha * (one - size)
            interval += alpha * (since - interval)
            since = 1
        else:
            since += 1
        told.append(factor * size / interval)
    return told


def forecast(demand: Sequence[float]) -> Forecast:
    """By the kind of demand: smoothing for steady, SBA for intermittent."""
    kind = kind_of(demand)
    if kind == "none":
        return Forecast(0.0, 0.0, "none", kind)
    if kind in ("intermittent", "lumpy"):
        return _judged(croston(demand), demand, "SBA", kind)
    tried = [_judged(smoothed(demand, alpha), demand, f"SES {alpha}", kind) for alpha in ALPHAS]
    return min(tried, key=lambda one: one.sigma)


def _judged(told: Sequence[float], demand: Sequence[float], method: str, kind: str) -> Forecast:
    errors = [(said - came) ** 2 for said, came in zip(told, demand, strict=False)]
    return Forecast(told[-1], sqrt(fmean(errors)), method, kind)


def economic_lot(per_year: float, terms: Terms) -> float:
    """The lot with the least cost of ordering and holding; a year's need where holding is free."""
    holding = terms.price * terms.holding_rate
    if holding <= 0:
        return per_year
    return sqrt(2 * per_year * terms.order_cost / holding)


def propose(found: Forecast, terms: Terms, *, stock: float, on_order: float = 0) -> Proposal:
    """The reorder point covers the lead time at the service level; the lot respects packs."""
    if found.per_period <= 0:
        return Proposal(0, 0, 0, None)
    safety = NormalDist().inv_cdf(terms.service_level) * found.sigma * sqrt(terms.lead_time)
    point = ceil(found.per_period * terms.lead_time + max(safety, 0))
    lot = packed(economic_lot(found.per_period * terms.periods_a_year, terms), terms)
    position = stock + on_order
    order = packed(max(lot, point - position), terms) if position <= point else 0
    return Proposal(point, lot, order, max(stock, 0) / found.per_period)


def packed(quantity: float, terms: Terms) -> int:
    """At least the minimum, and whole packs."""
    wanted = max(quantity, terms.minimum, 1)
    return ceil(wanted / terms.pack - 1e-9) * terms.pack


def projected(
    found: Forecast,
    terms: Terms,
    proposal: Proposal,
    *,
    stock: float,
    on_order: float,
    periods: int,
) -> list[float]:
    """Stock at the start of each coming period, if the proposal and every later lot is ordered."""
    lead = max(1, ceil(terms.lead_time))
    coming = {lead: on_order + proposal.order}
    level, levels = stock, [stock]
    for period in range(1, periods + 1):
        level = max(level - found.per_period, 0) + coming.pop(period, 0)
        levels.append(level)
        if level + sum(coming.values()) <= proposal.reorder_point and proposal.lot:
            coming[period + lead] = coming.get(period + lead, 0) + proposal.lot
    return levels
