"""Note who of the provider looks at a client's data and why; the client reads it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.audit.access_models import ListSighting, StaffAccess
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


class Shown(StrEnum):
    """On which page over several clients work was shown."""

    LIST = "list"
    """The work lists and the radar."""
    SEARCH = "search"
    LOAD = "load"
    """What a colleague holds."""
    QUALITY = "quality"
    DOCUMENTS = "documents"
    """What clients are asked for."""
    CALENDAR = "calendar"
    TIMES = "times"
    NOTICES = "notices"


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


def note_lists(*, actor: Actor, kind: Shown, days: Mapping[int, date], reason: Reason) -> None:
    """Pages of this kind showed work of these clients; client → day in its zone. In the books.

    One statement, however many clients; a day's later looks only move `last_at`.
    """
    if actor.side is not Side.PROVIDER or actor.id is None or not days:
        return
    at = now()
    rows = [
        {
            "tenant_id": tenant_id,
            "day": day,
            "account_id": actor.id,
            "kind": kind,
            "person": actor.name,
            "reason": reason,
            "first_at": at,
            "last_at": at,
        }
        for tenant_id, day in sorted(days.items())
    ]
    seen = upsert(ListSighting).values(rows)
    keys = ["tenant_id", "day", "account_id", "kind"]
    changes = {"last_at": seen.excluded.last_at}
    db.session.execute(seen.on_conflict_do_update(index_elements=keys, set_=changes))


def in_lists(
    *, person: str = "", before: date | None = None, days: int | None = None
) -> Sequence[ListSighting]:
    """What lists showed of the client in scope, the newest first, by whole days.

    `before`: a day, excluded; `days`: so many days on which there is something.
    """
    row = ListSighting
    seen = [row.tenant_id == current_tenant().id]
    if person:
        seen.append(row.person == person)
    if before is not None:
        seen.append(row.day < before)
    query = select(row).where(*seen).order_by(row.day.desc(), row.person, row.kind)
    if days is not None:
        latest_days = select(row.day).where(*seen).distinct().order_by(row.day.desc()).limit(days)
        query = query.where(row.day.in_(latest_days))
    return db.session.scalars(query).all()


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
    opened = select(StaffAccess.person)
    listed = select(ListSighting.person).where(ListSighting.tenant_id == current_tenant().id)
    return sorted(db.session.scalars(opened.union(listed)))
