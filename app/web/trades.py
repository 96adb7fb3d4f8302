"""Names of trades of services and of industries of clients."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from flask_babel import gettext as _

from app.catalogue.service import Industry

Thing = TypeVar("Thing")


def by_trade(things: Iterable[Thing], trade_of: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """Heading of a trade → what belongs there, in the catalogue's order; a trade that a provider
    added stands before everything else.
    """
    found: dict[str, list[Thing]] = {}
    for one in things:
        found.setdefault(trade_of(one), []).append(one)
    titles = _titles()
    order = {trade: place for place, trade in enumerate(titles)}
    trades = sorted(found, key=lambda trade: order.get(trade, order["general"] - 0.5))
    return {titles.get(trade, trade): found[trade] for trade in trades}


def _titles() -> dict[str, str]:
    """In the order in which people look for them."""
    return {
        "accounting": _("Accounting"),
        "banking": _("Payments"),
        "hr": _("People and payroll"),
        "logistics": _("Orders and logistics"),
        "customer": _("Customer service"),
        "health": _("Health"),
        "it": _("IT"),
        "data": _("Data"),
        "general": _("Everything else"),
    }


def industry_title(industry: Industry) -> str:
    """An industry's package, as a client would call itself."""
    return {
        Industry.FINANCE: _("Finance"),
        Industry.IT: _("IT companies"),
        Industry.HEALTH: _("Health care"),
        Industry.RETAIL: _("Retail"),
        Industry.LOGISTICS: _("Logistics"),
        Industry.TELECOM: _("Telecommunications"),
    }[industry]
