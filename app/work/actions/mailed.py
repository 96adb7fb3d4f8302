"""A mail becomes part of an item's conversation, with its files."""

from collections.abc import Sequence
from uuid import UUID

from app.documents import actions as documents
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.errors import Conflict, Invalid
from app.kernel.mails import Attachment
from app.messages import incoming
from app.messages.reading import ReadMail, read
from app.work import queries
from app.work.actions import talking
from app.work.models import WorkItem

MOST_CHARACTERS = 9_500


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
    row = incoming.waiting(mail_id)
    if row is None or row.content is None:
        raise Conflict("This mail is settled already.")
    item = queries.by_number(number)
    writer = Actor(
        id=None,
        name=row.sender_name or row.sender,
        side=Side.CLIENT,
        permissions=frozenset({Permission.MESSAGE_WRITE, Permission.DOCUMENT_WRITE}),
    )
    mail = read(row.content, envelope_sender=row.sender, recipient="")
    say(actor=writer, item_id=item.id, mail=mail)
    incoming.delivered(row, item_id=item.id, by=actor.name)
    return item
