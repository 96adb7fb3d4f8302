"""How a client's promises were kept, month by month: sums over outcomes, made by the database.

The share of promises met counts what was *completed* in the period: met against breached. What is
late and still open, excused or cancelled stands beside it and never in it. A period begins and
ends at midnight in the zone of the client's contract.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from app.sla.outcome_models import SlaOutcome
from app.sla.rules.clock_state import Split, State
from app.sla.rules.policy import Metric
from tenants.db import db


class Ending(StrEnum):
    """How a promise can stand in a report: every outcome is exactly one of these."""

    MET = "met"
    BREACHED = "breached"
    """Completed after its due time."""
    OPEN_BREACHED = "open_breached"
    """Late, and not completed yet; in the month in which it became late."""
    EXCUSED = "excused"
    CANCELLED = "cancelled"


_O = SlaOutcome
_FINISHED = _O.finished_at.is_not(None)
_CONDITIONS: dict[Ending, ColumnElement[bool]] = {
    Ending.MET: and_(_O.state == State.MET, ~_O.is_excused),
    Ending.BREACHED: and_(_O.state == State.BREACHED, _FINISHED, ~_O.is_excused),
    Ending.OPEN_BREACHED: and_(_O.state == State.BREACHED, ~_FINISHED, ~_O.is_excused),
    Ending.EXCUSED: and_(_O.state != State.CANCELLED, _O.is_excused),
    Ending.CANCELLED: _O.state == State.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many promises ended which way."""

    counts: Mapping[Ending, int] = field(default_factory=dict)

    def __getitem__(self, ending: Ending) -> int:
        return self.counts.get(ending, 0)

    @property
    def completed(self) -> int:
        """What the share is taken of."""
        return self[Ending.MET] + self[Ending.BREACHED]

    @property
    def share(self) -> float | None:
        """Met of completed, 0 to 1; None where nothing was completed."""
        return self[Ending.MET] / self.completed if self.completed else None

    @property
    def total(self) -> int:
        """Everything that is counted anywhere."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One month of one service's one metric. `split`: whose the seconds of what ended were."""

    month: date
    service_key: str
    metric: Metric
    figures: Figures
    split: Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which outcomes: counted in [since, until); what is empty means any."""

    since: datetime
    until: datetime
    service_key: str = ""
    metrics: frozenset[Metric] = frozenset()
    ending: Ending | None = None


def period(first: date, *, following: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight of `first` until before midnight of `following`, in that zone."""
    info = ZoneInfo(zone)
    return datetime.combine(first, time(), info), datetime.combine(following, time(), info)


def last_quarter(today: date) -> tuple[date, date]:
    """The first day of the last full quarter, and the first day after it."""
    begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    months = begins.year * 12 + begins.month - 1 - 3
    return date(months // 12, months % 12 + 1, 1), begins


def by_month(wanted: Wanted, *, zone: str) -> Sequence[Line]:
    """Months of that zone, services and metrics in which something was counted, in that order."""
    month = func.date_trunc("month", func.timezone(zone, _O.counted_at)).label("month")
    seconds = [
        func.coalesce(func.sum(column).filter(_FINISHED), 0)
        for column in (
            _O.provider_seconds,
            _O.client_seconds,
            _O.third_party_seconds,
            _O.closed_seconds,
        )
    ]
    counts = [func.count().filter(_CONDITIONS[ending]) for ending in Ending]
    query = (
        select(month, _O.service_key, _O.metric, *counts, *seconds)
        .where(*_conditions(wanted))
        .group_by(month, _O.service_key, _O.metric)
        .order_by(month, _O.service_key, _O.metric)
    )
    places = len(Ending) + 3
    return [
        Line(
            month=row[0].date(),
            service_key=row[1],
            metric=row[2],
            figures=Figures(counts=dict(zip(Ending, row[3:places], strict=True))),
            split=Split(**dict(zip(_WHOSE, map(int, row[places:]), strict=True))),
        )
        for row in db.session.execute(query)
    ]


_WHOSE = ("provider", "client", "third_party", "closed")


def outcomes(
    wanted: Wanted, *, before: tuple[datetime, UUID, int] | None = None, limit: int = 50
) -> Sequence[SlaOutcome]:
    """The outcomes behind a figure, the newest first.

    `before`: `counted_at`, clock and cycle of the last of the page before.
    """
    place = tuple_(_O.counted_at, _O.clock_id, _O.cycle)
    query = select(_O).where(*_conditions(wanted))
    if before is not None:
        query = query.where(place < before)
    query = query.order_by(_O.counted_at.desc(), _O.clock_id.desc(), _O.cycle.desc())
    return db.session.scalars(query.limit(limit)).all()


def services_measured() -> Sequence[str]:
    """The services that have outcomes, by key."""
    return db.session.scalars(select(_O.service_key).distinct().order_by(_O.service_key)).all()


def first_counted() -> datetime | None:
    """When the first outcome of this client counts; None where there is none yet."""
    return db.session.scalar(select(func.min(_O.counted_at)))


def ending_of(outcome: SlaOutcome) -> Ending:
    """Which figure an outcome is counted in: as the conditions above say it to the database."""
    if outcome.state is State.CANCELLED:
        return Ending.CANCELLED
    if outcome.is_excused:
        return Ending.EXCUSED
    if outcome.state is State.MET:
        return Ending.MET
    return Ending.OPEN_BREACHED if outcome.finished_at is None else Ending.BREACHED


def together(lines: Iterable[Figures]) -> Figures:
    """The sum of figures."""
    sums = dict.fromkeys(Ending, 0)
    for line in lines:
        for ending in Ending:
            sums[ending] += line[ending]
    return Figures(counts=sums)


def splits_together(splits: Iterable[Split]) -> Split:
    """The sum of splits."""
    provider = client = third_party = closed = 0
    for split in splits:
        provider += split.provider
        client += split.client
        third_party += split.third_party
        closed += split.closed
    return Split(provider=provider, client=client, third_party=third_party, closed=closed)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_O.counted_at >= wanted.since, _O.counted_at < wanted.until]
    if wanted.service_key:
        conditions.append(_O.service_key == wanted.service_key)
    if wanted.metrics:
        conditions.append(_O.metric.in_(sorted(wanted.metrics)))
    if wanted.ending is not None:
        conditions.append(_CONDITIONS[wanted.ending])
    return conditions
