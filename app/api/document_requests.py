"""What documents are asked for, and handing them in: for machines."""

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from app.api import representations as shown
from app.api import request_schemas as schemas
from app.api.bodies import READS, WRITES, ApiBlueprint
from app.api.request_schemas import RequestState
from app.api.words import N_
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.errors import Conflict, NotFound
from app.kernel.text import Text
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.medical import hidden_services
from app.work import document_queries, index
from app.work.actions import asking
from app.work.document_queries import Asked, RequestView

blueprint = ApiBlueprint("api_document_requests", __name__, url_prefix="/api/v1/document-requests")


@blueprint.get("")
@requires(Permission.DOCUMENT_READ)
@blueprint.arguments(schemas.DocumentRequestQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.DocumentRequestPage, description=N_("A page."))
@blueprint.doc(
    operationId="listDocumentRequests",
    security=READS,
    summary=N_("What documents are asked for, newest first"),
)
def list_requests(query: dict[str, Any]) -> dict[str, Any]:
    """The requests for documents of every work item."""
    limit = query["limit"]
    found = document_queries.page(
        only_open=query.get("state") == "open",
        hidden_services=hidden_services(),
        before=query.get("cursor"),
        limit=limit + 1,
    )
    page = list(found[:limit])
    return {
        "items": [_request(view) for view in page],
        "next_cursor": page[-1].request.id if len(found) > limit else None,
    }


@blueprint.get("/<uuid:request_id>")
@requires(Permission.DOCUMENT_READ)
@blueprint.response(200, schemas.DocumentRequestOut, description=N_("The document request."))
@blueprint.doc(
    operationId="getDocumentRequest",
    security=READS,
    summary=N_("One document request: what is missing, and what was sent back and why"),
)
def get_request(request_id: UUID) -> dict[str, Any]:
    """One request."""
    return _request(document_queries.view(request_id))


@blueprint.post("/<uuid:request_id>/documents/<uuid:wish_id>")
@requires(Permission.DOCUMENT_WRITE)
@blueprint.arguments(schemas.HandInIn)
@blueprint.response(200, schemas.DocumentRequestOut, description=N_("The document request."))
@blueprint.doc(
    operationId="handInDocument",
    security=WRITES,
    summary=N_("Hand in an uploaded file for one of the documents; again replaces it"),
)
def hand_in(handed: dict[str, Any], request_id: UUID, wish_id: UUID) -> dict[str, Any]:
    """The file that was asked for."""
    if document_queries.wish(wish_id).request_id != request_id:
        raise NotFound("There is no such document request.")
    if not documents.documents([handed["document"]]):
        # Not 404: that would say that the request is not there.
        raise Conflict("There is no document %(document)s.", document=str(handed["document"]))
    asking.hand_in(
        actor=current_actor(), request_id=request_id, files={wish_id: handed["document"]}
    )
    return _request(document_queries.view(request_id))


def _request(view: RequestView) -> dict[str, Any]:
    asked = view.request
    closed = RequestState.OPEN if view.is_open else RequestState.CLOSED
    return {
        "id": asked.id,
        "item_id": view.item.id,
        "number": index.number_of(view.item),
        "note": asked.note,
        "state": str(RequestState.WITHDRAWN if asked.withdrawn else closed),
        "blocking": asked.blocking,
        "due_at": asked.due_at,
        "asked_at": asked.created_at,
        "reminders_sent": asked.reminders_sent,
        "documents": [_wish(one) for one in view.asked],
    }


def _wish(one: Asked) -> dict[str, Any]:
    return {
        "id": one.row.id,
        "title": say(Text(one.row.title)),
        "state": str(one.row.state),
        "reason": one.row.reason,
        "handed_in_at": one.row.handed_in_at,
        "document": shown.document_of(one.file) if one.file else None,
    }
