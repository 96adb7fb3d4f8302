"""Say what an operator can do and for whom."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.staffing.models import StaffAbsence, StaffClient, StaffSkill
from app.staffing.rules import Held
from tenants.db import db


def set_skills(*, actor: Actor, account_id: UUID, skills: Mapping[str, date | Held | None]) -> None:
    """Replace the operator's skills: skill → level and the day its certificate ends.

    The day alone, or None, stands for somebody who works alone.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    db.session.execute(delete(StaffSkill).where(StaffSkill.account_id == account_id))
    for skill, given in skills.items():
        held = given if isinstance(given, Held) else Held(level=2, expires_on=given)
        db.session.add(
            StaffSkill(
                account_id=account_id, skill=skill, level=held.level, expires_on=held.expires_on
            )
        )
    db.session.flush()


def set_clients(*, actor: Actor, account_id: UUID, tenant_ids: Iterable[int]) -> None:
    """Restrict the operator to these clients; none means every client."""
    actor.require(Permission.PEOPLE_MANAGE)
    db.session.execute(delete(StaffClient).where(StaffClient.account_id == account_id))
    for tenant_id in sorted(set(tenant_ids)):
        db.session.add(StaffClient(account_id=account_id, tenant_id=tenant_id))
    db.session.flush()


def set_absence(
    *, actor: Actor, account_id: UUID, starts_on: date, ends_on: date, substitute_id: UUID | None
) -> None:
    """Note that somebody is away, and who hears of things meanwhile; one's own, or as a lead.

    A second absence from the same day replaces the first. Raises Forbidden, Invalid.
    """
    _may(actor, account_id)
    if ends_on < starts_on:
        raise Invalid(fields={"ends_on": ["The last day lies before the first."]})
    if substitute_id == account_id:
        raise Invalid(fields={"substitute_id": ["Nobody is their own substitute."]})
    db.session.merge(
        StaffAbsence(
            account_id=account_id,
            starts_on=starts_on,
            ends_on=ends_on,
            substitute_id=substitute_id,
        )
    )
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="absence.noted",
        subject_type="account",
        subject_id=account_id,
        detail={
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            "substitute": str(substitute_id) if substitute_id else None,
        },
    )


def remove_absence(*, actor: Actor, account_id: UUID, starts_on: date) -> None:
    """The person is there after all. Raises Forbidden; nothing where there is none."""
    _may(actor, account_id)
    absence = db.session.get(StaffAbsence, (account_id, starts_on))
    if absence is None:
        return
    db.session.delete(absence)
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="absence.removed",
        subject_type="account",
        subject_id=account_id,
        detail={"starts_on": starts_on.isoformat()},
    )


def may_note_for_others(actor: Actor) -> bool:
    """Team leads and admins."""
    return actor.may(Permission.WORK_ASSIGN) or actor.may(Permission.PEOPLE_MANAGE)


def _may(actor: Actor, account_id: UUID) -> None:
    if actor.id != account_id and not may_note_for_others(actor):
        actor.require(Permission.PEOPLE_MANAGE)
