"""Say what an operator can do and for whom."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.staffing.models import StaffAbsence, StaffClient, StaffSkill
from tenants.db import db


def set_skills(*, actor: Actor, account_id: UUID, skills: dict[str, date | None]) -> None:
    """Replace the operator's skills: skill → the day its certificate ends, or None."""
    actor.require(Permission.PEOPLE_MANAGE)
    db.session.execute(delete(StaffSkill).where(StaffSkill.account_id == account_id))
    for skill, expires_on in skills.items():
        db.session.add(StaffSkill(account_id=account_id, skill=skill, expires_on=expires_on))
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
    """Note that somebody is away, and who hears of things meanwhile; one's own, or as an admin.

    A second absence from the same day replaces the first. Raises Forbidden, Invalid.
    """
    if actor.id != account_id:
        actor.require(Permission.PEOPLE_MANAGE)
    if ends_on < starts_on or substitute_id == account_id:
        raise Invalid(fields={"ends_on": ["Please check the days and the substitute."]})
    db.session.merge(
        StaffAbsence(
            account_id=account_id,
            starts_on=starts_on,
            ends_on=ends_on,
            substitute_id=substitute_id,
        )
    )
    db.session.flush()
