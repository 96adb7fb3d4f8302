"""Set endpoints up, change them, tell them again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.adapters import outbound
from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.webhooks import queries, sending
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import (
    CHOICES,
    OLD_SECRET_COUNTS,
    DeliveryState,
    DisabledBecause,
    EndpointState,
    EventType,
)
from app.webhooks.secrets import new_nonce, secret
from tenants.db import db

MOST_ENDPOINTS = 20
MOST_AT_ONCE = 1000
LONGEST_DESCRIPTION = 200


def add(
    *, actor: Actor, url: str, event_types: Collection[str], ordered: bool, description: str = ""
) -> tuple[WebhookEndpoint, str]:
    """An endpoint and its secret, which is shown this once. Raises Forbidden, Invalid, Conflict."""
    actor.require(Permission.WEBHOOK_MANAGE)
    if (db.session.scalar(select(func.count(WebhookEndpoint.id))) or 0) >= MOST_ENDPOINTS:
        raise Conflict("There are at most %(most)s endpoints.", most=MOST_ENDPOINTS)
    endpoint = WebhookEndpoint(id=new_id(), nonce=new_nonce(), created_at=now())
    _set(endpoint, url=url, event_types=event_types, ordered=ordered, description=description)
    db.session.add(endpoint)
    db.session.flush()
    _record(actor, "webhook.added", endpoint)
    return endpoint, secret(endpoint.id, endpoint.nonce)


def change(
    *,
    actor: Actor,
    endpoint_id: UUID,
    url: str,
    event_types: Collection[str],
    ordered: bool,
    description: str = "",
) -> None:
    """Another address, other events. Raises Forbidden, NotFound, Invalid."""
    endpoint = _mine(actor, endpoint_id)
    kept_order = endpoint.ordered
    _set(endpoint, url=url, event_types=event_types, ordered=ordered, description=description)
    if kept_order and not ordered:
        # Those that waited for their turn have no job of their own.
        for delivery in sending.waiting(endpoint_id):
            sending.schedule(delivery, at=now())
    _record(actor, "webhook.changed", endpoint)


def _set(
    endpoint: WebhookEndpoint,
    *,
    url: str,
    event_types: Collection[str],
    ordered: bool,
    description: str,
) -> None:
    faults: dict[str, list[str | Text]] = {}
    url = url.strip()
    try:
        outbound.check_url(url)
    except outbound.AddressRefused:
        faults["url"] = [
            Text("Please give an address on the internet that begins with https://.")
            if outbound.settings().https_only
            else Text(
                "Please give an address on the internet that begins with http:// or https://."
            )
        ]
    wanted = [str(kind) for kind in CHOICES if kind in event_types]
    if not wanted or len(wanted) != len(set(event_types)):
        faults["event_types"] = [Text("Please choose what the endpoint is told.")]
    if len(description) > LONGEST_DESCRIPTION:
        faults["description"] = [Text("That is too long.")]
    if faults:
        raise Invalid(fields=faults)
    endpoint.url, endpoint.event_types = url, wanted
    endpoint.ordered, endpoint.description = ordered, description.strip()


def rotate(*, actor: Actor, endpoint_id: UUID) -> str:
    """A new secret, shown this once; the old one counts for another day. Raises Forbidden."""
    endpoint = _mine(actor, endpoint_id)
    endpoint.old_nonce, endpoint.old_nonce_until = endpoint.nonce, now() + OLD_SECRET_COUNTS
    endpoint.nonce = new_nonce()
    _record(actor, "webhook.secret_rotated", endpoint)
    return secret(endpoint.id, endpoint.nonce)


def switch(*, actor: Actor, endpoint_id: UUID, on: bool) -> None:
    """Tell it nothing more, or again what happens from now on. Raises Forbidden, NotFound."""
    endpoint = _mine(actor, endpoint_id)
    if on:
        endpoint.state, endpoint.disabled_because = EndpointState.ACTIVE, None
        endpoint.failing_since = None
    elif endpoint.state is EndpointState.ACTIVE:
        sending.disable(endpoint, because=DisabledBecause.PERSON)
    _record(actor, "webhook.enabled" if on else "webhook.disabled", endpoint)


def remove(*, actor: Actor, endpoint_id: UUID) -> None:
    """Take it away, with what is known of its messages. Raises Forbidden, NotFound."""
    endpoint = _mine(actor, endpoint_id)
    _record(actor, "webhook.removed", endpoint)
    db.session.delete(endpoint)


def send_test(*, actor: Actor, endpoint_id: UUID) -> UUID:
    """Tell it of nothing, to see whether it hears. Raises Forbidden, NotFound, Conflict."""
    endpoint = _mine(actor, endpoint_id)
    if endpoint.state is EndpointState.DISABLED:
        raise Conflict("The endpoint is disabled.")
    written = sending.write_to(
        endpoint, kind=EventType.TEST, event_id=new_id(), at=now(), data={"by": "test"}
    )
    assert written is not None  # noqa: S101  its event is new
    return written.id


def replay(*, actor: Actor, delivery_id: UUID) -> WebhookDelivery:
    """Tell a message again under its webhook-id. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.WEBHOOK_MANAGE)
    delivery = queries.delivery(delivery_id)
    endpoint = _mine(actor, delivery.endpoint_id)
    db.session.refresh(delivery, with_for_update=True)
    if endpoint.state is EndpointState.DISABLED:
        raise Conflict("The endpoint is disabled.")
    _again(delivery)
    _record(actor, "webhook.replayed", endpoint, messages=1)
    return delivery


def replay_failed(*, actor: Actor, endpoint_id: UUID, since: datetime) -> int:
    """Tell again whatever failed since that moment, the oldest first; how many.

    Raises Forbidden, NotFound, Conflict.
    """
    endpoint = _mine(actor, endpoint_id)
    if endpoint.state is EndpointState.DISABLED:
        raise Conflict("The endpoint is disabled.")
    failed = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.state == DeliveryState.FAILED,
            WebhookDelivery.created_at >= since,
        )
        .order_by(WebhookDelivery.event_id)
        .limit(MOST_AT_ONCE)
        .with_for_update()
    )
    found = db.session.scalars(failed).all()
    for delivery in found:
        _again(delivery)
    _record(actor, "webhook.replayed", endpoint, messages=len(found))
    return len(found)


def _again(delivery: WebhookDelivery) -> None:
    delivery.tries, delivery.first_at, delivery.finished_at = 0, None, None
    sending.schedule(delivery, at=now())


def _mine(actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    actor.require(Permission.WEBHOOK_MANAGE)
    return queries.endpoint(endpoint_id, lock=True)


def _record(actor: Actor, verb: str, endpoint: WebhookEndpoint, **more: int) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        subject_type="webhook_endpoint",
        subject_id=endpoint.id,
        detail={"name": endpoint.url, **more},
    )
