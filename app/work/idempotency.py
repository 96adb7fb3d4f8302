"""A machine's repeated request is carried out once (draft-ietf-httpapi-idempotency-key-header)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.work.models import IdempotencyKey
from tenants.context import scoped_key
from tenants.db import db

KEPT = timedelta(days=30)
"""So long a repeated request is recognised."""


def find(*, actor: Actor, key: str, request_hash: str) -> UUID | None:
    """The item this machine ordered under the key. Whoever comes with the same key at the same
    time waits until this transaction ends. Raises Conflict where the request was another one.
    """
    name = scoped_key("idempotency", str(_machine(actor)), key)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    known = db.session.get(IdempotencyKey, (_machine(actor), key))
    if known is None:
        return None
    if known.request_hash != request_hash:
        raise Conflict("This Idempotency-Key was used for another request.")
    return known.item_id


def remember(*, actor: Actor, key: str, request_hash: str, item_id: UUID) -> None:
    """Keep what the key stands for, in the order's own transaction."""
    db.session.add(
        IdempotencyKey(
            token_id=_machine(actor),
            key=key,
            request_hash=request_hash,
            item_id=item_id,
            created_at=now(),
        )
    )
    db.session.flush()


def forget() -> int:
    """Remove keys older than `KEPT` in the client in scope; how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT)
    return len(db.session.scalars(old.returning(IdempotencyKey.key)).all())


def _machine(actor: Actor) -> UUID:
    if actor.id is None:
        raise Invalid("A key belongs to a token.")
    return actor.id
