"""How a client's people want to be told, and what waits for their next digest."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class Tell(StrEnum):
    """By what mail."""

    EACH = "each"
    """One mail for each thing, at once."""
    DIGEST = "digest"
    """One mail a working day with everything."""
    NEVER = "never"


class MemberNotices(ProviderModel):
    """What one person chose for one client; without a row: each, at any hour."""

    __tablename__ = "member_notices"
    __table_args__ = (clients_may("select", "insert", "update"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    tell: Mapped[Tell]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]


class DigestEntry(ProviderModel):
    """A mail that was put into somebody's digest instead of being sent."""

    __tablename__ = "digest_entry"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", postgresql_where=text("sent_at is null")),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[UUID]
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    subject_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
