"""Read work items inside one client's scope."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from app.documents.models import Document
from app.jobs import queries as job_queries
from app.kernel.errors import NotFound
from app.work.models import ChecklistEntry, Draft, Finding, Fingerprint, ItemDocument, WorkItem
from app.work.rules import OPEN, WorkStatus
from tenants.context import current_tenant
from tenants.db import db

CHECK = "work.check"
"""The job in which the automation reads an item's files."""
WRITE_BOOKS = "work.write_books"
"""The job in which the books of an accepted item are written, where that takes long."""
_GONE = "There is no such work item."


def item(item_id: UUID) -> WorkItem:
    """Raises NotFound."""
    found = db.session.get(WorkItem, item_id)
    if found is None:
        raise NotFound(_GONE)
    return found


def locked(item_id: UUID) -> WorkItem:
    """The item, held until the transaction ends. Raises NotFound."""
    query = select(WorkItem).where(WorkItem.id == item_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_GONE)
    return found


def locked_if_free(item_id: UUID) -> WorkItem | None:
    """The item, unless somebody else is changing it at this moment; what only refers to it (a look,
    a message) does not keep it from anybody.
    """
    mine = select(WorkItem).where(WorkItem.id == item_id)
    query = mine.with_for_update(skip_locked=True, key_share=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def by_number(number: str) -> WorkItem:
    """`ACME-1042` or `1042`. Raises NotFound."""
    digits = number.upper().removeprefix(current_tenant().code + "-")
    if digits.isdecimal() and len(digits) < 10:
        found = db.session.scalar(select(WorkItem).where(WorkItem.number == int(digits)))
        if found is not None:
            return found
    raise NotFound(_GONE)


def items(
    *,
    statuses: frozenset[WorkStatus] | None = None,
    service_key: str | None = None,
    hidden_services: frozenset[str] = frozenset(),
    words: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[WorkItem]:
    """Newest first; `before` is the last id of the page before (keys are time-ordered)."""
    query = select(WorkItem).order_by(WorkItem.id.desc()).limit(limit)
    if statuses:
        query = query.where(WorkItem.status.in_(statuses))
    if hidden_services:
        query = query.where(WorkItem.service_key.not_in(hidden_services))
    if service_key:
        query = query.where(WorkItem.service_key == service_key)
    if before is not None:
        query = query.where(WorkItem.id < before)
    if words:
        digits = words.upper().removeprefix(current_tenant().code + "-")
        like = WorkItem.title.icontains(words, autoescape=True)
        exact = WorkItem.number == int(digits) if digits.isdecimal() and len(digits) < 10 else None
        query = query.where(like if exact is None else or_(like, exact))
    return db.session.scalars(query).all()


def counts() -> dict[WorkStatus, int]:
    """How many items stand in each state."""
    query = select(WorkItem.status, func.count()).group_by(WorkItem.status)
    return dict(db.session.execute(query).all())


def open_count() -> int:
    """Items that are with the provider."""
    return sum(count for status, count in counts().items() if status in OPEN)


def checklist(item_id: UUID) -> Sequence[ChecklistEntry]:
    """In the template's order."""
    query = select(ChecklistEntry).where(ChecklistEntry.item_id == item_id)
    return db.session.scalars(query.order_by(ChecklistEntry.position)).all()


def findings(item_id: UUID) -> Sequence[Finding]:
    """In the order of their weight, as the automation reported them."""
    query = select(Finding).where(Finding.item_id == item_id).order_by(Finding.position)
    return db.session.scalars(query).all()


def documents(item_id: UUID, *, results: bool | None = None) -> Sequence[Document]:
    """The item's files: handed in, made by the work, or both."""
    query = (
        select(Document)
        .join(ItemDocument, ItemDocument.document_id == Document.id)
        .where(ItemDocument.item_id == item_id)
        .order_by(ItemDocument.is_result, ItemDocument.position, Document.id)
    )
    if results is not None:
        query = query.where(ItemDocument.is_result.is_(results))
    return db.session.scalars(query).all()


def results(item: WorkItem) -> Sequence[Document]:
    """What the work made, as people see it: a draft (`chart.svg`) is left out once the delivery
    has made it anew (`ACME-7-chart.svg`).
    """
    found = documents(item.id, results=True)
    names = {one.name for one in found}
    delivered = f"{current_tenant().code}-{item.number}"
    return [one for one in found if f"{delivered}-{one.name}" not in names]


def how_far_checked(item: WorkItem) -> tuple[int, int] | None:
    """How much of its files the computer has read, of how much; None where it does not say."""
    if item.checked_at is not None or item.status not in OPEN:
        return None
    return job_queries.how_far(kind=CHECK, dedupe_key=str(item.id))


def how_far_booked(item: WorkItem) -> tuple[int, int] | None:
    """How much of it is written into the books, of how much; None where no job does so now."""
    if item.status is not WorkStatus.ACCEPTED:
        return None
    return job_queries.how_far(kind=WRITE_BOOKS, dedupe_key=str(item.id))


def items_of_document(document_id: UUID) -> Sequence[WorkItem]:
    """Where a file belongs."""
    query = (
        select(WorkItem)
        .join(ItemDocument, ItemDocument.item_id == WorkItem.id)
        .where(ItemDocument.document_id == document_id)
    )
    return db.session.scalars(query).all()


def known_fingerprints(service_key: str, *, besides: UUID) -> dict[str, str]:
    """Fingerprint → number of the earlier item that had it."""
    query = (
        select(Fingerprint.fingerprint, WorkItem.number)
        .join(WorkItem, WorkItem.id == Fingerprint.item_id)
        .where(
            Fingerprint.service_key == service_key,
            Fingerprint.item_id != besides,
            WorkItem.status != WorkStatus.CANCELLED,
        )
        .order_by(WorkItem.number.desc())
    )
    code = current_tenant().code
    return {mark: f"{code}-{number}" for mark, number in db.session.execute(query)}


def last_delivered(*, service_key: str, type_key: str) -> WorkItem | None:
    """The item of this kind whose result the client got last."""
    query = select(WorkItem).where(
        WorkItem.service_key == service_key,
        WorkItem.type_key == type_key,
        WorkItem.delivered_at.is_not(None),
    )
    return db.session.scalar(query.order_by(WorkItem.delivered_at.desc()).limit(1))


def draft(*, account_id: UUID, service_key: str, type_key: str) -> Draft | None:
    """What this person has begun to order."""
    return db.session.scalar(
        select(Draft).where(
            Draft.account_id == account_id,
            Draft.service_key == service_key,
            Draft.type_key == type_key,
        )
    )


def drafts(*, account_id: UUID) -> Sequence[Draft]:
    """Everything this person has begun, newest first."""
    query = select(Draft).where(Draft.account_id == account_id)
    return db.session.scalars(query.order_by(Draft.updated_at.desc())).all()
