"""How far a client's included units reach in the month that runs. In its scope or the books'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.billing import agreed, overview
from app.billing.models import UsageEntry
from app.billing.rules.kinds import LineKind
from app.billing.rules.terms import Month, TermsLine
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceUse:
    """The included units of a service this month."""

    service_key: str
    available: Decimal
    """With what was rolled over."""
    used: Decimal
    expected: Decimal
    """At the month's end, if it goes on as until now."""

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.available

    @property
    def will_exceed(self) -> bool:
        """Worth a warning: what exceeds is charged by the unit."""
        return self.expected > self.available


def allowances(tenant_id: int, *, at: datetime) -> Sequence[AllowanceUse]:
    """Of the terms in force; straight on from the days that are over."""
    version = overview.version_in_force(tenant_id, on=at.date())
    if version is None:
        return []
    today = at.astimezone(ZoneInfo(version.zone)).date()
    month = Month(first=today.replace(day=1))
    used = _used(tenant_id, month, version.zone)
    gone = Fraction((today - month.first).days + 1, (month.last - month.first).days + 1)
    last = overview.latest_allowances(tenant_id)
    rolled = last[1] if last is not None and last[0] == month.before.first else {}
    (terms,) = agreed.terms([version])
    return [
        _use(line, used.get(line.service_key, Decimal(0)), gone, rolled.get(line.key, {}))
        for line in terms.of_kind(LineKind.ALLOWANCE)
    ]


def _use(line: TermsLine, used: Decimal, gone: Fraction, rolled: Mapping[str, str]) -> AllowanceUse:
    left = Decimal(rolled.get("left", "0"))
    expected = Fraction(used) / gone
    whole = Decimal(expected.numerator) / Decimal(expected.denominator)
    return AllowanceUse(
        service_key=line.service_key,
        available=line.included + (left if line.roll_over else Decimal(0)),
        used=used,
        expected=whole.quantize(Decimal(1), rounding=ROUND_HALF_UP),
    )


def _used(tenant_id: int, month: Month, zone: str) -> dict[str, Decimal]:
    query = (
        select(UsageEntry.service_key, func.sum(UsageEntry.quantity))
        .where(
            UsageEntry.tenant_id == tenant_id,
            UsageEntry.role == "",
            UsageEntry.performed_at >= agreed.begin_of(month.first, zone),
            UsageEntry.performed_at < agreed.begin_of(month.following, zone),
        )
        .group_by(UsageEntry.service_key)
    )
    return {key: Decimal(units) for key, units in db.session.execute(query)}
