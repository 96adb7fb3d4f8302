"""Ask the client for documents, take them in, accept them or send them back.

A blocking request stops the promise's clock; only acceptance starts it again, not the upload
(SLA case 38).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import jobs
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.work import document_queries, promises, queries, request_index
from app.work.actions.talking import begin_if_new, go_on
from app.work.changing import changing, move, note, participate
from app.work.document_models import DocumentRequest, RequestedDocument
from app.work.events import DocumentSentBack, DocumentsRequested
from app.work.models import ItemDocument, WorkItem
from app.work.promises import Entry
from app.work.rules import OPEN, WaitingFor, WorkStatus
from app.work.rules.asked_documents import MISSING, SETTLED, Wish, matched, may_become
from app.work.rules.reminders import next_reminder
from tenants.context import current_tenant
from tenants.db import db

MOST = 40
"""Documents of one request."""
MAX_TITLE = 200
REMIND = "work.remind_of_documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    titles: Sequence[str]
    note: str = ""
    blocking: bool = True
    due_at: datetime | None = None


def request_documents(*, actor: Actor, item_id: UUID, wanted: Wanted) -> DocumentRequest:
    """Ask for documents. Raises Forbidden, Invalid (nothing asked for), Conflict (not open)."""
    titles = [title.strip()[:MAX_TITLE] for title in wanted.titles if title.strip()]
    if not titles or len(titles) > MOST:
        problem = "Please name between one and forty documents."
        raise Invalid(problem, fields={"titles": [problem]})
    if wanted.due_at is not None and wanted.due_at <= now():
        raise Invalid(fields={"due_on": ["The deadline has passed already."]})
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if item.status not in (WorkStatus.NEW, WorkStatus.IN_PROGRESS, WorkStatus.WAITING):
            raise Conflict("Documents can be asked for while the work is open.")
        begin_if_new(item, actor)
        request = _write(item, actor=actor, wanted=wanted, titles=titles)
        _stop_the_clock(item, blocking=wanted.blocking)
        participate(item, actor)
        jobs.publish(DocumentsRequested(item_id=item.id, request_id=request.id))
    _plan_reminder(request)
    request_index.project(request.id)
    note(item, actor=actor, verb="work.documents_requested", documents=titles)
    return request


def _write(
    item: WorkItem, *, actor: Actor, wanted: Wanted, titles: Sequence[str]
) -> DocumentRequest:
    request = DocumentRequest(
        item_id=item.id,
        note=wanted.note.strip(),
        blocking=wanted.blocking,
        due_at=wanted.due_at,
        created_at=now(),
        created_by_id=actor.id,
        created_by_name=actor.name,
    )
    db.session.add(request)
    db.session.flush()
    for position, title in enumerate(titles):
        db.session.add(RequestedDocument(request_id=request.id, position=position, title=title))
    db.session.flush()
    return request


def _stop_the_clock(item: WorkItem, *, blocking: bool) -> None:
    at = now()
    spoken = Entry(kind="provider_message", at=at)
    if not blocking or item.waiting_for is WaitingFor.CLIENT:
        item.due_at = promises.happened_together(item, spoken)
        return
    if item.status is not WorkStatus.WAITING:
        move(item, WorkStatus.WAITING)
    item.waiting_for = WaitingFor.CLIENT
    paused = Entry(kind="paused", at=at, cause=WaitingFor.CLIENT)
    item.due_at = promises.happened_together(item, spoken, paused)


def hand_in(*, actor: Actor, request_id: UUID, files: Mapping[UUID, UUID]) -> DocumentRequest:
    """The client hands documents in: wish → stored document. The clock goes on standing still.

    Raises Forbidden, NotFound, Conflict (closed, or already accepted), Invalid (a file is gone).
    """
    request = document_queries.locked(request_id)
    with changing(request.item_id, actor=actor, permission=Permission.DOCUMENT_WRITE) as item:
        _refuse_closed(request, item)
        known = {one.id: one for one in document_queries.wishes(request_id)}
        stored = {file.id: file for file in documents.documents(list(files.values()))}
        if not files or not files.keys() <= known.keys() or len(stored) != len({*files.values()}):
            raise Invalid("Please choose a file for at least one of the documents.")
        for wish_id, document_id in files.items():
            wish = known[wish_id]
            _become(wish, Wish.HANDED_IN)
            wish.document_id, wish.handed_in_at, wish.reason = document_id, now(), ""
            _attach(item, document_id)
    request_index.project(request.id)
    note(
        item,
        actor=actor,
        verb="work.documents_handed_in",
        documents=sorted(file.name for file in stored.values()),
    )
    return request


def assign_files(
    *,
    actor: Actor,
    request_id: UUID,
    document_ids: Sequence[UUID],
    translate: Callable[[str], str] = str,
) -> tuple[int, list[str]]:
    """Hand in many files at once, each for the wish that its name is most like.

    `translate` says what a wish of a template is called in the client's language. How many
    found their wish, and the names of those that did not. Raises as `hand_in`.
    """
    files = documents.documents(document_ids)
    missing = {
        one.id: one.title for one in document_queries.wishes(request_id) if one.state in MISSING
    }
    also = {wish_id: translate(title) for wish_id, title in missing.items()}
    found, left = matched([file.name for file in files], missing, also=also)
    if found:
        chosen = {wish_id: files[place].id for place, wish_id in found.items()}
        hand_in(actor=actor, request_id=request_id, files=chosen)
    return len(found), [files[place].name for place in left]


def accept_document(*, actor: Actor, wish_id: UUID) -> WorkItem:
    """The document is what was asked for; with the last one the clock goes on."""
    return _judge(actor=actor, wish_id=wish_id, to=Wish.ACCEPTED)


def waive_document(*, actor: Actor, wish_id: UUID) -> WorkItem:
    """The document is not needed any more."""
    return _judge(actor=actor, wish_id=wish_id, to=Wish.WAIVED)


def send_back(*, actor: Actor, wish_id: UUID, reason: str) -> WorkItem:
    """The document cannot be used: the client hands it in again. Raises Invalid without reason."""
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    return _judge(actor=actor, wish_id=wish_id, to=Wish.REJECTED, reason=reason.strip())


def _judge(*, actor: Actor, wish_id: UUID, to: Wish, reason: str = "") -> WorkItem:
    request = document_queries.locked(document_queries.wish(wish_id).request_id)
    with changing(request.item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        _refuse_closed(request, item)
        wish = document_queries.wish(wish_id)
        _become(wish, to)
        wish.reason, wish.judged_at, wish.judged_by_name = reason, now(), actor.name
        participate(item, actor)
        if to is Wish.REJECTED:
            jobs.publish(DocumentSentBack(item_id=item.id, wish_id=wish.id))
            _plan_reminder(request)
        _close_if_complete(request, item)
    request_index.project(request.id)
    note(item, actor=actor, verb=_VERBS[to], document=wish.title, reason=reason or None)
    return item


_VERBS = {
    Wish.ACCEPTED: "work.document_accepted",
    Wish.REJECTED: "work.document_sent_back",
    Wish.WAIVED: "work.document_waived",
}


def withdraw_request(*, actor: Actor, request_id: UUID) -> WorkItem:
    """Nothing of it is needed any more; the work goes on."""
    request = document_queries.locked(request_id)
    with changing(request.item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        _refuse_closed(request, item)
        for wish in document_queries.wishes(request_id):
            if may_become(wish.state, Wish.WAIVED):
                wish.state = Wish.WAIVED
        request.withdrawn = True
        _close_if_complete(request, item)
    request_index.project(request.id)
    note(item, actor=actor, verb="work.documents_withdrawn")
    return item


def _close_if_complete(request: DocumentRequest, item: WorkItem) -> None:
    db.session.flush()
    if any(one.state not in SETTLED for one in document_queries.wishes(request.id)):
        return
    request.closed_at, request.next_reminder_at = now(), None
    db.session.flush()
    if item.waiting_for is WaitingFor.CLIENT and not document_queries.blocks(item.id):
        go_on(item)


def _become(wish: RequestedDocument, to: Wish) -> None:
    if not may_become(wish.state, to):
        raise Conflict("This document has been dealt with in the meantime.")
    wish.state = to


def _refuse_closed(request: DocumentRequest, item: WorkItem) -> None:
    if request.closed_at is not None or item.status not in OPEN:
        raise Conflict("This request for documents is closed.")


def _attach(item: WorkItem, document_id: UUID) -> None:
    position = len(queries.documents(item.id, results=False))
    db.session.merge(ItemDocument(item_id=item.id, document_id=document_id, position=position))
    db.session.flush()


def _plan_reminder(request: DocumentRequest) -> None:
    request.next_reminder_at = next_reminder(
        asked_at=request.created_at,
        sent=request.reminders_sent,
        last_at=request.reminded_at,
        due_at=request.due_at,
        zone=current_tenant().zone,
    )
    db.session.flush()
    if request.next_reminder_at is not None:
        jobs.enqueue(
            REMIND,
            args={"request_id": request.id},
            dedupe_key=f"{request.id}:{request.reminders_sent}",
            run_at=request.next_reminder_at,
        )


def count_reminder(request_id: UUID, *, at: datetime) -> bool:
    """Note that the client is being reminded now, and plan the next time.

    False where there is nothing to remind of: closed, everything handed in, work ended, or the
    reminder has been sent already.
    """
    request = document_queries.locked(request_id)
    view = document_queries.view(request_id)
    planned = request.next_reminder_at
    if not view.is_open or not view.missing or planned is None or planned > at:
        return False
    request.reminders_sent, request.reminded_at = request.reminders_sent + 1, at
    _plan_reminder(request)
    request_index.project(request.id)
    return True


def remind_now(*, actor: Actor, request_id: UUID) -> WorkItem:
    """A clerk reminds at once, whatever the plan. Raises Conflict where nothing is missing."""
    request = document_queries.locked(request_id)
    with changing(request.item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        _refuse_closed(request, item)
        if not document_queries.view(request_id).missing:
            raise Conflict("The client has handed in everything.")
        request.next_reminder_at = now()
        jobs.enqueue(
            REMIND, args={"request_id": request.id}, dedupe_key=f"{request.id}:{now().isoformat()}"
        )
    note(item, actor=actor, verb="work.documents_reminded")
    return item
