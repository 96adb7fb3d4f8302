"""Documents that a client is asked for, in its own schema."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from app.work.models import WorkItem
from app.work.rules.asked_documents import Wish
from tenants.db import TenantModel
from tenants.sealing import SealedText


class DocumentRequest(TenantModel):
    """ "Please send us …": what is missing for one piece of work."""

    __tablename__ = "document_request"
    __table_args__ = (
        Index("ix_document_request_open", "item_id", postgresql_where=text("closed_at is null")),
        Index(None, "item_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id))
    note: Mapped[str] = mapped_column(SealedText, default="")
    """What the client should know about it."""
    blocking: Mapped[bool]
    """Work cannot go on without: the promise stands still until everything is accepted."""
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None]
    created_by_name: Mapped[str]
    reminders_sent: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    next_reminder_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class RequestedDocument(TenantModel):
    """One document of a request."""

    __tablename__ = "requested_document"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey(DocumentRequest.id))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(SealedText)
    """A message id where it comes from a template, else the clerk's own words."""
    state: Mapped[Wish] = mapped_column(default=Wish.OPEN)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str] = mapped_column(SealedText, default="")
    """Why it was sent back."""
    handed_in_at: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    judged_by_name: Mapped[str] = mapped_column(default="")
