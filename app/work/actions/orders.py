"""Order work: from a filled-in form and files to items with number, checklist and clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.catalogue.service import WorkType
from app.clients import queries as clients
from app.clients.queries import OrderableService
from app.documents import queries as documents
from app.documents.models import Document
from app.documents.rules import ending
from app.identity import queries as people
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.kernel.ids import new_id
from app.kernel.spoken import in_language
from app.kernel.text import Text
from app.work import checklists, index, promises
from app.work.changing import note, participate, settle
from app.work.events import WorkOpened
from app.work.models import Draft, ItemDocument, WorkItem
from app.work.numbers import next_number
from app.work.queries import CHECK
from app.work.queries import draft as find_draft
from app.work.rules import Priority, WorkStatus
from tenants import sealing
from tenants.context import current_tenant
from tenants.db import db

MAX_DOCUMENTS = 50
OLDEST = timedelta(days=3653)
"""Work may have come in so long before it is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants done."""

    service_key: str
    type_key: str
    payload: Mapping[str, Any]
    title: str = ""
    document_ids: Sequence[UUID] = field(default_factory=tuple)
    priority: Priority = Priority.NORMAL
    one_item: bool = False
    """All files belong to one item, also where each would become an item of its own."""
    received_at: datetime | None = None
    """When it reached the provider, if that was before it is entered (aware)."""


def open_items(*, actor: Actor, order: Order) -> Sequence[WorkItem]:
    """Open the order's item, or one for each file where the kind of work says so.

    Raises Forbidden, NotFound (not under contract), Invalid (with the faulty fields).
    """
    actor.require(Permission.WORK_ORDER)
    at = now()
    offer = clients.orderable(order.service_key, tenant_id=current_tenant().id, on=at.date())
    if offer.service.health_data:
        actor.require(Permission.HEALTH_READ)
        sealing.require_on()
    work_type = offer.service.work_type(order.type_key)
    payload = checked_payload(work_type, order.payload)
    files = checked_files(work_type, order.document_ids)
    received_at = min(order.received_at or at, at)
    if received_at < at - OLDEST:
        raise Invalid(fields={"received_at": [Text("This lies more than ten years back.")]})
    apart = work_type.one_item_per_document and not order.one_item
    groups = [[file] for file in files] if apart and files else [files]
    items = [
        _open(
            actor=actor,
            order=order,
            offer=offer,
            work_type=work_type,
            payload=payload,
            files=group,
            received_at=received_at,
        )
        for group in groups
    ]
    if actor.id is not None:
        _drop_draft(actor.id, order)
    return items


def checked_payload(work_type: WorkType, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values as JSON. Raises Invalid with the faulty fields."""
    form = work_type.form()
    try:
        return dict(form.dump(form.load(payload)))
    except ValidationError as faulty:
        raise Invalid(fields=dict(faulty.messages_dict)) from None


def checked_files(work_type: WorkType, document_ids: Sequence[UUID]) -> list[Document]:
    """The files of an order. Raises Invalid where one is missing or of a wrong kind."""
    if len(document_ids) > MAX_DOCUMENTS:
        raise Invalid("At most %(most)s files at once.", most=MAX_DOCUMENTS)
    files = list(documents.documents(list(dict.fromkeys(document_ids))))
    if len(files) != len(set(document_ids)):
        raise Invalid("A file of this order is no longer there.", fields={"documents": ["missing"]})
    if work_type.needs_document and not files:
        raise Invalid(
            "Please add at least one file.", fields={"documents": ["Please add at least one file."]}
        )
    for file in files:
        if ending(file.name) not in work_type.accepts:
            raise Invalid(
                "%(name)s cannot be used here: files may end in %(endings)s.",
                name=file.name,
                endings=", ".join(work_type.accepts),
            )
    return files


def _open(  # noqa: PLR0913  one place makes an item
    *,
    actor: Actor,
    order: Order,
    offer: OrderableService,
    work_type: WorkType,
    payload: dict[str, Any],
    files: list[Document],
    received_at: datetime,
) -> WorkItem:
    item = WorkItem(
        id=new_id(),
        number=next_number(),
        service_key=order.service_key,
        type_key=order.type_key,
        # What anybody named it may name a patient: lists, mails and the index show the kind alone.
        title=in_language(work_type.title, current_tenant().locale)
        if offer.service.health_data
        else _title(order, payload, files, work_type),
        status=WorkStatus.NEW,
        priority=int(order.priority),
        payload=payload,
        four_eyes=work_type.four_eyes,
        checklist_version=work_type.checklist_version,
        requester_id=actor.id,
        requester_name=actor.name,
        department=people.department_of(actor.id, tenant_id=current_tenant().id),
        received_at=received_at,
        contract_service_id=offer.contract_service_id,
    )
    db.session.add(item)
    db.session.flush()
    for position, file in enumerate(files):
        db.session.add(ItemDocument(item_id=item.id, document_id=file.id, position=position))
    for position, template in enumerate(work_type.checklist):
        db.session.add(checklists.entry_of(item, template, position=position))
    item.due_at = promises.begin(item, offer, by_provider=actor.side is Side.PROVIDER)
    if actor.side is Side.PROVIDER:
        participate(item, actor)  # who ordered it for the client is not its second person
    if work_type.automation is not None:
        jobs.enqueue(CHECK, args={"item_id": item.id}, dedupe_key=str(item.id))
    settle(item)
    jobs.publish(
        WorkOpened(item_id=item.id, number=index.number_of(item), service_key=item.service_key)
    )
    note(item, actor=actor, verb="work.opened", title=item.title)
    return item


def _title(
    order: Order, payload: Mapping[str, Any], files: Sequence[Document], work_type: WorkType
) -> str:
    title = order.title or str(payload.get("subject") or "")
    if not title and files:
        title = files[0].name
    return (title or in_language(work_type.title, current_tenant().locale))[:200]


def save_draft(
    *,
    actor: Actor,
    service_key: str,
    type_key: str,
    payload: Mapping[str, Any],
    document_ids: Sequence[UUID] | None = None,
) -> Draft:
    """Keep what somebody has begun to order; nothing is checked yet.

    Without `document_ids` the draft's files are not touched: what is typed is saved while files
    are still on their way.
    """
    actor.require(Permission.WORK_ORDER)
    if actor.id is None:
        raise Invalid("A draft belongs to a person.")
    # Two keystrokes and an upload may all be the first.
    db.session.execute(
        insert(Draft)
        .values(
            account_id=actor.id,
            service_key=service_key,
            type_key=type_key,
            payload={},
            document_ids=[],
            updated_at=now(),
        )
        .on_conflict_do_nothing()
    )
    draft = find_draft(account_id=actor.id, service_key=service_key, type_key=type_key)
    assert draft is not None  # noqa: S101  just written, or there before
    draft.payload = {key: value for key, value in payload.items() if value not in ("", None)}
    if document_ids is not None:
        draft.document_ids = [str(document_id) for document_id in document_ids]
    draft.updated_at = now()
    db.session.flush()
    return draft


def discard_draft(*, actor: Actor, draft_id: UUID) -> None:
    """Throw one's own draft away; somebody else's is not touched."""
    db.session.execute(delete(Draft).where(Draft.id == draft_id, Draft.account_id == actor.id))


def _drop_draft(account_id: UUID, order: Order) -> None:
    draft = find_draft(
        account_id=account_id, service_key=order.service_key, type_key=order.type_key
    )
    if draft is not None:
        db.session.delete(draft)
