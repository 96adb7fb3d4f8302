"""Note who of the provider looks at a client's data and why; the client reads it."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select

from app.audit.access_models import StaffAccess
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.context import TenantState, current_tenant
from tenants.db import db, noting

ONCE_IN = timedelta(minutes=15)
"""Whoever goes on reading the same thing is noted again after this time."""


class Reason(StrEnum):
    """Why somebody looked."""

    HOLDS = "holds"
    """Works on it."""
    CHECKS = "checks"
    """Is the second person."""
    LEADS = "leads"
    """Leads the team or the house."""
    BILLS = "bills"
    """Works on prices and invoices."""
    LOOKS = "looks"
    """Neither: looked for work, or for something in it."""


def note(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: UUID,
    about_id: UUID,
    reason: Reason,
) -> None:
    """Write it down, unless the same person opened the same thing a moment ago."""
    if actor.side is not Side.PROVIDER or actor.id is None:
        return
    at = now()
    recent = select(StaffAccess.id).where(
        StaffAccess.account_id == actor.id,
        StaffAccess.subject_id == subject_id,
        StaffAccess.subject_type == subject_type,
        StaffAccess.at > at - ONCE_IN,
    )
    if db.session.scalar(recent.limit(1)) is not None:
        return
    seen = insert(StaffAccess).values(
        id=new_id(),
        at=at,
        account_id=actor.id,
        person=actor.name,
        subject_type=subject_type,
        subject_id=subject_id,
        about_id=about_id,
        reason=reason,
    )
    if current_tenant().state is TenantState.SUSPENDED:
        with noting() as beside:
            beside.execute(seen)
    else:
        db.session.execute(seen)


def latest(
    *, person: str = "", about_id: UUID | None = None, before: UUID | None = None, limit: int = 50
) -> Sequence[StaffAccess]:
    """The newest first (keys are time-ordered)."""
    query = select(StaffAccess).order_by(StaffAccess.id.desc()).limit(limit)
    if person:
        query = query.where(StaffAccess.person == person)
    if about_id is not None:
        query = query.where(StaffAccess.about_id == about_id)
    if before is not None:
        query = query.where(StaffAccess.id < before)
    return db.session.scalars(query).all()


def people() -> Sequence[str]:
    """Everybody who ever looked, by name."""
    query = select(StaffAccess.person).distinct().order_by(StaffAccess.person)
    return db.session.scalars(query).all()
