"""Time spent on items: entries, the rounding agreed with a client, an item's budget."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class TimeEntry(ProviderModel):
    """Time of one person on one item; without an end, a timer that runs."""

    __tablename__ = "time_entry"
    __table_args__ = (
        Index(
            "uq_time_entry_running", "account_id", unique=True,
            postgresql_where=text("seconds is null"),
        ),
        Index(None, "tenant_id", "item_id"),
        Index(
            "ix_time_entry_to_approve", "started_at",
            postgresql_where=text("approved_at is null and seconds is not null"),
        ),
        CheckConstraint("seconds > 0", name="seconds"),
        clients_may("select", "insert", "update", "delete"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[UUID]
    item_number: Mapped[str]
    service_key: Mapped[str]
    account_id: Mapped[UUID]
    account_name: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[int | None]
    rounded_seconds: Mapped[int | None]
    """By the client's rule at the time of approval; None until then."""
    note: Mapped[str] = mapped_column(default="")
    billable: Mapped[bool] = mapped_column(default=True)
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="")


class TimeRule(ProviderModel):
    """How a client's time is rounded, as its contract says."""

    __tablename__ = "time_rule"
    __table_args__ = (
        CheckConstraint("step_minutes between 1 and 480", name="step"),
        clients_may("select"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    step_minutes: Mapped[int] = mapped_column(default=15)
    up: Mapped[bool] = mapped_column(default=True)
    """Every step begun counts; else to the nearest."""


class TimeBudget(ProviderModel):
    """How long an item is meant to take."""

    __tablename__ = "time_budget"
    __table_args__ = (
        CheckConstraint("seconds > 0", name="seconds"),
        clients_may("select", "insert", "update", "delete"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    seconds: Mapped[int]
