"""Saved views: one's own and the team's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from app.work.view_models import SavedView
from tenants.db import db

MOST_SHOWN = 20


def views_of(account_id: UUID | None) -> Sequence[SavedView]:
    """One's own first, then those of the team, by name."""
    mine = SavedView.owner_id == account_id
    query = (
        select(SavedView)
        .where(or_(mine, SavedView.shared))
        .order_by(mine.desc(), func.lower(SavedView.name), SavedView.id)
        .limit(MOST_SHOWN)
    )
    return db.session.scalars(query).all()
