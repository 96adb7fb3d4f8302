"""Several people at one item: who has it open now, and what each has begun to write."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.work.models import WorkItem
from tenants.db import TenantModel
from tenants.sealing import SealedText


class Presence(TenantModel):
    """One of the provider's people had the item open a moment ago: kept for minutes."""

    __tablename__ = "presence"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    """When this person's message last grew."""


class MessageDraft(TenantModel):
    """A message somebody has begun about an item: survives the browser and the session."""

    __tablename__ = "message_draft"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(SealedText)
    updated_at: Mapped[datetime]
