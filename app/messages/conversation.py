"""What the sides tell each other about a subject, and the provider's own notes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.messages.models import Message
from tenants.db import db

MAX_LENGTH = 10_000


def post(*, actor: Actor, subject_id: UUID, body: str, internal: bool = False) -> Message:
    """Write a message. Raises Invalid for an empty or too long one."""
    text = body.strip()
    if not text:
        raise Invalid("Please write something.", fields={"body": ["Please write something."]})
    if len(text) > MAX_LENGTH:
        raise Invalid("A message has at most %(most)s characters.", most=MAX_LENGTH)
    message = Message(
        subject_id=subject_id,
        author_id=actor.id,
        author_name=actor.name,
        author_side=actor.side,
        internal=internal,
        body=text,
        at=now(),
    )
    db.session.add(message)
    db.session.flush()
    return message


def of_subject(subject_id: UUID, *, with_internal: bool) -> Sequence[Message]:
    """Oldest first; internal notes only for the provider's eyes."""
    query = select(Message).where(Message.subject_id == subject_id).order_by(Message.id)
    if not with_internal:
        query = query.where(Message.internal.is_(False))
    return db.session.scalars(query).all()
