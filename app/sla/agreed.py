"""What is agreed with a client, as the desk's pages show it: read in the provider's books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.kernel.errors import NotFound
from app.sla import calendar_import, terms
from app.sla.models import CalendarVersion, SlaPolicy, SlaPolicyVersion, WorkingCalendar
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a calendar or a policy; number 0: what holds where nothing was saved."""

    id: UUID | None
    number: int
    definition: Mapping[str, Any]
    author_name: str = ""
    note: str = ""
    created_at: datetime | None = None
    valid_from: datetime | None = None
    """Of a policy only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedCalendar:
    """A calendar with its versions, the newest first."""

    id: UUID | None
    key: str
    name: str
    versions: Sequence[Version]

    @property
    def newest(self) -> Version:
        return self.versions[0]

    def version(self, number: int) -> Version:
        """Raises NotFound."""
        return _of_number(self.versions, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedPolicy:
    """A policy with its versions, the newest first."""

    id: UUID
    service_key: str | None
    type_key: str | None
    priority: int | None
    calendar_key: str
    versions: Sequence[Version]

    @property
    def newest(self) -> Version:
        return self.versions[0]

    def version(self, number: int) -> Version:
        """Raises NotFound."""
        return _of_number(self.versions, number)

    def in_force(self, *, at: datetime) -> Version | None:
        """What holds for work received then; None: nothing yet."""
        begun = [one for one in self.versions if one.valid_from and one.valid_from <= at]
        return max(begun, key=lambda one: (one.valid_from, one.number), default=None)


def calendars(tenant_id: int | None) -> Sequence[AgreedCalendar]:
    """The client's calendars by name (None: the provider's templates)."""
    query = (
        select(WorkingCalendar, CalendarVersion)
        .join(CalendarVersion, CalendarVersion.calendar_id == WorkingCalendar.id)
        .where(WorkingCalendar.tenant_id.is_not_distinct_from(tenant_id))
        .order_by(WorkingCalendar.name, WorkingCalendar.id, CalendarVersion.number.desc())
    )
    rows: dict[UUID, tuple[WorkingCalendar, list[Version]]] = {}
    for calendar, version in db.session.execute(query):
        _, versions = rows.setdefault(calendar.id, (calendar, []))
        versions.append(_calendar_version(version))
    return [
        AgreedCalendar(id=calendar.id, key=calendar.key, name=calendar.name, versions=versions)
        for calendar, versions in rows.values()
    ]


def calendar(tenant_id: int | None, key: str) -> AgreedCalendar:
    """Raises NotFound."""
    for one in calendars(tenant_id):
        if one.key == key:
            return one
    raise NotFound("There is no such calendar.")


def client_calendar(tenant_id: int, key: str, *, zone: str, at: datetime) -> AgreedCalendar:
    """The client's calendar; where it has no default one, the office hours that hold instead."""
    for one in calendars(tenant_id):
        if one.key == key:
            return one
    if key != terms.DEFAULT_CALENDAR:
        raise NotFound("There is no such calendar.")
    hours = terms.usual_hours(zone, at.year)
    names = {
        one.first.isoformat(): one.name
        for one in calendar_import.public_holidays(
            "DE", years=sorted({int(day[:4]) for day in hours["holidays"]})
        )
    }
    usual = Version(id=None, number=0, definition={**hours, "names": names})
    return AgreedCalendar(id=None, key=key, name="", versions=[usual])


def policies(tenant_id: int) -> Sequence[AgreedPolicy]:
    """The client's policies, the most specific first: the order in which they are tried."""
    query = (
        select(SlaPolicy, SlaPolicyVersion)
        .join(SlaPolicyVersion, SlaPolicyVersion.policy_id == SlaPolicy.id)
        .where(SlaPolicy.tenant_id == tenant_id)
        .order_by(
            SlaPolicy.type_key.is_(None),
            SlaPolicy.service_key.is_(None),
            SlaPolicy.priority.is_(None),
            SlaPolicy.service_key,
            SlaPolicy.type_key,
            SlaPolicy.priority.desc(),
            SlaPolicyVersion.number.desc(),
        )
    )
    rows: dict[UUID, tuple[SlaPolicy, list[Version]]] = {}
    for policy, version in db.session.execute(query):
        _, versions = rows.setdefault(policy.id, (policy, []))
        versions.append(_policy_version(version))
    return [
        AgreedPolicy(
            id=policy.id,
            service_key=policy.service_key,
            type_key=policy.type_key,
            priority=policy.priority,
            calendar_key=policy.calendar_key,
            versions=versions,
        )
        for policy, versions in rows.values()
    ]


def policy(tenant_id: int, policy_id: UUID) -> AgreedPolicy:
    """Raises NotFound."""
    for one in policies(tenant_id):
        if one.id == policy_id:
            return one
    raise NotFound("There is no such policy.")


def _calendar_version(row: CalendarVersion) -> Version:
    return Version(
        id=row.id,
        number=row.number,
        definition=row.definition,
        author_name=row.author_name,
        note=row.note,
        created_at=row.created_at,
    )


def _policy_version(row: SlaPolicyVersion) -> Version:
    return Version(
        id=row.id,
        number=row.number,
        definition=row.definition,
        author_name=row.author_name,
        note=row.note,
        created_at=row.created_at,
        valid_from=row.valid_from,
    )


def _of_number(versions: Sequence[Version], number: int) -> Version:
    for one in versions:
        if one.number == number:
            return one
    raise NotFound("There is no such version.")
