"""What we asked of Stripe, what it told us, and what we did about it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.collecting.rules import CallState, DunningKind, EventState, PushState
from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, ProviderModel


class StripeCustomer(ProviderModel):
    """Who a client is at Stripe, and what it pays with."""

    __tablename__ = "stripe_customer"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(unique=True)
    method_id: Mapped[str] = mapped_column(default="")
    """What invoices are charged to; empty: nothing is named yet."""
    method: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"type": "card" | "sepa_debit", "brand", "last4", "mandate", "mandate_status"}`."""
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class StripePush(ProviderModel):
    """How far an issued invoice, or the correction of one, is at Stripe."""

    __tablename__ = "stripe_push"
    __table_args__ = (Index(None, "tenant_id"), Index(None, "state"))

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("provider.invoice.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[PushState] = mapped_column(default=PushState.WAITING)
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    page_url: Mapped[str] = mapped_column(default="")
    """Stripe's own page of the invoice, where anybody can pay it."""
    reason: Mapped[str] = mapped_column(default="")
    """Why a person has to look (state blocked), or what the bank said."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StripeCall(ProviderModel):
    """One request that changes something at Stripe: its key is committed before it is made."""

    __tablename__ = "stripe_call"
    __table_args__ = (
        UniqueConstraint("subject", "version"),
        Index(None, "invoice_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID | None]
    subject: Mapped[str]
    """What it is about: `inv:{id}:create`."""
    version: Mapped[int] = mapped_column(SmallInteger, default=1)
    key: Mapped[str] = mapped_column(unique=True)
    """`inv:{id}:create:v1`: the idempotency key."""
    fingerprint: Mapped[str]
    """Of the parameters: other ones under the same key are an alarm."""
    state: Mapped[CallState] = mapped_column(default=CallState.INTENDED)
    result_id: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StripeEvent(ProviderModel):
    """Something Stripe told us: written down before it is answered, applied by a job."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index(
            "ix_stripe_event_waiting", "received_at", postgresql_where=text("state = 'received'")
        ),
        Index(None, "state", "received_at"),
        Index(None, "object_id"),
        Index(None, "invoice_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    object_id: Mapped[str]
    api_version: Mapped[str]
    is_live: Mapped[bool]
    created_at: Mapped[datetime]
    """When it happened, as Stripe says."""
    received_at: Mapped[datetime]
    found_by: Mapped[str]
    """`webhook`, or `list` where the hourly look through the list found it."""
    state: Mapped[EventState]
    reason: Mapped[str] = mapped_column(default="")
    """Why it was put aside."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values of the reason."""
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime | None]


class StripeObject(ProviderModel):
    """An object of Stripe's as we last saw it."""

    __tablename__ = "stripe_object"
    __table_args__ = (Index(None, "invoice_id"), Index(None, "tenant_id"))

    stripe_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]


class StripeFee(ProviderModel):
    """What Stripe kept of a movement of money (a balance transaction). Only ever added to."""

    __tablename__ = "stripe_fee"
    __table_args__ = (Index(None, "at"), APPEND_ONLY)

    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(default="")
    """The charge, refund or dispute that it is of."""
    kind: Mapped[str]
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    at: Mapped[datetime]
    noted_at: Mapped[datetime]


class StripeCursor(ProviderModel):
    """How far the list of events was looked through: one row."""

    __tablename__ = "stripe_cursor"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    looked_until: Mapped[datetime]
    reconciled_at: Mapped[datetime | None]


class StripeDifference(ProviderModel):
    """Something that our books and Stripe do not say alike."""

    __tablename__ = "stripe_difference"
    __table_args__ = (
        Index(
            "uq_stripe_difference_open", "kind", "subject", unique=True,
            postgresql_where=text("settled_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    subject: Mapped[str]
    """The invoice's id, or Stripe's where we know of none."""
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID | None]
    stripe_id: Mapped[str] = mapped_column(default="")
    ours: Mapped[str]
    theirs: Mapped[str]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class DunningStep(ProviderModel):
    """What was done about an overdue invoice: each step once."""

    __tablename__ = "dunning_step"
    __table_args__ = (UniqueConstraint("invoice_id", "kind"), Index(None, "tenant_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("provider.invoice.id"))
    kind: Mapped[DunningKind]
    due_on: Mapped[date]
    taken_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    """Of `read_only`: when the portal was given back."""
