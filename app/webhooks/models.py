"""Endpoints of the client's own programs, and what was or will be told them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from app.webhooks.rules import DeliveryState, DisabledBecause, EndpointState, Why
from tenants.db import TenantModel


class WebhookEndpoint(TenantModel):
    """An address of the client that hears of what happens."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    event_types: Mapped[list[str]]
    ordered: Mapped[bool] = mapped_column(default=False)
    """One message after the other, in the order of what happened."""
    state: Mapped[EndpointState] = mapped_column(default=EndpointState.ACTIVE)
    disabled_because: Mapped[DisabledBecause | None]
    nonce: Mapped[bytes]
    """With SECRET_KEY it makes the secret: a copy of the database alone gives none away."""
    old_nonce: Mapped[bytes | None]
    old_nonce_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    """The first failed attempt since the last one that arrived."""
    created_at: Mapped[datetime]


class WebhookDelivery(TenantModel):
    """One message to one endpoint: the intention, each attempt's outcome, the end."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("uq_webhook_delivery_event", "endpoint_id", "event_id", unique=True),
        Index(
            "ix_webhook_delivery_open",
            "endpoint_id",
            "event_id",
            postgresql_where=text("state in ('waiting', 'sending')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """With msg_ before it the header webhook-id: the same at every attempt."""
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    """The fact's; time-ordered."""
    event_type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    job_id: Mapped[UUID | None]
    """The one job that may carry it (its public id)."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Attempts since the start or the last replay: what the pauses go by."""
    created_at: Mapped[datetime]
    first_at: Mapped[datetime | None]
    """The first attempt since the start or the last replay."""
    last_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    why: Mapped[Why] = mapped_column(default=Why.NONE)
    answer: Mapped[str] = mapped_column(default="")
    """The beginning of what the endpoint said, or of the error."""
