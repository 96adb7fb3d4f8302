"""The end of an item: delivered, accepted, complained about, cancelled."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete

from app import jobs
from app.catalogue.service import service, work_type
from app.catalogue.steps import DeliveryInput, StepDocument
from app.clients import queries as clients
from app.documents import actions as files
from app.documents import queries as documents
from app.documents.models import Document
from app.identity.permissions import Permission
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.messages import conversation
from app.work import (
    checklists,
    findable,
    index,
    promises,
    queries,
    recurring_queries,
    service_books,
)
from app.work.actions import approving
from app.work.changing import changing, move, note, settle
from app.work.events import WorkAccepted, WorkDelivered
from app.work.models import ItemDocument, WorkItem
from app.work.numbers import next_number
from app.work.rules import OPEN, WorkStatus
from tenants.context import current_tenant
from tenants.db import db

DEFAULT_ACCEPT_DAYS = 5


class PeriodClosed(Conflict):
    """Nothing of a closed period may be changed."""


def deliver(item: WorkItem, *, actor: Actor) -> None:
    """Make the result documents and give the item to the client (inside the caller's change)."""
    at = now()
    results = _results(item)
    for position, result in enumerate(results):
        db.session.merge(
            ItemDocument(item_id=item.id, document_id=result.id, is_result=True, position=position)
        )
    move(item, WorkStatus.DELIVERED)
    item.delivered_at = at
    item.assignee_id, item.assignee_name = None, ""
    item.accept_by = promises.business_days_after(at, days=_accept_days(item))
    item.due_at = promises.happened(item, "resolved", at=at) or item.due_at
    service_books.delivered(item)
    jobs.publish(
        WorkDelivered(item_id=item.id, number=index.number_of(item), requester_id=item.requester_id)
    )
    note(item, actor=actor, verb="work.delivered", documents=[r.name for r in results])


def _results(item: WorkItem) -> Sequence[Document]:
    make = work_type(item.service_key, item.type_key).deliver
    if make is None:
        return ()
    client = current_tenant()
    delivery = DeliveryInput(
        number=index.number_of(item),
        values=item.values,
        payload=item.payload,
        documents=step_documents(item.id),
        client_name=client.name,
        client_locale=client.locale,
        today=now().date(),
        books=service_books.gather(item),
    )
    return [
        files.store_result(actor=SYSTEM, name=result.name, content=result.content)
        for result in make(delivery)
    ]


def step_documents(item_id: UUID) -> tuple[StepDocument, ...]:
    """The files that came with the order, with their contents."""
    return tuple(
        StepDocument(
            id=document.id,
            name=document.name,
            media_type=document.media_type,
            content=documents.content(document),
        )
        for document in queries.documents(item_id, results=False)
    )


def _accept_days(item: WorkItem) -> int:
    try:
        offer = clients.orderable(
            item.service_key, tenant_id=current_tenant().id, on=item.received_at.date()
        )
    except NotFound:
        return DEFAULT_ACCEPT_DAYS
    return offer.auto_accept_days


def accept(*, actor: Actor, item_id: UUID, by_itself: bool = False) -> WorkItem:
    """The client takes the result; only this makes a usage entry (through the fact).

    Accepting twice is the same as once. Where the client's matrix asks for more approvals, this
    is one of them, and the item stays delivered until the last. Raises Conflict while nothing is
    delivered, Forbidden for who is not asked.
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_ACCEPT) as item:
        if item.status is WorkStatus.ACCEPTED:
            return item
        asked = not by_itself and actor.side in (Side.CLIENT, Side.MACHINE)
        asked = asked and item.status is WorkStatus.DELIVERED
        if asked and not approving.approve(item, actor=actor):
            return item
        move(item, WorkStatus.ACCEPTED)
        item.finished_at, item.accept_by = now(), None
        service_books.accepted(item)
        if item.billable:
            jobs.publish(_accepted(item))
    note(item, actor=actor, verb="work.accepted", by_itself=by_itself or None)
    return item


def _accepted(item: WorkItem) -> WorkAccepted:
    assert item.delivered_at is not None  # noqa: S101  accepted comes after delivered only
    price = service(item.service_key).price
    # Where the contract has ended meanwhile: the catalogue's price, for a person to look at.
    with suppress(NotFound):
        price = clients.orderable(
            item.service_key, tenant_id=current_tenant().id, on=item.delivered_at.date()
        ).price
    return WorkAccepted(
        item_id=item.id,
        number=index.number_of(item),
        service_key=item.service_key,
        contract_service_id=item.contract_service_id,
        units=Decimal(item.units),
        unit_price_minor=price.minor,
        currency=price.currency,
        performed_at=item.delivered_at,
    )


def accept_overdue(*, item_id: UUID) -> bool:
    """Accept by itself what was delivered and not answered in time. False if it no longer is."""
    item = queries.locked(item_id)
    if item.status is not WorkStatus.DELIVERED or item.accept_by is None or item.accept_by > now():
        return False
    accept(actor=SYSTEM, item_id=item_id, by_itself=True)
    return True


def complain(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """The client is not content: before acceptance the same item is reopened, after it a linked
    rework item is opened that is not billed. Raises Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    return _take_back(
        item_id, actor=actor, permission=Permission.WORK_ACCEPT, reason=reason.strip()
    )


def reopen(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """The provider itself puts its work right: as after a complaint, with an internal note.

    The item again, or after acceptance a linked one that is not billed. Raises Conflict.
    """
    return _take_back(
        item_id, actor=actor, permission=Permission.WORK_ASSIGN, reason=reason.strip() or "…"
    )


def _take_back(item_id: UUID, *, actor: Actor, permission: Permission, reason: str) -> WorkItem:
    with changing(item_id, actor=actor, permission=permission) as item:
        if item.status is WorkStatus.ACCEPTED:
            _refuse_closed_period(item)
            rework = _rework(item, actor=actor)
        else:
            rework = None
            at = now()
            move(item, WorkStatus.IN_PROGRESS)
            _withdraw_results(item)
            item.delivered_at = item.accept_by = None
            approving.forget(item)
            item.assignee_id, item.assignee_name = item.clerk_id, item.clerk_name
            item.due_at = promises.happened(item, "reopened", at=at) or item.due_at
            service_books.taken_back(item)
    subject = rework or item
    ours = actor.side is Side.PROVIDER
    said = conversation.post(actor=actor, subject_id=subject.id, body=reason, internal=ours)
    findable.write_message(subject, said)
    note(
        item,
        actor=actor,
        verb="work.reopened" if ours else "work.complained",
        reason=reason,
        rework=index.number_of(rework) if rework else None,
    )
    return subject


def _withdraw_results(item: WorkItem) -> None:
    """What was delivered is no result any more: nobody shall pay or book by a file that was sent
    back. The documents themselves stay.
    """
    for document in queries.documents(item.id, results=True):
        if item.delivered_at is not None and document.created_at >= item.delivered_at:
            db.session.execute(
                delete(ItemDocument).where(
                    ItemDocument.item_id == item.id, ItemDocument.document_id == document.id
                )
            )


def _refuse_closed_period(item: WorkItem) -> None:
    period = recurring_queries.period_of_item(item.id, tenant_id=current_tenant().id)
    if period is not None and period.closed_at is not None:
        raise PeriodClosed(
            "%(title)s is closed. Please write us: we can open it again.", title=period.title
        )


def _rework(item: WorkItem, *, actor: Actor) -> WorkItem:
    copy = WorkItem(
        id=new_id(),
        number=next_number(),
        service_key=item.service_key,
        type_key=item.type_key,
        title=item.title,
        status=WorkStatus.NEW,
        priority=item.priority,
        payload=item.payload,
        proposed=item.proposed,
        values=item.values,
        units=item.units,
        checked_at=now(),
        four_eyes=item.four_eyes,
        checklist_version=item.checklist_version,
        requester_id=item.requester_id or actor.id,
        requester_name=item.requester_name if item.requester_id else actor.name,
        department=item.department,
        received_at=now(),
        rework_of_id=item.id,
        billable=False,
        contract_service_id=item.contract_service_id,
    )
    db.session.add(copy)
    db.session.flush()
    for document in queries.documents(item.id, results=False):
        db.session.add(ItemDocument(item_id=copy.id, document_id=document.id))
    for entry in queries.checklist(item.id):
        db.session.add(checklists.again(entry, item=copy))
    offer = clients.orderable(item.service_key, tenant_id=current_tenant().id, on=now().date())
    copy.due_at = promises.begin(copy, offer, by_provider=False)
    settle(copy)
    note(copy, actor=actor, verb="work.opened", rework_of=index.number_of(item))
    return copy


def cancel(*, actor: Actor, item_id: UUID, reason: str = "") -> WorkItem:
    """End open work without a result. A client may cancel only what nobody has begun."""
    with changing(item_id, actor=actor, permission=Permission.WORK_CANCEL) as item:
        begun = item.status is not WorkStatus.NEW
        if actor.side in (Side.CLIENT, Side.MACHINE) and begun:
            raise Conflict(
                "Work on %(number)s has begun: please write us a message instead.",
                number=index.number_of(item),
            )
        if item.status not in OPEN:
            raise Conflict("%(number)s is already finished.", number=index.number_of(item))
        move(item, WorkStatus.CANCELLED)
        item.finished_at = now()
        item.assignee_id, item.assignee_name = None, ""
        promises.happened(item, "cancelled", at=now())
        service_books.taken_back(item)
    note(item, actor=actor, verb="work.cancelled", reason=reason.strip() or None)
    return item
