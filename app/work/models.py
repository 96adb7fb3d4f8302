"""Work items and what belongs to them, in the client's schema; their index, in the provider's."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.steps import Severity
from app.kernel.ids import new_id
from app.work.rules import WaitingFor, WorkStatus
from tenants.db import ProviderModel, TenantModel, clients_may
from tenants.sealing import SealedJson, SealedText


class WorkItem(TenantModel):
    """One piece of work for one client."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index(None, "status", "id"),
        Index(
            "ix_work_item_auto_accept", "accept_by", postgresql_where=text("status = 'delivered'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    service_key: Mapped[str]
    type_key: Mapped[str]
    title: Mapped[str]
    status: Mapped[WorkStatus]
    waiting_for: Mapped[WaitingFor | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    proposed: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    """What the computer read: field → {value, place}."""
    values: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    """What is to be delivered: the proposal as people corrected it."""
    units: Mapped[Decimal] = mapped_column(default=Decimal(1))
    straight_through: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None]
    """When the automation has spoken; None while it has not (or there is none)."""
    four_eyes: Mapped[bool]
    checklist_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of the template that its steps were made from."""
    requester_id: Mapped[UUID | None]
    requester_name: Mapped[str]
    department: Mapped[str] = mapped_column(default="", server_default="")
    """Of the client: the one that whoever ordered it belonged to at that time."""
    assignee_id: Mapped[UUID | None]
    """Who holds it now: the clerk, or in review the checker."""
    assignee_name: Mapped[str] = mapped_column(default="")
    clerk_id: Mapped[UUID | None]
    """Who worked on it last: gets it back when the checker rejects or the client complains."""
    clerk_name: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    accept_by: Mapped[datetime | None]
    contract_service_id: Mapped[UUID | None]
    rework_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    billable: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it as is


class ChecklistEntry(TenantModel):
    """A point of the item's checklist, as its template stood when the item was opened."""

    __tablename__ = "checklist_entry"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    mandatory: Mapped[bool]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """after, fields, when, skill, four_eyes, minutes (rules.steps.Step)."""
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None]
    done_by_name: Mapped[str] = mapped_column(default="")


class Participation(TenantModel):
    """Somebody of the provider touched the item: what four eyes look at."""

    __tablename__ = "participation"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class ItemDocument(TenantModel):
    """A file that belongs to an item."""

    __tablename__ = "item_document"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    is_result: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class Finding(TenantModel):
    """What the automation wants a person to see: a code and values, never a sentence."""

    __tablename__ = "finding"
    __table_args__ = (Index(None, "item_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id))
    document_id: Mapped[UUID | None]
    position: Mapped[int]
    code: Mapped[str]
    severity: Mapped[Severity]
    place: Mapped[str] = mapped_column(SealedText, default="")
    params: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)


class Fingerprint(TenantModel):
    """What tells a duplicate: which earlier item had the same."""

    __tablename__ = "fingerprint"
    __table_args__ = (Index(None, "service_key", "fingerprint"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)


class Draft(TenantModel):
    """An order somebody has begun: it survives a closed browser."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("account_id", "service_key", "type_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    service_key: Mapped[str]
    type_key: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    document_ids: Mapped[list[str]] = mapped_column(default=list)
    updated_at: Mapped[datetime]


class Counter(TenantModel):
    """A gapless number: the row is locked until the transaction that took one ends."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class IdempotencyKey(TenantModel):
    """A machine's request that was carried out, and what it was answered."""

    __tablename__ = "idempotency_key"

    token_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    item_id: Mapped[UUID]
    created_at: Mapped[datetime]


_COUNTED = ("service_key", "tenant_id")
"""What a list is narrowed by: counting then reads the index and not a thousand rows."""


class WorkIndex(ProviderModel):
    """The desk's narrow list over all clients, written in the item's own transaction."""

    __tablename__ = "work_index"
    __table_args__ = (
        Index(
            "ix_work_index_open",
            "urgent_at",
            "item_id",
            postgresql_where=text("is_open"),
            postgresql_include=_COUNTED,
        ),
        Index(
            "ix_work_index_assignee",
            "assignee_id",
            "urgent_at",
            "item_id",
            postgresql_where=text("is_open"),
            postgresql_include=_COUNTED,
        ),
        Index(
            "ix_work_index_takeable",
            "urgent_at",
            "item_id",
            postgresql_where=text("status = 'new' and assignee_id is null"),
            postgresql_include=_COUNTED,
        ),
        Index(
            "ix_work_index_review",
            "urgent_at",
            postgresql_where=text("status = 'review'"),
            postgresql_include=_COUNTED,
        ),
        Index(
            "ix_work_index_accept_by", "accept_by", postgresql_where=text("status = 'delivered'")
        ),
        Index(
            "ix_work_index_critical",
            "due_at",
            postgresql_where=text("is_open and paused_since is null"),
            postgresql_include=_COUNTED,
        ),
        Index(
            "ix_work_index_waiting",
            "urgent_at",
            "item_id",
            postgresql_where=text("is_open and waiting_for = 'client'"),
            postgresql_include=_COUNTED,
        ),
        Index("ix_work_index_tenant", "tenant_id", "urgent_at", "item_id"),
        Index(None, "number"),
        Index(
            "ix_work_index_title",
            text("to_tsvector('simple'::regconfig, title)"),
            postgresql_using="gin",
        ),
        Index(
            "ix_work_index_paused",
            "paused_since",
            "item_id",
            postgresql_where=text("is_open and paused_since is not null"),
        ),
        Index(
            "ix_work_index_unmeasured",
            "urgent_at",
            "item_id",
            postgresql_where=text("is_open and not is_measured"),
        ),
        Index(
            "ix_work_index_next_due",
            "next_due_at",
            "item_id",
            postgresql_where=text("is_open and next_due_at is not null"),
        ),
        clients_may("select", "insert", "update", "delete"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    service_key: Mapped[str]
    type_key: Mapped[str]
    title: Mapped[str]
    status: Mapped[WorkStatus]
    waiting_for: Mapped[WaitingFor | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    assignee_id: Mapped[UUID | None]
    assignee_name: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    urgent_at: Mapped[datetime]
    """The due time less what the priority brings forward: the order of the desk (rules.urgency)."""
    paused_since: Mapped[datetime | None]
    remaining_seconds: Mapped[int | None]
    target_seconds: Mapped[int | None]
    next_due_at: Mapped[datetime | None]
    """The earliest due time of all its running clocks, a first response's for example."""
    next_metric: Mapped[str] = mapped_column(default="", server_default="")
    team: Mapped[str] = mapped_column(default="", server_default="")
    """Of the provider's teams the one whose step it is."""
    is_measured: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_open: Mapped[bool] = mapped_column(Boolean)
    accept_by: Mapped[datetime | None]
    """When delivered work counts as accepted without a word."""
    worker_ids: Mapped[list[str]] = mapped_column(default=list)
    """Accounts that touched the item: shown so that four eyes need no client's schema."""
    version: Mapped[int]
