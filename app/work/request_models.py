"""The desk's list of what documents clients are asked for, over all clients."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel, clients_may


class RequestIndex(ProviderModel):
    """One request for documents, written with each change; the documents stay the client's."""

    __tablename__ = "request_index"
    __table_args__ = (
        Index("ix_request_index_open", "asked_at", postgresql_where=text("is_open")),
        Index(None, "tenant_id", "item_id"),
        clients_may("select", "insert", "update", "delete"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    wanted: Mapped[int]
    missing: Mapped[int]
    """With the client: not handed in, or sent back."""
    to_judge: Mapped[int]
    """Handed in, and nobody has said yet whether it is right."""
    blocking: Mapped[bool]
    due_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    handed_in_at: Mapped[datetime | None]
    """The last time the client handed something in."""
    reminders_sent: Mapped[int]
    reminded_at: Mapped[datetime | None]
    is_open: Mapped[bool]
