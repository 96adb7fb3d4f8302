"""Say what an operator can do and for whom."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.staffing.models import StaffClient, StaffSkill
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
