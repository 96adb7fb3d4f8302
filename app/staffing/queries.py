"""What an operator can do and for whom."""

from collections.abc import Sequence
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
