"""A client's approvals: its matrix, who stands in for whom, and what was approved."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from app.work.models import WorkItem
from tenants.db import TenantModel


class ApprovalRule(TenantModel):
    """A line of the matrix."""

    __tablename__ = "approval_rule"
    __table_args__ = (
        CheckConstraint("needed between 1 and 5", name="needed"),
        CheckConstraint("from_minor >= 0", name="from_minor"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_key: Mapped[str] = mapped_column(default="")
    from_minor: Mapped[int] = mapped_column(BigInteger)
    needed: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]


class ApprovalRulePerson(TenantModel):
    """Somebody whose approval a line asks for."""

    __tablename__ = "approval_rule_person"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey(ApprovalRule.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str]


class ApprovalSubstitute(TenantModel):
    """Who approves while somebody is away, from the first to the last day (both included)."""

    __tablename__ = "approval_substitute"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("account_id <> substitute_id", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    person: Mapped[str]
    substitute_id: Mapped[UUID]
    substitute: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Approval(TenantModel):
    """Somebody has approved a result, for oneself or for somebody absent."""

    __tablename__ = "approval"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str]
    instead_of: Mapped[UUID]
    """Whose voice it is: the person's own, or that of the absent approver."""
    at: Mapped[datetime]
