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
    """queued → sending → sent, perhaps bounced; or withdrawn, failed, unknown."""

    QUEUED = "queued"
    SENDING = "sending"
    """The text is going over the line."""
    SENT = "sent"
    FAILED = "failed"
    """The server refuses the address for good."""
    WITHDRAWN = "withdrawn"
    """Taken back before it went out."""
    UNKNOWN = "unknown"
    """The sender died, or the line broke, while the text went over: perhaps it has arrived."""
    BOUNCED = "bounced"
    """It came back."""


class Mail(ProviderModel):
    """One mail to one person, kept as a template and its values."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "tenant_id", postgresql_where=text("tenant_id is not null")),
        Index(None, "subject_id", postgresql_where=text("subject_id is not null")),
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
    subject_id: Mapped[UUID | None]
    """The work item it is about."""
    send_after: Mapped[datetime] = mapped_column(default=now)
    """Until then it can be withdrawn."""


class BouncedAddress(ProviderModel):
    """An address that did not take what we sent."""

    __tablename__ = "bounced_address"

    address: Mapped[str] = mapped_column(primary_key=True)
    """In small letters."""
    mail_id: Mapped[UUID]
    at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="")
    """RFC 3463, e.g. 5.1.1."""
    diagnostic: Mapped[str] = mapped_column(default="")
