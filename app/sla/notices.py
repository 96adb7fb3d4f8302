"""What the provider's people have to read about promises: in the provider's books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, delete, func, select, update

from app.kernel.clock import now
from app.sla.notice_models import DeskNotice, SlaNotice
from app.sla.rules.policy import Metric
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert somebody has not read yet.

    `percent` of the target: below 100 a warning, 100 the breach, above it an escalation, 0 a pause
    that lasts longer than agreed.
    """

    id: UUID
    tenant_id: int
    item_id: UUID
    number: str
    title: str
    metric: Metric
    percent: int
    due_at: datetime | None
    at: datetime
    """When the threshold was passed."""
    created_at: datetime
    instead_of: str
    """The name of whom it was meant for, where somebody else has to hear it."""


def unread(account_id: UUID, *, most: int = 50) -> Sequence[Notice]:
    """The newest first. Outside any client's scope."""
    query = (
        select(DeskNotice, SlaNotice)
        .join(SlaNotice, SlaNotice.id == DeskNotice.notice_id)
        .where(DeskNotice.account_id == account_id, DeskNotice.read_at.is_(None))
        .order_by(DeskNotice.id.desc())
        .limit(most)
    )
    return [_notice(*row) for row in db.session.execute(query)]


def unread_count(account_id: UUID | None) -> ScalarSelect[int]:
    """How many there are: a column, because every page of the desk asks for it among others."""
    unread = (DeskNotice.account_id == account_id, DeskNotice.read_at.is_(None))
    return select(func.count()).select_from(DeskNotice).where(*unread).scalar_subquery()


def mark_read(*, account_id: UUID, notice_id: UUID | None = None) -> int:
    """Put one's own notice away, or without an id all of them; how many that were."""
    statement = update(DeskNotice).where(
        DeskNotice.account_id == account_id, DeskNotice.read_at.is_(None)
    )
    if notice_id is not None:
        statement = statement.where(DeskNotice.id == notice_id)
    read = db.session.execute(statement.values(read_at=now()).returning(DeskNotice.id))
    return len(read.all())


def sweep(*, before: datetime) -> int:
    """Remove what somebody has read before then; how many that were. The record stays."""
    gone = delete(DeskNotice).where(DeskNotice.read_at < before).returning(DeskNotice.id)
    return len(db.session.execute(gone).all())


def _notice(mine: DeskNotice, notice: SlaNotice) -> Notice:
    return Notice(
        id=mine.id,
        tenant_id=notice.tenant_id,
        item_id=notice.subject_id,
        number=mine.number,
        title=mine.title,
        metric=notice.metric,
        percent=notice.percent,
        due_at=notice.due_at,
        at=notice.at,
        created_at=mine.created_at,
        instead_of=mine.instead_of,
    )
