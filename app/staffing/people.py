"""Everybody at the desk with what they can do, whom they serve and whether they are there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.staffing import walls
from app.staffing.models import StaffAbsence, StaffClient, StaffShift, StaffSkill
from app.staffing.rules import Held, Shift, is_on_shift
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What one person can do, for whom, and when."""

    skills: Mapping[str, Held]
    clients: frozenset[int]
    """Empty: every client."""
    kept_from: frozenset[int]
    """Clients behind an ethical wall."""
    shifts: Sequence[Shift]
    is_away: bool

    def serves(self, tenant_id: int) -> bool:
        """Whether this person may work for the client."""
        return tenant_id not in self.kept_from and (not self.clients or tenant_id in self.clients)

    def is_there(self, at: datetime, *, zone: str) -> bool:
        """Neither absent nor off duty."""
        return not self.is_away and is_on_shift(self.shifts, at, zone=zone)


def ability(account_id: UUID) -> Ability:
    """Of one person, in the provider's books."""
    return abilities([account_id])[account_id]


def abilities(account_ids: Iterable[UUID]) -> dict[UUID, Ability]:
    """Of several, in the provider's books."""
    wanted = list(account_ids)
    skills: defaultdict[UUID, dict[str, Held]] = defaultdict(dict)
    for one in db.session.scalars(select(StaffSkill).where(StaffSkill.account_id.in_(wanted))):
        skills[one.account_id][one.skill] = Held(level=one.level, expires_on=one.expires_on)
    clients: defaultdict[UUID, set[int]] = defaultdict(set)
    for row in db.session.scalars(select(StaffClient).where(StaffClient.account_id.in_(wanted))):
        clients[row.account_id].add(row.tenant_id)
    hours: defaultdict[UUID, list[Shift]] = defaultdict(list)
    query = select(StaffShift).where(StaffShift.account_id.in_(wanted))
    for shift in db.session.scalars(query.order_by(StaffShift.weekday)):
        hours[shift.account_id].append(
            Shift(weekday=shift.weekday, begins=shift.begins, ends=shift.ends)
        )
    away = _away()
    return {
        key: Ability(
            skills=skills[key],
            clients=frozenset(clients[key]),
            kept_from=walls.kept_from(key),
            shifts=hours[key],
            is_away=key in away,
        )
        for key in wanted
    }


def _away() -> frozenset[UUID]:
    today = now().date()
    query = select(StaffAbsence.account_id).where(
        StaffAbsence.starts_on <= today, StaffAbsence.ends_on >= today
    )
    return frozenset(db.session.scalars(query))


def set_shifts(*, actor: Actor, account_id: UUID, shifts: Sequence[Shift]) -> None:
    """Replace somebody's weekly hours, one shift a day; none means always.

    Raises Forbidden, Invalid.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    if any(shift.begins == shift.ends for shift in shifts):
        raise Invalid(fields={"shifts": ["A shift begins and ends at different times."]})
    db.session.execute(delete(StaffShift).where(StaffShift.account_id == account_id))
    for shift in shifts:
        db.session.add(
            StaffShift(
                account_id=account_id,
                weekday=shift.weekday,
                begins=shift.begins,
                ends=shift.ends,
            )
        )
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="staff.shifts_set",
        subject_type="account",
        subject_id=account_id,
        detail={"days": [shift.weekday for shift in shifts]},
    )
