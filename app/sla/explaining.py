"""Tell the whole story of a subject's promises: every clock, every cycle, by which versions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.kernel.clock import now
from app.sla import queries, standing, terms
from app.sla.models import (
    CalendarVersion,
    SlaClock,
    SlaCorrection,
    SlaEvent,
    SlaPolicyVersion,
    SlaTerms,
    WorkingCalendar,
)
from app.sla.queries import ClockView
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import Cycle
from app.sla.rules.opening_hours import OpeningHours, Shifts, zone_info
from app.sla.rules.policy import Metric, Policy
from app.sla.rules.timeline import Interval, timeline
from tenants.db import db

CLIENTS_METRICS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
"""What is promised to the client. The others are promises inside the house."""
CLIENTS_KINDS = frozenset(
    {
        Kind.OPENED,
        Kind.CLIENT_MESSAGE,
        Kind.PROVIDER_MESSAGE,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.RESOLVED,
        Kind.REOPENED,
        Kind.CANCELLED,
        Kind.TARGET_CHANGED,
        Kind.DUE_SET,
        Kind.EXCUSED,
        Kind.POLICY_CHANGED,
        Kind.MOVED,
        Kind.MERGED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where terms come from. Without a number: the contract's own line, or usual office hours."""

    name: str
    number: int | None
    since: datetime | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionalDay:
    """A day that the calendar writes down: a holiday, a closure, other hours."""

    day: date
    shifts: Shifts
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStory:
    """One cycle and the intervals it consists of, in order and without gaps."""

    number: int
    cycle: Cycle
    intervals: Sequence[Interval]


@dataclass(frozen=True, kw_only=True)
class ToldClock:
    """One clock with everything the fold says of it. Times are told in its calendar's zone."""

    clock: ClockView
    cycles: Sequence[CycleStory]
    policy: Policy
    hours: OpeningHours

    @property
    def zone(self) -> str:
        return self.hours.zone

    @property
    def last(self) -> Cycle | None:
        """The cycle that counts now."""
        return self.cycles[-1].cycle if self.cycles else None


@dataclass(frozen=True, kw_only=True)
class ClockStory(ToldClock):
    """And by which versions, and what was changed by hand."""

    calendar: Source
    agreement: Source
    exceptions: Sequence[ExceptionalDay]
    """Days of its life (of the first year of it) whose hours are not the week's."""
    corrections: Sequence[SlaCorrection]
    """What was moved by hand or by a corrected calendar: before, after, who and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All clocks of a subject, and the events they follow from."""

    clocks: Sequence[ClockStory]
    events: Sequence[SlaEvent]


def clocks(subject_id: UUID, *, metrics: Collection[Metric]) -> list[ToldClock]:
    """The clocks of these metrics that ever ran, judged now; empty where nothing is promised."""
    return [ToldClock(**told) for _, told in _told(subject_id, metrics) if told["cycles"]]


def story(subject_id: UUID, *, metrics: Collection[Metric], for_client: bool = False) -> Story:
    """The same with versions, corrections and events.

    `for_client`: without the events that stay inside the house (notes, steps, subcontractors).
    """
    corrections = _corrections(subject_id)
    return Story(
        clocks=[
            ClockStory(
                **told,
                calendar=_calendar_source(row),
                agreement=_agreement_source(row),
                exceptions=_exceptions(told["cycles"], told["hours"], row.calendar_digest),
                corrections=[one for one in corrections if one.metric is row.metric],
            )
            for row, told in _told(subject_id, metrics)
            if told["cycles"]
        ],
        events=[
            event
            for event in _events(subject_id)
            if not for_client or (event.kind in CLIENTS_KINDS and event.metric in _CLIENTS_OR_ANY)
        ],
    )


_CLIENTS_OR_ANY = frozenset({None, *CLIENTS_METRICS})


def _told(
    subject_id: UUID, metrics: Collection[Metric]
) -> Iterator[tuple[SlaClock, dict[str, Any]]]:
    at, log = now(), standing.events(subject_id)
    for row in sorted(standing.clocks(subject_id), key=lambda one: _place(one.metric)):
        if row.metric not in metrics:
            continue
        judged = standing.judge(row, log, at=at)
        calendar = terms.compiled(row.calendar_digest)
        yield (
            row,
            {
                "clock": queries.view(judged),
                "cycles": [
                    CycleStory(
                        number=number, cycle=cycle, intervals=timeline(cycle, calendar=calendar)
                    )
                    for number, cycle in enumerate(judged.state.cycles, start=1)
                ],
                "policy": judged.policy,
                "hours": calendar.definition,
            },
        )


def _place(metric: Metric) -> int:
    return list(Metric).index(metric)


def _exceptions(
    cycles: Sequence[CycleStory], hours: OpeningHours, digest: str
) -> list[ExceptionalDay]:
    zone = zone_info(hours.zone)
    begins = cycles[0].cycle.started_at
    ends = [part.end for one in cycles for part in one.intervals] or [begins]
    first, last = (at.astimezone(zone).date() for at in (begins, max(ends)))
    days = (first + timedelta(days=count) for count in range(min((last - first).days, _YEAR) + 1))
    differing = [day for day in days if hours.shifts_on(day) != hours.week[day.weekday()]]
    if not differing:
        return []
    query = select(SlaTerms.definition["names"]).where(SlaTerms.digest == digest)
    names = db.session.scalar(query) or {}
    return [
        ExceptionalDay(
            day=day,
            shifts=hours.shifts_on(day),
            name=names.get(day.isoformat()) or names.get(f"{day:%m-%d}", ""),
        )
        for day in differing
    ]


_YEAR = 366


def _corrections(subject_id: UUID) -> Sequence[SlaCorrection]:
    query = select(SlaCorrection).where(SlaCorrection.subject_id == subject_id)
    return db.session.scalars(query.order_by(SlaCorrection.at, SlaCorrection.id)).all()


def _events(subject_id: UUID) -> Sequence[SlaEvent]:
    query = select(SlaEvent).where(SlaEvent.subject_id == subject_id)
    return db.session.scalars(query.order_by(SlaEvent.at, SlaEvent.number)).all()


def _calendar_source(clock: SlaClock) -> Source:
    query = (
        select(WorkingCalendar.name, CalendarVersion.number, CalendarVersion.created_at)
        .join(CalendarVersion, CalendarVersion.calendar_id == WorkingCalendar.id)
        .where(CalendarVersion.id == _version_of(clock.calendar_digest))
    )
    return _source(db.session.execute(query).first(), clock.calendar_digest)


def _agreement_source(clock: SlaClock) -> Source:
    query = select(SlaPolicyVersion.number, SlaPolicyVersion.valid_from).where(
        SlaPolicyVersion.id == _version_of(clock.agreement_digest)
    )
    row = db.session.execute(query).first()
    return _source(None if row is None else ("", *row), clock.agreement_digest)


def _version_of(digest: str) -> Any:
    return select(SlaTerms.version_id).where(SlaTerms.digest == digest).scalar_subquery()


def _source(row: Any, digest: str) -> Source:
    if row is None:
        return Source(name="", number=None, since=None, digest=digest)
    name, number, since = row
    return Source(name=name, number=number, since=since, digest=digest)
