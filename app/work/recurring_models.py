"""Recurring work: what was agreed, and each of its periods once, in the provider's books."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class Engagement(ProviderModel):
    """Work that comes back by itself for a client."""

    __tablename__ = "engagement"
    __table_args__ = (
        Index(
            "ix_engagement_matter",
            "tenant_id",
            "service_key",
            "matter",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    service_key: Mapped[str]
    type_key: Mapped[str]
    matter: Mapped[str]
    """What of the service: `vat`, `wage-tax`; one client has each once."""
    title: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The order form, as it is filled in for every period."""
    rule: Mapped[dict[str, Any]]
    region: Mapped[str] = mapped_column(default="")
    """The federal state whose holidays move a deadline; empty: the nation's alone."""
    priority: Mapped[int] = mapped_column(SmallInteger)
    next_first_on: Mapped[date]
    """The first day of the next period that has not been opened."""
    ends_on: Mapped[date | None]
    paused: Mapped[bool] = mapped_column(default=False)
    trouble: Mapped[str] = mapped_column(default="")
    """Why its last period could not be opened; empty where all is well."""
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    ended_at: Mapped[datetime | None]


class EngagementPeriod(ProviderModel):
    """One period of recurring work: there is never a second one of it."""

    __tablename__ = "engagement_period"
    __table_args__ = (
        UniqueConstraint("tenant_id", "service_key", "matter", "period_key"),
        Index(None, "tenant_id", "item_id"),
        Index(None, "due_on"),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey(Engagement.id))
    service_key: Mapped[str]
    matter: Mapped[str]
    period_key: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    due_on: Mapped[date]
    title: Mapped[str]
    opened_at: Mapped[datetime]
    item_id: Mapped[UUID]
    closed_at: Mapped[datetime | None]
    """Since then nothing of this period may be changed."""
    closed_by_name: Mapped[str] = mapped_column(default="")
