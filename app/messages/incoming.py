"""Mail that comes in is written down once, and told what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.messages.incoming_models import IncomingMail, Outcome, id_of
from app.messages.mail_models import Mail
from tenants.db import db

MOST_AN_HOUR = 20
"""Mails of one sender about one item; more are a loop between machines."""
STUCK = timedelta(minutes=10)
"""A mail that was only written down so long ago waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is written down of a mail."""

    message_key: str
    sender: str
    sender_name: str
    subject: str
    text: str
    content: bytes
    outcome: Outcome = Outcome.RECEIVED
    reason: str = ""
    tenant_id: int | None = None
    item_id: UUID | None = None


def write_down(arrival: Arrival) -> UUID | None:
    """Write a mail down, in the provider's books. None if it came before and is settled.

    One that came before and was only written down may go on: its sender never had our word for it.
    """
    settled = arrival.outcome in {Outcome.AUTOMATIC, Outcome.BOUNCE}
    row = {
        "id": id_of(arrival.message_key),
        "message_key": arrival.message_key,
        "tenant_id": arrival.tenant_id,
        "item_id": arrival.item_id,
        "sender": arrival.sender[:320],
        "sender_name": arrival.sender_name[:200],
        "subject": arrival.subject[:500],
        "text": arrival.text.replace("\0", " ")[:10_000],
        "outcome": arrival.outcome,
        "reason": arrival.reason,
        "received_at": now(),
        "settled_by_name": "",
        "content": None if settled else arrival.content,
    }
    statement = insert(IncomingMail).values(row).on_conflict_do_nothing()
    if db.session.scalar(statement.returning(IncomingMail.id)) is not None:
        return UUID(str(row["id"]))
    return db.session.scalar(
        select(IncomingMail.id).where(
            IncomingMail.id == id_of(arrival.message_key),
            IncomingMail.outcome == Outcome.RECEIVED,
        )
    )


def came_before(message_key: str) -> bool:
    """Whether a mail of this key is settled already."""
    query = select(IncomingMail.id).where(
        IncomingMail.id == id_of(message_key), IncomingMail.outcome != Outcome.RECEIVED
    )
    return db.session.scalar(query) is not None


def answered(mail_ids: Sequence[UUID]) -> tuple[int, UUID] | None:
    """Client and item of the last of these mails of ours that was about an item."""
    query = select(Mail.tenant_id, Mail.subject_id, Mail.id).where(
        Mail.id.in_(mail_ids), Mail.tenant_id.is_not(None), Mail.subject_id.is_not(None)
    )
    known = {row.id: (row.tenant_id, row.subject_id) for row in db.session.execute(query)}
    return next((known[one] for one in reversed(mail_ids) if one in known), None)


def is_loop(*, sender: str, item_id: UUID) -> bool:
    """Whether this sender wrote about this item so often within an hour as only machines do."""
    since = now() - timedelta(hours=1)
    query = select(func.count()).where(
        IncomingMail.sender == sender,
        IncomingMail.item_id == item_id,
        IncomingMail.received_at > since,
    )
    return (db.session.scalar(query) or 0) >= MOST_AN_HOUR


def waiting(mail_id: UUID) -> IncomingMail | None:
    """The mail, held, while it is not settled; in the scope of its client or in the books."""
    return db.session.scalar(
        select(IncomingMail)
        .where(
            IncomingMail.id == mail_id,
            IncomingMail.outcome.in_((Outcome.RECEIVED, Outcome.TRIAGE)),
        )
        .with_for_update()
    )


def delivered(row: IncomingMail, *, item_id: UUID, by: str = "") -> None:
    """It is in the item's conversation."""
    row.outcome, row.item_id, row.content = Outcome.DELIVERED, item_id, None
    row.settled_by_name = by
    db.session.flush()


def put_to_triage(mail_id: UUID, *, reason: str) -> None:
    """A person has to look."""
    row = waiting(mail_id)
    if row is not None:
        row.outcome, row.reason = Outcome.TRIAGE, reason


def of_client(actor: Actor, *, mail_id: UUID, tenant_id: int) -> IncomingMail:
    """Say which client the mail is about, before it is put to an item of this client.

    Raises Forbidden, NotFound, Conflict.
    """
    row = one(mail_id, actor=actor)
    if row.content is None:
        raise Conflict("This mail is settled already.")
    row.tenant_id = tenant_id
    db.session.flush()
    return row


def dismiss(*, actor: Actor, mail_id: UUID) -> None:
    """Put a mail aside for good. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.WORK_ASSIGN)
    one(mail_id, actor=actor)
    row = waiting(mail_id)
    if row is None:
        raise Conflict("This mail is settled already.")
    row.outcome, row.content, row.settled_by_name = Outcome.DISMISSED, None, actor.name


def one(mail_id: UUID, *, actor: Actor) -> IncomingMail:
    """Raises Forbidden, NotFound."""
    actor.require(Permission.WORK_ASSIGN)
    row = db.session.get(IncomingMail, mail_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such mail.")
    return row


def listed(*, waiting_only: bool, limit: int = 100) -> Sequence[IncomingMail]:
    """The mails that wait for a person; or the newest of all."""
    query = select(IncomingMail).order_by(IncomingMail.received_at.desc()).limit(limit)
    if waiting_only:
        stuck = (IncomingMail.outcome == Outcome.RECEIVED) & (
            IncomingMail.received_at < now() - STUCK
        )
        query = query.where((IncomingMail.outcome == Outcome.TRIAGE) | stuck)
    return db.session.scalars(query).all()
