"""Terms and entries for the tests of the rating: values only, no database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.billing.rules.kinds import LineKind, PriceModel
from app.billing.rules.terms import Month, Terms, TermsLine, Tier, Usage
from app.kernel.ids import new_id

OCTOBER = Month(first=date(2026, 10, 1))
TIERS = (
    Tier(up_to=Decimal(100), price=Decimal("1.20")),
    Tier(up_to=Decimal(250), price=Decimal("0.90")),
    Tier(up_to=None, price=Decimal("0.70")),
)


def some_terms(
    *lines: TermsLine, since: str = "2026-01-01", until: str | None = None, **more: Any
) -> Terms:
    """A version with these lines."""
    values: dict[str, Any] = {"currency": "EUR", **more}
    return Terms(
        id=new_id(),
        valid_from=date.fromisoformat(since),
        valid_until=date.fromisoformat(until) if until else None,
        lines=lines,
        **values,
    )


def a_line(kind: LineKind, **more: Any) -> TermsLine:
    """A line; of the service `ap` where it has one."""
    service = "ap" if kind in (LineKind.UNIT_PRICE, LineKind.ALLOWANCE) else ""
    values: dict[str, Any] = {"key": kind.value, "service_key": service, **more}
    return TermsLine(id=new_id(), kind=kind, **values)


def flat(price: str, **more: Any) -> TermsLine:
    """A unit price."""
    return a_line(LineKind.UNIT_PRICE, unit_price=Decimal(price), **more)


def tiered(model: PriceModel, **more: Any) -> TermsLine:
    """1.20 up to 100, 0.90 up to 250, 0.70 beyond."""
    return a_line(LineKind.UNIT_PRICE, price_model=model, tiers=TIERS, **more)


def used(quantity: str, day: int = 5, **more: Any) -> Usage:
    """An entry of October 2026."""
    at = datetime(2026, 10, 1, 10, tzinfo=UTC) + timedelta(days=day - 1)
    values: dict[str, Any] = {
        "service_key": "ap",
        "role": "",
        "unit_price": Decimal("2.50"),
        "currency": "EUR",
        "performed_at": at,
        "performed_on": at.date(),
        **more,
    }
    return Usage(id=new_id(), quantity=Decimal(quantity), **values)
