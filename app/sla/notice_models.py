"""Tables of the provider's: what somebody should hear of a promise, and who has read it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla.rules.policy import Metric
from tenants.db import ProviderModel, clients_may


class SlaNotice(ProviderModel):
    """A passed threshold on its way to people; written with the alert, told outside its client.

    `send_after` lies ahead in quiet hours: the record is made at once, the message waits.
    """

    __tablename__ = "sla_notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "clock_id", "cycle", "percent", "due_version"),
        Index(
            "ix_sla_notice_waiting",
            "send_after",
            postgresql_where=text("settled_at is null"),
        ),
        clients_may("select", "insert"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[UUID]
    clock_id: Mapped[UUID]
    metric: Mapped[Metric]
    cycle: Mapped[int]
    percent: Mapped[int]
    """Of the target: below 100 a warning, 100 the breach, above an escalation; 0: paused long."""
    due_version: Mapped[int]
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tell: Mapped[list[str]]
    """Whom to tell, by role."""
    fallback: Mapped[str]
    send_after: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    """When it was told, or dropped."""
    dropped_because: Mapped[str | None]


class DeskNotice(ProviderModel):
    """What one of the provider's people has to read in the desk."""

    __tablename__ = "desk_notice"
    __table_args__ = (
        UniqueConstraint("account_id", "notice_id"),
        Index(
            "ix_desk_notice_unread",
            "account_id",
            "id",
            postgresql_where=text("read_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    notice_id: Mapped[UUID] = mapped_column(ForeignKey(SlaNotice.id))
    role: Mapped[str]
    """As what the person was told."""
    instead_of: Mapped[str] = mapped_column(default="")
    """Who should have heard of it, but is away or gone."""
    number: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
