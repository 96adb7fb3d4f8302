"""A client whose own program is told what happens: most of it arrived, one message did not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.jobs import codec, registry
from app.jobs.models import Fact
from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.webhooks import actions, rules, sending
from app.webhooks.models import WebhookDelivery
from app.webhooks.rules import CHOICES, Why
from app.webhooks.sending import Outcome
from devtools.demo.clients import Client
from tenants.db import db, transaction
from tenants.scope import tenant_scope

OWNER = "alpha-logistik"
_SINCE = timedelta(days=12)
_ATTEMPTS = len(rules.PAUSES) + 1


def set_up(client: Client, *, until: datetime) -> None:
    """An endpoint of some days ago, and what its messages came to."""
    begun = until - _SINCE
    with tenant_scope(client.ref):
        with freeze(begun), transaction():
            _name(client.members[0])
        with transaction():
            facts = db.session.scalars(
                select(Fact).where(Fact.occurred_at >= begun).order_by(Fact.id)
            ).all()
            for fact in facts:
                _tell(fact)
        with transaction():
            messages = db.session.scalars(
                select(WebhookDelivery).order_by(WebhookDelivery.created_at)
            ).all()
            early = [message for message in messages if message.created_at < until - rules.SPAN]
            _play(messages, lost=early[-1] if early else None)


def _name(admin: Actor) -> None:
    actions.add(
        actor=admin,
        url="https://hooks.alpha-logistik.example/kontor",
        description="Disposition (Warenwirtschaft)",
        event_types=[str(kind) for kind in CHOICES],
        ordered=False,
    )


def _tell(fact: Fact) -> None:
    kind = registry.EVENTS.get(fact.name)
    for task in registry.SUBSCRIBERS.get(fact.name, ()):
        if kind is not None and task.kind.startswith(sending.NOTING):
            with freeze(fact.occurred_at):
                task.function(codec.decode(kind, fact.payload))


def _play(messages: Sequence[WebhookDelivery], lost: WebhookDelivery | None) -> None:
    refused = Outcome(status=503, why=Why.STATUS, text="Wartungsarbeiten bis Montag, 6 Uhr.")
    if lost is not None:
        moment = lost.created_at
        for _ in range(_ATTEMPTS - 1):
            _attempt(lost, refused, at=moment)
            moment = lost.next_at or moment
    for message in messages:
        if message is not lost:
            _attempt(message, Outcome(status=204), at=message.created_at)
    if lost is not None:  # last of all: others have arrived meanwhile, the endpoint stays enabled
        _attempt(lost, refused, at=lost.next_at or lost.created_at)


def _attempt(message: WebhookDelivery, outcome: Outcome, *, at: datetime) -> None:
    with freeze(at + timedelta(seconds=1)):
        sent = sending.begin(message.id, job_id=message.job_id)
        if sent is not None:
            sending.end(message.id, attempt=sent.attempt, outcome=outcome)
