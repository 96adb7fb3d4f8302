"""Read what documents a client is asked for, inside its scope."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, exists, select

from app.documents.models import Document
from app.kernel.errors import NotFound
from app.work.document_models import DocumentRequest, RequestedDocument
from app.work.models import WorkItem
from app.work.rules import OPEN
from app.work.rules.asked_documents import MISSING, SETTLED, Wish
from tenants.db import db

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A document that was asked for, and the file that answers it."""

    row: RequestedDocument
    file: Document | None

    @property
    def is_missing(self) -> bool:
        """The client has to hand it in."""
        return self.row.state in MISSING


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with everything it asks for, and the work it belongs to."""

    request: DocumentRequest
    item: WorkItem
    asked: Sequence[Asked]

    @property
    def missing(self) -> int:
        """How much the client still has to hand in."""
        return sum(one.is_missing for one in self.asked)

    @property
    def settled(self) -> int:
        """How much is accepted or no longer needed."""
        return sum(one.row.state in SETTLED for one in self.asked)

    @property
    def to_judge(self) -> int:
        """How much waits for a clerk's word."""
        return sum(one.row.state is Wish.HANDED_IN for one in self.asked)

    @property
    def is_open(self) -> bool:
        """Neither complete nor withdrawn, and the work goes on."""
        return self.request.closed_at is None and self.item.status in OPEN


def locked(request_id: UUID) -> DocumentRequest:
    """The request, held until the transaction ends. Raises NotFound."""
    query = select(DocumentRequest).where(DocumentRequest.id == request_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such document request.")
    return found


def wish(wish_id: UUID) -> RequestedDocument:
    """One document that was asked for. Raises NotFound."""
    found = db.session.get(RequestedDocument, wish_id)
    if found is None:
        raise NotFound("There is no such document request.")
    return found


def wishes(request_id: UUID) -> Sequence[RequestedDocument]:
    """What a request asks for, in its order."""
    query = select(RequestedDocument).where(RequestedDocument.request_id == request_id)
    return db.session.scalars(query.order_by(RequestedDocument.position)).all()


def view(request_id: UUID, *, fresh: bool = False) -> RequestView:
    """One request; `fresh` as the database has it now. Raises NotFound."""
    found = _views([DocumentRequest.id == request_id], fresh=fresh)
    if not found:
        raise NotFound("There is no such document request.")
    return found[0]


def of_item(item_id: UUID) -> Sequence[RequestView]:
    """The requests of an item, the oldest first."""
    return _views([DocumentRequest.item_id == item_id])


def with_client() -> Sequence[RequestView]:
    """Open requests of which the client still has to hand something in, the most urgent first."""
    found = _views([DocumentRequest.closed_at.is_(None), WorkItem.status.in_(OPEN), _missing()])
    return sorted(found, key=lambda one: (not one.request.blocking, one.request.created_at))


def latest() -> Sequence[RequestView]:
    """The newest requests, open or not."""
    return list(reversed(_views([DocumentRequest.id.in_(_newest())])))


def page(
    *,
    only_open: bool = False,
    hidden_services: frozenset[str] = frozenset(),
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[RequestView]:
    """The newest first; `before` is the last id of the page before (keys are time-ordered)."""
    query = select(DocumentRequest.id).join(WorkItem, WorkItem.id == DocumentRequest.item_id)
    if only_open:
        query = query.where(DocumentRequest.closed_at.is_(None), WorkItem.status.in_(OPEN))
    if hidden_services:
        query = query.where(WorkItem.service_key.not_in(hidden_services))
    if before is not None:
        query = query.where(DocumentRequest.id < before)
    keys = query.order_by(DocumentRequest.id.desc()).limit(limit).scalar_subquery()
    return list(reversed(_views([DocumentRequest.id.in_(keys)])))


def blocks(item_id: UUID) -> bool:
    """Whether the item waits for documents that were asked for."""
    query = select(
        exists().where(
            DocumentRequest.item_id == item_id,
            DocumentRequest.closed_at.is_(None),
            DocumentRequest.blocking,
        )
    )
    return bool(db.session.scalar(query))


def item_is_blocked() -> ColumnElement[bool]:
    """For a query over items: an open request of theirs is blocking."""
    return exists().where(
        DocumentRequest.item_id == WorkItem.id,
        DocumentRequest.closed_at.is_(None),
        DocumentRequest.blocking,
    )


def item_misses_documents() -> ColumnElement[bool]:
    """For a query over items: the client still has to hand something in."""
    return exists().where(
        DocumentRequest.item_id == WorkItem.id, DocumentRequest.closed_at.is_(None), _missing()
    )


def _missing() -> ColumnElement[bool]:
    return exists().where(
        RequestedDocument.request_id == DocumentRequest.id, RequestedDocument.state.in_(MISSING)
    )


def _newest() -> ScalarSelect[UUID]:
    query = select(DocumentRequest.id).order_by(DocumentRequest.id.desc())
    return query.limit(MOST_SHOWN).scalar_subquery()


def _views(conditions: Sequence[ColumnElement[bool]], *, fresh: bool = False) -> list[RequestView]:
    query = (
        select(DocumentRequest, WorkItem)
        .join(WorkItem, WorkItem.id == DocumentRequest.item_id)
        .where(*conditions)
        .order_by(DocumentRequest.id)
    )
    found = db.session.execute(query, execution_options={"populate_existing": fresh}).all()
    asked = _asked([request.id for request, _item in found], fresh=fresh)
    return [RequestView(request, item, asked[request.id]) for request, item in found]


def _asked(request_ids: Collection[UUID], *, fresh: bool) -> Mapping[UUID, list[Asked]]:
    query = (
        select(RequestedDocument, Document)
        .outerjoin(Document, Document.id == RequestedDocument.document_id)
        .where(RequestedDocument.request_id.in_(request_ids))
        .order_by(RequestedDocument.request_id, RequestedDocument.position)
        .execution_options(populate_existing=fresh)
    )
    found: defaultdict[UUID, list[Asked]] = defaultdict(list)
    for row, file in db.session.execute(query) if request_ids else ():
        found[row.request_id].append(Asked(row, file))
    return found
