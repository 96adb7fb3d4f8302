"""Lists of the desk that somebody has given a name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel


class SavedView(ProviderModel):
    """Filters of the desk's list under a name: one's own, or the whole team's."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("ix_saved_view_shared", "name", postgresql_where=text("shared")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID]
    owner_name: Mapped[str]
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    """Of the list's address: view, client, service, status, priority, q."""
    shared: Mapped[bool]
    created_at: Mapped[datetime]
