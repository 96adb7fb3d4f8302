"""Events of Stripe's: written down once each, put aside where they are not ours to apply."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe import webhook
from app.adapters.stripe.failures import SignatureRefused
from app.audit import actions as audit
from app.collecting import alarms
from app.collecting.models import StripeEvent
from app.collecting.rules import HANDLED, EventState
from app.identity.permissions import Permission
from app.jobs.actions import enqueue
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import new_id
from tenants.db import db

APPLY = "collecting.apply_event"
SWEEP_AFTER = timedelta(minutes=2)
_PLAIN = {
    "id": str, "type": str, "api_version": str, "livemode": bool, "created": int, "data": dict,
}  # fmt: skip


_EVENTS = cast("Table", StripeEvent.__table__)
"""The table itself: without what the session would do for objects, of which there are none."""


def receive(*, body: bytes, signature: str) -> None:
    """Take what Stripe's webhook was sent. Raises SignatureRefused: then nothing is kept."""
    secrets = stripe.settings().webhook_secrets
    event = webhook.verified(body, signature, secrets=secrets, at=now())
    keep(event, found_by="webhook")


def keep(event: Mapping[str, Any], *, found_by: str) -> bool:
    """Write an event down unless it is known; whether it was new. Its job runs after the commit."""
    if not all(isinstance(event.get(name), kind) for name, kind in _PLAIN.items()):
        raise SignatureRefused("this is no event")
    state, reason = _judged(event)
    row_id = new_id()
    written = insert(_EVENTS).values(
        id=row_id, event_id=event["id"], type=event["type"], api_version=event["api_version"],
        object_id=str(event["data"].get("object", {}).get("id") or ""), is_live=event["livemode"],
        created_at=datetime.fromtimestamp(event["created"], UTC), received_at=now(),
        found_by=found_by, state=state, reason=reason, detail={}, payload=dict(event),
    )  # fmt: skip
    once = written.on_conflict_do_nothing(index_elements=["event_id"]).returning(_EVENTS.c.id)
    if db.session.execute(once).first() is None:
        return False
    if state is EventState.RECEIVED:
        enqueue(APPLY, args={"event_id": row_id}, dedupe_key=str(row_id))
    elif state is EventState.QUARANTINED:
        alarms.tell(reason, path="/desk/stripe/events?state=quarantined")
    return True


def _judged(event: Mapping[str, Any]) -> tuple[EventState, str]:
    if event["livemode"] is not stripe.door().is_live:
        return EventState.QUARANTINED, "wrong_mode"
    if event["api_version"] != stripe.API_VERSION:
        return EventState.QUARANTINED, "foreign_version"
    if event["type"] not in HANDLED:
        return EventState.IGNORED, ""
    return EventState.RECEIVED, ""


def sweep() -> int:
    """Have events applied whose job was lost; how many there were."""
    waiting = select(StripeEvent.id).where(
        StripeEvent.state == EventState.RECEIVED, StripeEvent.received_at <= now() - SWEEP_AFTER
    )
    found = db.session.scalars(waiting.order_by(StripeEvent.received_at).limit(500)).all()
    for row_id in found:
        enqueue(APPLY, args={"event_id": row_id}, dedupe_key=str(row_id))
    return len(found)


def replay(*, actor: Actor, row_id: UUID) -> StripeEvent:
    """Have an event applied that was put aside, or once more. Raises Forbidden, NotFound."""
    actor.require(Permission.PAYMENT_RECORD)
    row = db.session.get(StripeEvent, row_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such event.")
    if row.state is EventState.RECEIVED:
        raise Conflict("This event is being applied already.")
    if row.is_live is not stripe.door().is_live:
        raise Conflict("This event is of the other mode: test events are never applied to money.")
    row.state, row.reason, row.detail = EventState.RECEIVED, "", {}
    enqueue(APPLY, args={"event_id": row.id}, dedupe_key=str(row.id))
    audit.record_provider(
        actor=actor, verb="stripe_event.replayed", subject_type="stripe_event", subject_id=row.id,
        detail={"event": row.event_id, "type": row.type},
    )  # fmt: skip
    return row


def put_aside(row_id: UUID, *, reason: str, detail: Mapping[str, Any]) -> None:
    """Leave an event to a person, and tell one."""
    aside = update(StripeEvent).where(StripeEvent.id == row_id)
    db.session.execute(
        aside.values(state=EventState.QUARANTINED, reason=reason, detail=dict(detail))
    )
    alarms.tell(reason, path="/desk/stripe/events?state=quarantined")
