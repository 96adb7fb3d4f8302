"""Questions and answers, and the waiting that goes with them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app import jobs
from app.documents import queries as documents
from app.documents.models import Document
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.messages import conversation
from app.messages.models import Message
from app.work import document_queries, findable, index, promises, queries
from app.work.changing import changing, move, note, participate
from app.work.events import ClientAsked
from app.work.models import ItemDocument, WorkItem
from app.work.promises import Entry
from app.work.rules import FINISHED, WaitingFor, WorkStatus
from tenants.db import db


def ask_client(*, actor: Actor, item_id: UUID, body: str) -> WorkItem:
    """Ask the client and wait: the clock stands still until the answer."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        begin_if_new(item, actor)
        findable.write_message(item, conversation.post(actor=actor, subject_id=item.id, body=body))
        _wait(item, WaitingFor.CLIENT, spoke=True)
        participate(item, actor)
        jobs.publish(
            ClientAsked(
                item_id=item.id, number=index.number_of(item), requester_id=item.requester_id
            )
        )
    note(item, actor=actor, verb="work.waits_for_client")
    return item


def wait_for_third_party(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """Somebody outside has the ball: an authority, a bank, a supplier."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        begin_if_new(item, actor)
        _wait(item, WaitingFor.THIRD_PARTY, spoke=False)
        participate(item, actor)
    note(item, actor=actor, verb="work.waits_for_third_party", reason=reason.strip() or None)
    return item


def begin_if_new(item: WorkItem, actor: Actor) -> None:
    """Who asks about new work has taken it (inside the caller's change)."""
    if item.status is WorkStatus.NEW:
        move(item, WorkStatus.IN_PROGRESS)
        item.assignee_id = item.clerk_id = actor.id
        item.assignee_name = item.clerk_name = actor.name


def _wait(item: WorkItem, waiting_for: WaitingFor, *, spoke: bool) -> None:
    if item.status is WorkStatus.WAITING and item.waiting_for is waiting_for:
        raise Conflict("%(number)s is already waiting.", number=index.number_of(item))
    at = now()
    if item.status is not WorkStatus.WAITING:
        move(item, WorkStatus.WAITING)
    item.waiting_for = waiting_for
    spoken = [Entry(kind="provider_message", at=at)] if spoke else []
    waits = Entry(kind="paused", at=at, cause=waiting_for)
    item.due_at = promises.happened_together(item, *spoken, waits)


def resume(*, actor: Actor, item_id: UUID) -> WorkItem:
    """The clerk goes on without waiting any longer."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if item.status is not WorkStatus.WAITING:
            raise Conflict("%(number)s is not waiting.", number=index.number_of(item))
        if actor.side is Side.PROVIDER and document_queries.blocks(item.id):
            raise Conflict("Documents are still missing: accept them, or withdraw the request.")
        go_on(item)
        participate(item, actor)
    note(item, actor=actor, verb="work.resumed")
    return item


def go_on(item: WorkItem, *before: Entry) -> None:
    """The waiting is over: the clock runs again (inside the caller's change)."""
    move(item, WorkStatus.IN_PROGRESS)
    resumed = Entry(kind="resumed", at=now())
    item.due_at = promises.happened_together(item, *before, resumed)


def say(
    *, actor: Actor, item_id: UUID, body: str, document_ids: Sequence[UUID] = ()
) -> Message | None:
    """Write to the other side, with files or with files alone (then there is no message).

    A client's answer ends the waiting for it. Raises Invalid where neither is given.
    """
    with changing(item_id, actor=actor, permission=Permission.MESSAGE_WRITE) as item:
        if item.status in FINISHED and actor.side is not Side.PROVIDER:
            raise Conflict("%(number)s is already finished.", number=index.number_of(item))
        added = _attach(item, document_ids)
        message = None
        if body.strip() or not added:
            message = conversation.post(actor=actor, subject_id=item.id, body=body)
            findable.write_message(item, message)
        _heard(item, actor, at=message.at if message else now())
    note(
        item,
        actor=actor,
        verb="work.answered",
        side=str(actor.side),
        documents=[file.name for file in added] or None,
    )
    return message


def _heard(item: WorkItem, actor: Actor, *, at: datetime) -> None:
    if actor.side is Side.PROVIDER:
        promises.happened(item, "provider_message", at=at)
        return
    if item.waiting_for is WaitingFor.CLIENT and not document_queries.blocks(item.id):
        go_on(item, Entry(kind="client_message", at=at))
    else:
        promises.happened(item, "client_message", at=at)


def _attach(item: WorkItem, document_ids: Sequence[UUID]) -> Sequence[Document]:
    """Put further files to the item's."""
    files = documents.documents(document_ids)
    if len(files) != len(document_ids):
        raise Invalid("A file of this message is no longer there.")
    for position, file in enumerate(files, start=len(queries.documents(item.id, results=False))):
        db.session.merge(ItemDocument(item_id=item.id, document_id=file.id, position=position))
    return files


def jot(*, actor: Actor, item_id: UUID, body: str) -> Message:
    """An internal note: the client never sees it."""
    with changing(item_id, actor=actor, permission=Permission.NOTE_WRITE) as item:
        message = conversation.post(actor=actor, subject_id=item.id, body=body, internal=True)
        findable.write_message(item, message)
    note(item, actor=actor, verb="work.noted")
    return message
