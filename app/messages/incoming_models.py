"""Mail that came in: once by message id, with what became of it."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from tenants.db import ProviderModel, clients_may


class Outcome(StrEnum):
    """What became of a mail."""

    RECEIVED = "received"
    """Written down, and on its way to its item."""
    DELIVERED = "delivered"
    """It is in an item's conversation."""
    TRIAGE = "triage"
    """A person has to say where it belongs."""
    AUTOMATIC = "automatic"
    """An answer of a machine: neither a response nor an answer."""
    BOUNCE = "bounce"
    """A report of a mail of ours that came back."""
    DISMISSED = "dismissed"
    """Somebody looked at it and put it aside."""


class IncomingMail(ProviderModel):
    """One mail that came in."""

    __tablename__ = "incoming_mail"
    __table_args__ = (
        Index(
            "ix_incoming_mail_triage", "received_at", postgresql_where=text("outcome = 'triage'")
        ),
        Index(None, "item_id", "received_at", postgresql_where=text("item_id is not null")),
        clients_may("select", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Made from the key of the message (`id_of`): one mail is one row, whoever brings it again."""
    message_key: Mapped[str]
    """Its Message-ID; where it has none, the SHA-256 of its content."""
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    """The client it seems to be from or about."""
    item_id: Mapped[UUID | None]
    sender: Mapped[str]
    """In small letters."""
    sender_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    """What was written, without what was quoted."""
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.RECEIVED)
    reason: Mapped[str] = mapped_column(default="")
    """Why a person has to look, as a code."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    settled_by_name: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The whole mail, until it is settled."""


def id_of(message_key: str) -> UUID:
    """The id of the mail with this key. A unique text would tell a client of another's mail."""
    return UUID(bytes=sha256(message_key.encode()).digest()[:16])
