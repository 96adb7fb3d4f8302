"""Samples that were drawn and what was found; how closely each client is looked at."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from app.quality.rules import Reason
from tenants.db import ProviderModel, clients_may


class QualitySample(ProviderModel):
    """A delivered piece that a second person looks at."""

    __tablename__ = "quality_sample"
    __table_args__ = (
        UniqueConstraint("tenant_id", "item_id"),
        Index("ix_quality_sample_open", "drawn_at", postgresql_where=text("scored_at is null")),
        Index(None, "scored_at"),
        CheckConstraint("scored_by_id <> operator_id", name="second_person"),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[UUID]
    item_number: Mapped[str]
    title: Mapped[str]
    service_key: Mapped[str]
    operator_id: Mapped[UUID]
    operator_name: Mapped[str]
    reason: Mapped[Reason]
    drawn_at: Mapped[datetime]
    scored_at: Mapped[datetime | None]
    scored_by_id: Mapped[UUID | None]
    scored_by_name: Mapped[str] = mapped_column(default="")
    errors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Error class → how many."""
    points: Mapped[int | None] = mapped_column(SmallInteger)
    remark: Mapped[str] = mapped_column(default="")
    rework_id: Mapped[UUID | None]
    """The item that puts it right."""


class QualityPlan(ProviderModel):
    """How closely one client's work is looked at; without a row, the plan of the house."""

    __tablename__ = "quality_plan"
    __table_args__ = (
        CheckConstraint("random_percent between 0 and 100", name="share"),
        clients_may("select"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    amount: Mapped[Decimal]
    new_operator_items: Mapped[int]
    every: Mapped[bool] = mapped_column(default=False)
    random_percent: Mapped[int]
