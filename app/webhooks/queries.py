"""What is set up and what became of it, for the client's own people."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.kernel.errors import NotFound
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import DeliveryState
from tenants.db import db


def endpoints() -> Sequence[WebhookEndpoint]:
    """Every endpoint of the client in scope, the oldest first."""
    return db.session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)).all()


def endpoint(endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """One of them. Raises NotFound."""
    found = db.session.get(WebhookEndpoint, endpoint_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


def delivery(delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery:
    """One message. Raises NotFound."""
    found = db.session.get(WebhookDelivery, delivery_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("There is no such message.")
    return found


def deliveries(
    endpoint_id: UUID,
    *,
    states: Collection[DeliveryState] = tuple(DeliveryState),
    before: UUID | None = None,
    most: int = 50,
) -> Sequence[WebhookDelivery]:
    """The newest messages to an endpoint, those before the event `before`."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state.in_(states)
    )
    if before is not None:
        query = query.where(WebhookDelivery.event_id < before)
    return db.session.scalars(query.order_by(WebhookDelivery.event_id.desc()).limit(most)).all()


def counts(endpoint_id: UUID | None = None) -> Mapping[tuple[UUID, DeliveryState], int]:
    """How many messages of each endpoint are in which state."""
    columns = (WebhookDelivery.endpoint_id, WebhookDelivery.state)
    query = select(*columns, func.count()).group_by(*columns)
    if endpoint_id is not None:
        query = query.where(WebhookDelivery.endpoint_id == endpoint_id)
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}
