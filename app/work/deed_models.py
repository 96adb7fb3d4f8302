"""Deeds at the desk that can be taken back, in the provider's books: one row an item."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class WorkDeed(ProviderModel):
    """What somebody did to an item, and how it was before; several done at once share a batch."""

    __tablename__ = "work_deed"
    __table_args__ = (
        Index(None, "batch_id"),
        Index(None, "at"),
        clients_may("select", "insert", "update", "delete"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    batch_id: Mapped[UUID]
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[UUID]
    account_id: Mapped[UUID]
    kind: Mapped[str]
    """A code: take, put_back, hand_on, assign, priority."""
    number: Mapped[str]
    title: Mapped[str]
    before: Mapped[dict[str, Any]]
    """Status, priority and people of the item; empty for what was refused."""
    version: Mapped[int]
    """Of the item after the deed: whatever came later stands in the way of taking it back."""
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    refused: Mapped[dict[str, Any] | None]
    """Why it was not done: the sentence's id and its values."""
