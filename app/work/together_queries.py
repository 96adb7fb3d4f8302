"""Who else has an item open, and what one has begun to write about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.work.together_models import MessageDraft, Presence
from tenants.db import db

HERE = timedelta(minutes=2)
"""So long after the last look somebody counts as still there: whoever types asks seldom."""
WRITING = timedelta(minutes=1)


def others(item_id: UUID, *, besides: UUID | None, at: datetime) -> Sequence[Presence]:
    """Colleagues who have the item open, the first first."""
    query = (
        select(Presence)
        .where(Presence.item_id == item_id, Presence.seen_at > at - HERE)
        .order_by(Presence.since, Presence.name)
    )
    return [one for one in db.session.scalars(query) if one.account_id != besides]


def is_writing(one: Presence, *, at: datetime) -> bool:
    """Whether this colleague's message grew a moment ago."""
    return one.written_at is not None and one.written_at > at - WRITING


def draft(item_id: UUID, *, account_id: UUID | None) -> str:
    """What this person has begun to write; empty for nothing."""
    if account_id is None:
        return ""
    found = db.session.get(MessageDraft, (item_id, account_id))
    return found.body if found else ""
