"""Which terms hold for an item: found in the client's own rows, pinned by content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from app.sla import holidays
from app.sla.models import (
    CalendarVersion,
    SlaPolicy,
    SlaPolicyVersion,
    SlaTerms,
    WorkingCalendar,
)
from app.sla.rules import agreement as agreements
from app.sla.rules import wire
from app.sla.rules.agreement import Agreement
from app.sla.rules.calendar import Calendar
from app.sla.rules.policy import Metric, Target
from tenants.context import current_tenant
from tenants.db import db

DEFAULT_CALENDAR = "default"
_YEARS_BACK = 2
_YEARS_AHEAD = 5
_COMPILED = 2048
"""Calendars that are kept expanded in a process: some 50 kB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Terms as they are stored, and the version they come from, if any."""

    value: Mapping[str, Any]
    version_id: UUID | None = None

    @property
    def digest(self) -> str:
        return agreements.digest(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is promised for an item, and in whose hours."""

    agreement: Definition
    calendar: Definition
    calendar_key: str = DEFAULT_CALENDAR
    policy_id: UUID | None = None
    """None: what the contract promises, without a policy of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What policies choose by."""

    service_key: str
    type_key: str
    priority: int | None


def find(
    work: Work, *, at: datetime, promised: Mapping[Metric, Target] | None = None
) -> Terms | None:
    """The most specific policy of the client for such work, else what its contract promises.

    More specific is: the type before the service before the priority; equals cannot be, the table
    forbids them. None: nothing is promised, the work is unmeasured.
    """
    policy_id: UUID | None = None
    row = db.session.execute(_matching(work, at)).first()
    if row is not None:
        calendar_key, version = row
        chosen = Definition(value=version.definition, version_id=version.id)
        policy_id = version.policy_id
    elif promised:
        calendar_key = DEFAULT_CALENDAR
        chosen = Definition(value=agreements.agreement_json(agreements.promised(promised)))
    else:
        return None
    return Terms(
        agreement=chosen,
        calendar=client_calendar(calendar_key, at=at),
        calendar_key=calendar_key,
        policy_id=policy_id,
    )


def of_policy(policy_id: UUID, *, at: datetime) -> Terms | None:
    """What the client's policy says at that time, for whatever work; None: it says nothing yet."""
    version = db.session.scalars(
        select(SlaPolicyVersion)
        .where(SlaPolicyVersion.policy_id == policy_id, SlaPolicyVersion.valid_from <= at)
        .order_by(SlaPolicyVersion.valid_from.desc(), SlaPolicyVersion.number.desc())
        .limit(1)
    ).first()
    policy = db.session.get(SlaPolicy, policy_id)
    if version is None or policy is None:
        return None
    return Terms(
        agreement=Definition(value=version.definition, version_id=version.id),
        calendar=client_calendar(policy.calendar_key, at=at),
        calendar_key=policy.calendar_key,
        policy_id=policy_id,
    )


def _matching(work: Work, at: datetime):  # type: ignore[no-untyped-def]
    def fits(column: Any, value: object) -> Any:
        return or_(column.is_(None), column == value)

    return (
        select(SlaPolicy.calendar_key, SlaPolicyVersion)
        .join(SlaPolicyVersion, SlaPolicyVersion.policy_id == SlaPolicy.id)
        .where(
            SlaPolicy.tenant_id == current_tenant().id,
            SlaPolicyVersion.valid_from <= at,
            and_(
                fits(SlaPolicy.service_key, work.service_key),
                fits(SlaPolicy.type_key, work.type_key),
                fits(SlaPolicy.priority, work.priority),
            ),
        )
        .order_by(
            SlaPolicy.type_key.is_(None),
            SlaPolicy.service_key.is_(None),
            SlaPolicy.priority.is_(None),
            SlaPolicyVersion.valid_from.desc(),
            SlaPolicyVersion.number.desc(),
        )
        .limit(1)
    )


def client_calendar(key: str = DEFAULT_CALENDAR, *, at: datetime) -> Definition:
    """The newest version of the client's calendar; without one, German office hours.

    The default has the nation's public holidays; a client's state is a matter of its calendar.
    """
    tenant = current_tenant()
    version = db.session.scalars(
        select(CalendarVersion)
        .join(WorkingCalendar, WorkingCalendar.id == CalendarVersion.calendar_id)
        .where(WorkingCalendar.tenant_id == tenant.id, WorkingCalendar.key == key)
        .order_by(CalendarVersion.number.desc())
        .limit(1)
    ).first()
    if version is not None:
        return Definition(value=version.definition, version_id=version.id)
    return Definition(value=usual_hours(tenant.zone, at.year))


@lru_cache
def usual_hours(zone: str, year: int) -> dict[str, Any]:
    """German office hours around that year: what holds where a client has no calendar."""
    years = range(year - _YEARS_BACK, year + _YEARS_AHEAD + 1)
    return holidays.office_hours(country="DE", years=years, zone=zone)


def pin(terms: Terms) -> None:
    """Keep the terms as values in the client's schema, once each."""
    _pin(terms.agreement, terms.calendar)


def pin_calendar(calendar: Definition) -> None:
    """The same for a calendar alone."""
    _pin(calendar)


def _pin(*definitions: Definition) -> None:
    rows = [
        {
            "digest": definition.digest,
            "definition": definition.value,
            "version_id": definition.version_id,
        }
        for definition in definitions
    ]
    statement = insert_or_skip(SlaTerms).values(rows).on_conflict_do_nothing()
    db.session.execute(statement)


# Keyed by content, not by client: equal calendars are one, whoever works by them.
_calendars: dict[str, Calendar] = {}
_agreements: dict[str, Agreement] = {}


def _make_room(known: dict[str, Any]) -> None:
    """The oldest goes: a ticker that walks over many clients must not begin anew each time."""
    if len(known) >= _COMPILED:
        known.pop(next(iter(known)), None)


def compiled(digest: str) -> Calendar:
    """The compiled calendar of pinned terms; read and expanded once in a process."""
    known = _calendars.get(digest)
    return known or calendar_of(Definition(value=definition(digest)))


def calendar_of(definition: Definition) -> Calendar:
    """The compiled calendar of terms that need not be pinned yet."""
    digest = definition.digest
    known = _calendars.get(digest)
    if known is None:
        _make_room(_calendars)
        known = _calendars[digest] = Calendar(wire.opening_hours(definition.value))
    return known


def agreed(digest: str) -> Agreement:
    """The agreement of pinned terms."""
    known = _agreements.get(digest)
    if known is None:
        _make_room(_agreements)
        known = _agreements[digest] = agreements.agreement(definition(digest))
    return known


def definition(digest: str) -> dict[str, Any]:
    """Pinned terms as they are stored."""
    query = select(SlaTerms.definition).where(SlaTerms.digest == digest)
    found: dict[str, Any] = db.session.scalars(query).one()
    return found
