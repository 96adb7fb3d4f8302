"""What an operator can do and for whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from app.kernel.clock import now
from app.staffing.models import StaffAbsence, StaffClient, StaffSkill
from tenants.db import db


def skills_of(account_id: UUID) -> frozenset[str]:
    """The operator's skills whose certificates are valid today."""
    today = now().date()
    query = select(StaffSkill.skill).where(
        StaffSkill.account_id == account_id,
        or_(StaffSkill.expires_on.is_(None), StaffSkill.expires_on >= today),
    )
    return frozenset(db.session.scalars(query))


def clients_of(account_id: UUID) -> frozenset[int] | None:
    """The clients the operator may serve; None where nothing restricts it."""
    query = select(StaffClient.tenant_id).where(StaffClient.account_id == account_id)
    found = frozenset(db.session.scalars(query))
    return found or None


def absences(*, on: date) -> Sequence[StaffAbsence]:
    """Those that are not over on that day, the nearest first."""
    query = select(StaffAbsence).where(StaffAbsence.ends_on >= on)
    return db.session.scalars(query.order_by(StaffAbsence.starts_on, StaffAbsence.account_id)).all()


def skilled(*, on: date) -> Mapping[UUID, frozenset[str]]:
    """What everybody can do whose certificates are valid on that day."""
    query = select(StaffSkill.account_id, StaffSkill.skill).where(
        or_(StaffSkill.expires_on.is_(None), StaffSkill.expires_on >= on)
    )
    found: dict[UUID, frozenset[str]] = {}
    for account_id, skill in db.session.execute(query):
        found[account_id] = found.get(account_id, frozenset()) | {skill}
    return found
