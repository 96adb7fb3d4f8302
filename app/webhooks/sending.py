"""A message between being meant and being told: what the job does in its transactions.

Each message has one job at a time (`job_id`). A killed worker's job comes back and sends the same
message with the same webhook-id: at least once, and the receiver can tell.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from typing import Any
from uuid import UUID

from sqlalchemy import UUID as SQLUUID
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from app.identity import queries as people
from app.jobs.actions import enqueue
from app.jobs.models import Job
from app.jobs.rules import ACTIVE
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.messages import mail
from app.webhooks import rules
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.rules import DeliveryState, DisabledBecause, EndpointState, EventType, Why
from app.webhooks.secrets import valid_secrets
from tenants.context import current_tenant
from tenants.db import db

JOB = "webhooks.deliver"
NOTING = "webhooks."
_OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)
_GONE = 410
KEPT = timedelta(days=90)
"""So long messages that have ended can be looked at and sent again."""
_TURN = timedelta(seconds=1)
"""How long an ordered message waits for an earlier fact that is not written down yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as it goes over the line."""

    url: str
    headers: dict[str, str]
    body: bytes
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended."""

    status: int | None = None
    text: str = ""
    why: Why = Why.NONE
    retry_after: str = ""


def write(
    kind: EventType, *, event_id: UUID, at: datetime, data: dict[str, Any]
) -> list[WebhookDelivery]:
    """One message to each endpoint that wants to hear of it; a second call changes nothing."""
    wanting = select(WebhookEndpoint).where(
        WebhookEndpoint.event_types.contains([str(kind)]), WebhookEndpoint.created_at <= at
    )
    written = []
    for endpoint in db.session.scalars(wanting):
        found = write_to(endpoint, kind=kind, event_id=event_id, at=at, data=data)
        written += [found] if found else []
    return written


def write_to(
    endpoint: WebhookEndpoint,
    *,
    kind: EventType,
    event_id: UUID,
    at: datetime,
    data: dict[str, Any],
) -> WebhookDelivery | None:
    """The message to this endpoint, and the job that tells it; None if it is written already."""
    values: dict[str, Any] = {
        "id": new_id(),
        "endpoint_id": endpoint.id,
        "event_id": event_id,
        "event_type": str(kind),
        "payload": {"type": str(kind), "timestamp": at.isoformat(), "data": data},
        "state": DeliveryState.WAITING,
        "attempts": 0, "tries": 0, "answer": "", "why": Why.NONE,
        "created_at": now(),
    }  # fmt: skip
    if endpoint.state is EndpointState.DISABLED:
        # Kept, so that it can be told once the endpoint is well again.
        values |= {"state": DeliveryState.FAILED, "why": Why.DISABLED, "finished_at": now()}
    statement = insert_or_skip(WebhookDelivery).values(values).on_conflict_do_nothing()
    delivery = db.session.scalar(statement.returning(WebhookDelivery))
    if delivery is not None and delivery.state is DeliveryState.WAITING:
        schedule(delivery, at=now())
    return delivery


def schedule(delivery: WebhookDelivery, *, at: datetime) -> None:
    """Have it told at that moment, by a job of its own; whatever job it had lets go of it."""
    delivery.state, delivery.next_at = DeliveryState.WAITING, at
    delivery.job_id = enqueue(JOB, args={"delivery_id": delivery.id}, run_at=at)


def waiting(endpoint_id: UUID, *, most: int | None = None) -> Sequence[WebhookDelivery]:
    """The messages that are to be told, the oldest first."""
    found = select(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    return db.session.scalars(found.order_by(WebhookDelivery.event_id).limit(most)).all()


def begin(delivery_id: UUID, *, job_id: UUID | None) -> Outgoing | None:
    """Write down that an attempt begins, and give the message; None: nothing to do, or not yet."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return None
    endpoint = _locked(delivery.endpoint_id)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state not in _OPEN or delivery.job_id != job_id:
        return None
    if endpoint.state is EndpointState.DISABLED:
        _give_up(delivery, why=Why.DISABLED)
        return None
    if endpoint.ordered and not _is_next(delivery):
        return None
    delivery.state = DeliveryState.SENDING
    delivery.attempts, delivery.tries = delivery.attempts + 1, delivery.tries + 1
    delivery.last_at = now()
    delivery.first_at = delivery.first_at or delivery.last_at
    return _outgoing(endpoint, delivery)


def _locked(endpoint_id: UUID) -> WebhookEndpoint:
    found = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).one()


def _is_next(delivery: WebhookDelivery) -> bool:
    """Whether it is this message's turn; else whoever is before it calls it, or a job does soon."""
    before = exists().where(
        WebhookDelivery.endpoint_id == delivery.endpoint_id,
        WebhookDelivery.event_id < delivery.event_id,
        WebhookDelivery.state.in_(_OPEN),
    )
    if db.session.scalar(select(before)):
        return False
    fact = Job.args["fact_id"].astext.cast(SQLUUID)
    unwritten = exists().where(
        Job.tenant_id == current_tenant().id,
        Job.kind.startswith(NOTING),
        Job.args.has_key("fact_id"),
        Job.state.in_(ACTIVE),
        fact < delivery.event_id,
    )
    if db.session.scalar(select(unwritten)):
        schedule(delivery, at=now() + _TURN)
        return False
    return True


def _outgoing(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Outgoing:
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    message_id, timestamp = f"msg_{delivery.id.hex}", int(now().timestamp())
    signatures = (
        rules.signature(secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in valid_secrets(endpoint)
    )
    return Outgoing(
        url=endpoint.url,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "Kontor-Webhooks/1",
            "Accept-Encoding": "identity",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
        },
        body=body,
        attempt=delivery.attempts,
    )


def end(delivery_id: UUID, *, attempt: int, outcome: Outcome) -> None:
    """Write down how the attempt ended, and what follows. Nothing if a later one has begun."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return
    endpoint = _locked(delivery.endpoint_id)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state is not DeliveryState.SENDING or delivery.attempts != attempt:
        return
    delivery.status, delivery.why = outcome.status, outcome.why
    delivery.answer = outcome.text[:1000]
    if outcome.why is Why.NONE:
        delivery.state, delivery.finished_at = DeliveryState.DELIVERED, now()
        delivery.next_at = endpoint.failing_since = None
    else:
        _failed(endpoint, delivery, outcome)
    if delivery.state not in _OPEN:
        _call_next(endpoint)


def cut_off(delivery_id: UUID, *, job_id: UUID) -> bool:
    """Its job will not go on: it has failed and can be sent again. False: it has another job."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return False
    endpoint = _locked(delivery.endpoint_id)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state not in _OPEN or delivery.job_id != job_id:
        return False
    _give_up(delivery, why=Why.CUT_OFF)
    _call_next(endpoint)
    return True


def _failed(endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: Outcome) -> None:
    endpoint.failing_since = endpoint.failing_since or now()
    if outcome.status == _GONE:
        _give_up(delivery, why=outcome.why)
        disable(endpoint, because=DisabledBecause.GONE)
        return
    pause = rules.pause(delivery.tries, chance=random())  # noqa: S311  only spreads the load
    if pause is None:
        _give_up(delivery, why=outcome.why)
        if endpoint.failing_since <= (delivery.first_at or now()):
            disable(endpoint, because=DisabledBecause.FAILING)
    elif endpoint.state is EndpointState.DISABLED:
        _give_up(delivery, why=outcome.why)
    else:
        wish = rules.wish(outcome.retry_after, at=now())
        schedule(delivery, at=now() + max(pause, wish))


def _give_up(delivery: WebhookDelivery, *, why: Why) -> None:
    delivery.state, delivery.why = DeliveryState.FAILED, why
    delivery.next_at, delivery.finished_at, delivery.job_id = None, now(), None


def _call_next(endpoint: WebhookEndpoint) -> None:
    if not endpoint.ordered or endpoint.state is EndpointState.DISABLED:
        return
    db.session.flush()
    for following in waiting(endpoint.id, most=1):
        schedule(following, at=now())


def forget() -> int:
    """Remove the messages of the client in scope that ended longer ago than `KEPT`; how many."""
    old = delete(WebhookDelivery).where(WebhookDelivery.finished_at < now() - KEPT)
    return len(db.session.scalars(old.returning(WebhookDelivery.id)).all())


def disable(endpoint: WebhookEndpoint, *, because: DisabledBecause) -> None:
    """Tell it nothing more; what waits is kept as failed. The client's admins hear of it."""
    endpoint.state, endpoint.disabled_because = EndpointState.DISABLED, because
    db.session.flush()
    db.session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.state == DeliveryState.WAITING,
        )
        .values(
            state=DeliveryState.FAILED, why=Why.DISABLED, next_at=None, job_id=None,
            finished_at=func.now(),
        )
        .execution_options(synchronize_session="fetch")
    )  # fmt: skip
    if because is not DisabledBecause.PERSON:
        _tell(endpoint)


def _tell(endpoint: WebhookEndpoint) -> None:
    client = current_tenant()
    for member in people.members(client.id):
        if member.accepted_at is not None and member.role == "client_admin":
            mail.send(
                to=member.email,
                template="webhook_disabled",
                locale=member.locale,
                params={
                    "path": f"/p/{client.slug}/webhooks/{endpoint.id}",
                    "url": endpoint.url,
                    "gone": endpoint.disabled_because is DisabledBecause.GONE,
                },
            )
