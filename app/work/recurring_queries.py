"""Read recurring work: of one client in its scope, of all clients in the provider's books."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from uuid import UUID

from sqlalchemy import and_, select

from app.kernel.errors import NotFound
from app.sla.holidays import public_holidays
from app.work import period_text
from app.work.models import WorkIndex
from app.work.recurring_models import Engagement, EngagementPeriod
from app.work.rules import WorkStatus
from app.work.rules.periods import Due, Period, due_on, opens_on, period_of, periods, rule_of
from tenants.db import db

_GONE = "There is no such recurring work."
COUNTRY = "DE"
_MOST_AHEAD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A period as the calendar shows it: planned, or opened as a piece of work."""

    tenant_id: int
    engagement_id: UUID
    service_key: str
    title: str
    due_on: date
    opens_on: date
    due: Due
    period_key: str
    period_id: UUID | None = None
    item_id: UUID | None = None
    number: str = ""
    status: WorkStatus | None = None
    is_closed: bool = False
    is_paused: bool = False


@cache
def holidays_of(region: str, year: int) -> frozenset[date]:
    """Public holidays of the year and its neighbours; region: a federal state or empty."""
    years = (year - 1, year, year + 1)
    return frozenset(public_holidays(COUNTRY, years=years, state=region or None))


def engagement(engagement_id: UUID, *, tenant_id: int) -> Engagement:
    """Raises NotFound, also for another client's."""
    found = db.session.get(Engagement, engagement_id)
    if found is None or found.tenant_id != tenant_id:
        raise NotFound(_GONE)
    return found


def engagements(*, tenant_id: int) -> Sequence[Engagement]:
    """Of one client, those that have ended last."""
    query = select(Engagement).where(Engagement.tenant_id == tenant_id)
    return db.session.scalars(
        query.order_by(Engagement.ended_at.is_not(None), Engagement.title)
    ).all()


def period(period_id: UUID, *, tenant_id: int) -> EngagementPeriod:
    """Raises NotFound, also for another client's."""
    found = db.session.get(EngagementPeriod, period_id)
    if found is None or found.tenant_id != tenant_id:
        raise NotFound(_GONE)
    return found


def period_of_item(item_id: UUID, *, tenant_id: int) -> EngagementPeriod | None:
    """The period that a piece of work stands for, if it is recurring work."""
    query = select(EngagementPeriod).where(
        EngagementPeriod.tenant_id == tenant_id, EngagementPeriod.item_id == item_id
    )
    return db.session.scalar(query)


def is_closed(service_key: str, matter: str, *, tenant_id: int, on: date) -> bool:
    """Whether the day lies in a period that nothing may be changed in."""
    query = select(EngagementPeriod.id).where(
        EngagementPeriod.tenant_id == tenant_id,
        EngagementPeriod.service_key == service_key,
        EngagementPeriod.matter == matter,
        EngagementPeriod.first_on <= on,
        EngagementPeriod.last_on >= on,
        EngagementPeriod.closed_at.is_not(None),
    )
    return db.session.scalar(query) is not None


def calendar(
    *, clients: Collection[int] | None, since: date, until: date, locale: str = ""
) -> list[Coming]:
    """What is due within [since, until], opened or not, by day. None: of every client.

    Planned periods are named in `locale`, or by their keys.
    """
    planned = _planned(clients, since, until, locale=locale)
    found = [*_opened(clients, since, until), *planned]
    return sorted(found, key=lambda one: (one.due_on, one.title, one.tenant_id))


def _opened(clients: Collection[int] | None, since: date, until: date) -> list[Coming]:
    query = (
        select(EngagementPeriod, Engagement, WorkIndex.number, WorkIndex.status)
        .join(Engagement, Engagement.id == EngagementPeriod.engagement_id)
        .outerjoin(
            WorkIndex,
            and_(
                WorkIndex.tenant_id == EngagementPeriod.tenant_id,
                WorkIndex.item_id == EngagementPeriod.item_id,
            ),
        )
        .where(EngagementPeriod.due_on.between(since, until))
    )
    if clients is not None:
        query = query.where(EngagementPeriod.tenant_id.in_(clients))
    return [
        Coming(
            tenant_id=row.tenant_id,
            engagement_id=row.engagement_id,
            service_key=row.service_key,
            title=row.title,
            due_on=row.due_on,
            opens_on=row.opened_at.date(),
            due=rule_of(engagement.rule).due,
            period_key=row.period_key,
            period_id=row.id,
            item_id=row.item_id,
            number=number or "",
            status=status,
            is_closed=row.closed_at is not None,
        )
        for row, engagement, number, status in db.session.execute(query)
    ]


def _planned(
    clients: Collection[int] | None, since: date, until: date, *, locale: str
) -> list[Coming]:
    query = select(Engagement).where(Engagement.ended_at.is_(None))
    if clients is not None:
        query = query.where(Engagement.tenant_id.in_(clients))
    return [
        coming
        for one in db.session.scalars(query)
        for coming in upcoming(one, until=until, locale=locale)
        if since <= coming.due_on <= until
    ]


def upcoming(one: Engagement, *, until: date, locale: str) -> list[Coming]:
    """Periods not opened yet that are due until that day; titles in `locale`, else its key."""
    rule, found = rule_of(one.rule), []
    last = min(one.ends_on or date.max, until + timedelta(days=366))
    ahead = periods(one.next_first_on, last, rhythm=rule.rhythm)
    for period in islice(ahead, _MOST_AHEAD):
        holidays = holidays_of(one.region, period.last.year)
        due = due_on(period, rule, holidays=holidays)
        if due > until:
            break
        found.append(
            Coming(
                tenant_id=one.tenant_id,
                engagement_id=one.id,
                service_key=one.service_key,
                title=titled(one, period, locale=locale),
                due_on=due,
                opens_on=opens_on(period, rule, holidays=holidays),
                due=rule.due,
                period_key=period.key,
                is_paused=one.paused,
            )
        )
    return found


def titled(one: Engagement, period: Period, *, locale: str) -> str:
    """The title of a period's work, with its label."""
    named = period_text.label(period, locale=locale) if locale else period.key
    return f"{one.title} {named}"


def first_period(day: date, one: Engagement) -> Period:
    """The period in which the day lies."""
    return period_of(day, rule_of(one.rule).rhythm)
