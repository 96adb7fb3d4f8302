"""A mail becomes part of an item's conversation, with its files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.documents import actions as documents
from app.documents.rules import ending
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.errors import Conflict, Invalid
from app.kernel.mails import Attachment
from app.messages import incoming
from app.messages.incoming_models import IncomingMail
from app.messages.reading import ReadMail, read
from app.work import queries
from app.work.actions import orders, talking
from app.work.actions.orders import Order
from app.work.models import WorkItem

MOST_CHARACTERS = 9_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a mail says that an order is made of."""

    subject: str
    text: str
    received_at: datetime
    files: Sequence[str]


def say(*, actor: Actor, item_id: UUID, mail: ReadMail) -> None:
    """Write what is new in the mail into the item's conversation; in its client's scope.

    Files that are not taken in are named. Raises Conflict for finished work, Invalid for nothing.
    """
    kept, refused = _files(actor, mail.attachments)
    lines = [mail.text[:MOST_CHARACTERS]]
    if names := [*refused, *mail.left_out]:
        lines.append("\N{CROSS MARK} " + ", ".join(names))
    body = "\n\n".join(line for line in lines if line.strip())
    talking.say(actor=actor, item_id=item_id, body=body, document_ids=kept)


def _files(actor: Actor, attachments: Sequence[Attachment]) -> tuple[list[UUID], list[str]]:
    kept, refused = [], []
    for file in attachments:
        try:
            kept.append(documents.store(actor=actor, name=file.name, content=file.content).id)
        except Invalid:
            refused.append(file.name)
    return kept, refused


def put(*, actor: Actor, mail_id: UUID, number: str) -> WorkItem:
    """A lead says to which item a mail belongs that nobody could place; in that client's scope.

    It is written under its sender's name and counts as a word of the client's.
    Raises Forbidden, NotFound, Conflict.
    """
    actor.require(Permission.WORK_ASSIGN)
    row, mail = _waiting(mail_id)
    item = queries.by_number(number)
    say(actor=_writer(row), item_id=item.id, mail=mail)
    incoming.delivered(row, item_id=item.id, by=actor.name)
    return item


def _waiting(mail_id: UUID) -> tuple[IncomingMail, ReadMail]:
    row = incoming.waiting(mail_id)
    if row is None or row.content is None:
        raise Conflict("This mail is settled already.")
    return row, read(row.content, envelope_sender=row.sender, recipient="")


def _writer(row: IncomingMail) -> Actor:
    return Actor(
        id=None,
        name=row.sender_name or row.sender,
        side=Side.CLIENT,
        permissions=frozenset({Permission.MESSAGE_WRITE, Permission.DOCUMENT_WRITE}),
    )


def begun_by(*, actor: Actor, mail_id: UUID) -> Beginning:
    """What an order form begins with that a mail led to; in the scope of its client.

    Raises Forbidden, Conflict.
    """
    actor.require(Permission.WORK_ASSIGN)
    row, mail = _waiting(mail_id)
    return Beginning(
        subject=mail.subject,
        text=mail.text[:MOST_CHARACTERS],
        received_at=row.received_at,
        files=[one.name for one in mail.attachments],
    )


def open_items(
    *, actor: Actor, mail_id: UUID, order: Order, accepts: tuple[str, ...]
) -> Sequence[WorkItem]:
    """Open new work from a mail that belongs to no item; in the scope of its client.

    Its files go along where this kind of work takes them, its text and the other files begin the
    conversation of the (first) item. Raises what `orders.open_items` does, and Conflict.
    """
    actor.require(Permission.WORK_ASSIGN)
    row, mail = _waiting(mail_id)
    fitting = [one for one in mail.attachments if ending(one.name) in accepts]
    kept, refused = _files(_writer(row), fitting)
    documents_of_order = [*order.document_ids, *kept]
    items = orders.open_items(actor=actor, order=replace(order, document_ids=documents_of_order))
    others = [one for one in mail.attachments if one not in fitting]
    rest = replace(mail, attachments=others, left_out=[*mail.left_out, *refused])
    if rest.text.strip() or others or rest.left_out:
        say(actor=_writer(row), item_id=items[0].id, mail=rest)
    incoming.delivered(row, item_id=items[0].id, by=actor.name)
    return items
