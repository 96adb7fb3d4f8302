"""What a month of a client was worth to us: invoiced, less what the hours cost. Provider only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, func, select

from app.billing import agreed
from app.billing.invoice_models import Invoice, InvoiceLine
from app.billing.rules import rounding
from app.billing.rules.kinds import InvoiceState
from app.billing.rules.terms import Month
from app.identity import queries as people
from app.staffing import costs
from app.work.time_models import TimeEntry
from tenants.db import db

ZONE = "Europe/Berlin"
"""Whose months hours are counted in."""
CURRENCY = "EUR"
"""What is invoiced in another currency is not counted, and said so."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One client's one service in a month. `service_key` empty: fees, hours, credits."""

    tenant_id: int
    service_key: str
    revenue_minor: int = 0
    seconds: int = 0
    rework_seconds: int = 0
    """Of them for work that is not charged: done again, or for nothing."""
    without_rate: int = 0
    """Seconds of people whose hour has no cost: they count as nothing."""
    cost: Decimal = Decimal(0)
    rework_cost: Decimal = Decimal(0)
    uncounted: dict[str, int] = field(default_factory=dict)
    """Currency → what was invoiced in another one than we count in."""

    @property
    def cost_minor(self) -> int:
        return rounding.whole(Fraction(self.cost))

    @property
    def rework_minor(self) -> int:
        return rounding.whole(Fraction(self.rework_cost))

    @property
    def margin_minor(self) -> int:
        return self.revenue_minor - self.cost_minor

    @property
    def share(self) -> Decimal | None:
        """The margin of the revenue; None without revenue."""
        if self.revenue_minor <= 0:
            return None
        return Decimal(self.margin_minor) / self.revenue_minor

    def add(self, other: "Line") -> None:
        """Sum up."""
        self.revenue_minor += other.revenue_minor
        self.seconds += other.seconds
        self.rework_seconds += other.rework_seconds
        self.without_rate += other.without_rate
        self.cost += other.cost
        self.rework_cost += other.rework_cost
        for currency, minor in other.uncounted.items():
            self.uncounted[currency] = self.uncounted.get(currency, 0) + minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Time of one person on one day for a client's service, and what it cost."""

    tenant_id: int
    service_key: str
    account_id: UUID
    name: str
    item_id: UUID
    number: str
    billable: bool
    seconds: int
    an_hour: int | None

    @property
    def cost(self) -> Decimal:
        return costs.cost_of(self.seconds, self.an_hour or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A month: by service, and the time behind it."""

    lines: Sequence[Line]
    spent: Sequence[Spent]


def of_month(month: Month, *, tenant_id: int | None = None) -> Margin:
    """Every client's, or one's. In the provider's books."""
    spent = _spent(month, tenant_id)
    found: dict[tuple[int, str], Line] = {}
    for line in [*_revenue(month, tenant_id), *map(_of_time, spent)]:
        key = line.tenant_id, line.service_key
        found.setdefault(key, Line(tenant_id=key[0], service_key=key[1])).add(line)
    return Margin(lines=[found[key] for key in sorted(found)], spent=spent)


def newest() -> Month | None:
    """The last month that something was invoiced for."""
    query = select(func.max(Invoice.period)).where(Invoice.state == InvoiceState.ISSUED)
    first = db.session.scalar(query)
    return Month(first=first) if first else None


def by_client(lines: Iterable[Line]) -> Sequence[Line]:
    """Summed up for each client, the worst first."""
    found: dict[int, Line] = {}
    for line in lines:
        mine = found.setdefault(line.tenant_id, Line(tenant_id=line.tenant_id, service_key=""))
        mine.add(line)
    return sorted(found.values(), key=lambda one: (one.margin_minor, one.tenant_id))


def together(lines: Iterable[Line]) -> Line:
    """The sum of all."""
    total = Line(tenant_id=0, service_key="")
    for line in lines:
        total.add(line)
    return total


def _revenue(month: Month, tenant_id: int | None) -> Iterator[Line]:
    """Net, as it was invoiced for the month: corrections take off what they take back."""
    chosen: list[ColumnElement[bool]] = [
        Invoice.period == month.first,
        Invoice.state.in_((InvoiceState.ISSUED, InvoiceState.CORRECTED)),
    ]
    if tenant_id is not None:
        chosen.append(Invoice.tenant_id == tenant_id)
    names = (Invoice.tenant_id, Invoice.currency, InvoiceLine.service_key)
    query = (
        select(*names, func.sum(InvoiceLine.net_minor))
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(*chosen)
        .group_by(*names)
    )
    for client, currency, service_key, minor in db.session.execute(query):
        line, net = Line(tenant_id=client, service_key=service_key), int(minor or 0)
        if currency == CURRENCY:
            line.revenue_minor = net
        else:
            line.uncounted[currency] = net
        yield line


def _spent(month: Month, tenant_id: int | None) -> list[Spent]:
    since, until = _bounds(month)
    day = cast(func.timezone(ZONE, TimeEntry.started_at), Date)
    names = (
        TimeEntry.tenant_id, TimeEntry.service_key, TimeEntry.account_id, TimeEntry.account_name,
        TimeEntry.item_id, TimeEntry.item_number, TimeEntry.billable, day,
    )  # fmt: skip
    query = select(*names, func.sum(TimeEntry.seconds)).where(
        TimeEntry.seconds.is_not(None), TimeEntry.started_at >= since, TimeEntry.started_at < until
    )
    if tenant_id is not None:
        query = query.where(TimeEntry.tenant_id == tenant_id)
    rates, roles = costs.rates(), {one.id: one.roles for one in people.colleagues()}
    return [
        Spent(
            tenant_id=row[0], service_key=row[1], account_id=row[2], name=row[3], item_id=row[4],
            number=row[5], billable=row[6], seconds=int(row[8] or 0),
            an_hour=rates.an_hour(row[2], roles.get(row[2], frozenset()), on=row[7]),
        )
        for row in db.session.execute(query.group_by(*names).order_by(day, *names))
    ]  # fmt: skip


def _bounds(month: Month) -> tuple[datetime, datetime]:
    return agreed.begin_of(month.first, ZONE), agreed.begin_of(month.following, ZONE)


def _of_time(one: Spent) -> Line:
    return Line(
        tenant_id=one.tenant_id,
        service_key=one.service_key,
        seconds=one.seconds,
        rework_seconds=0 if one.billable else one.seconds,
        without_rate=one.seconds if one.an_hour is None else 0,
        cost=one.cost,
        rework_cost=Decimal(0) if one.billable else one.cost,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A person's time."""

    name: str
    """The last that the person had."""
    seconds: int
    cost: Decimal

    @property
    def cost_minor(self) -> int:
        return rounding.whole(Fraction(self.cost))


def people_of(spent: Iterable[Spent]) -> Sequence[Worked]:
    """Who worked, the dearest first; `spent` by day."""
    found: dict[UUID, list[Spent]] = {}
    for one in spent:
        found.setdefault(one.account_id, []).append(one)
    rows = [
        Worked(
            name=mine[-1].name, seconds=sum(one.seconds for one in mine),
            cost=sum((one.cost for one in mine), Decimal(0)),
        )
        for mine in found.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (-one.cost, one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """Time for one piece of work that is not charged."""

    item_id: UUID
    number: str
    service_key: str
    seconds: int
    cost: Decimal

    @property
    def cost_minor(self) -> int:
        return rounding.whole(Fraction(self.cost))


def rework_of(spent: Iterable[Spent]) -> Sequence[Redone]:
    """Work that is not charged, the dearest first."""
    found: dict[UUID, list[Spent]] = {}
    for one in spent:
        if not one.billable:
            found.setdefault(one.item_id, []).append(one)
    rows = [
        Redone(
            item_id=key, number=mine[0].number, service_key=mine[0].service_key,
            seconds=sum(one.seconds for one in mine),
            cost=sum((one.cost for one in mine), Decimal(0)),
        )
        for key, mine in found.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (-one.cost, one.number))
