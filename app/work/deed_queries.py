"""Deeds that can be taken back: read in the provider's books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.work.deed_models import WorkDeed
from tenants.db import db


def of_batch(batch_id: UUID, *, account_id: UUID | None) -> Sequence[WorkDeed]:
    """What this person did at once, in the order of doing."""
    query = (
        select(WorkDeed)
        .where(WorkDeed.batch_id == batch_id, WorkDeed.account_id == account_id)
        .order_by(WorkDeed.id)
    )
    return db.session.scalars(query).all()
