"""Mail that is to go out, is on its way, or has gone."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class MailState(StrEnum):
    """queued → sending → sent; failed when the server refuses the address for good."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Mail(ProviderModel):
    """One mail to one person, kept as a template and its values."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "tenant_id", postgresql_where=text("tenant_id is not null")),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    recipient: Mapped[str]
    locale: Mapped[str]
    template: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[MailState] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(default="")
    last_error: Mapped[str] = mapped_column(default="")
