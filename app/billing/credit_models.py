"""Service credits: what a broken promise costs the provider, from evidence to invoice."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import CreditState
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class ServiceCredit(ProviderModel):
    """The credits of one client's month: proposed, looked at, credited once."""

    __tablename__ = "service_credit"
    __table_args__ = (
        UniqueConstraint("tenant_id", "period", "sequence"),
        Index(None, "state", "tenant_id"),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[date]
    """The month of the breaches."""
    sequence: Mapped[int] = mapped_column(default=1)
    """2 and on: what a later correction of the record added."""
    state: Mapped[CreditState] = mapped_column(default=CreditState.PROPOSED)
    currency: Mapped[str]
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    """What the percentages are of: the net of the month's invoice before credits."""
    uncapped_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """What is credited: not more than the cap."""
    cap_percent: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    dispute: Mapped[str] = mapped_column(default="")
    """What the client says against it."""
    disputed_by: Mapped[str] = mapped_column(default="")
    disputed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    """What the provider answers."""
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey(Invoice.id, ondelete="SET NULL"))
    """Where it is credited."""


class CreditBreach(ProviderModel):
    """The evidence: one broken promise. Never credited twice."""

    __tablename__ = "service_credit_breach"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject_id", "metric", "cycle"),
        Index(None, "credit_id"),
        clients_may("select", "insert"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    credit_id: Mapped[UUID] = mapped_column(ForeignKey(ServiceCredit.id, ondelete="CASCADE"))
    subject_id: Mapped[UUID]
    item_number: Mapped[str]
    service_key: Mapped[str]
    metric: Mapped[str]
    cycle: Mapped[int]
    clause: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    minutes_late: Mapped[int] = mapped_column(BigInteger)
    split: Mapped[dict[str, Any]]
    """Whose clock it was, in seconds: provider, client, third_party, closed."""
