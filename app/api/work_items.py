"""Order work, follow it, answer and accept: for machines."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import RAISE

from app.api import representations as shown
from app.api import schemas
from app.api.bodies import READS, WRITES, ApiBlueprint
from app.api.words import N_
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.errors import Conflict, NotFound
from app.messages import conversation
from app.web.access import current_actor, requires
from app.web.medical import hidden_services
from app.work import idempotency, queries
from app.work.actions import closing, orders, talking
from app.work.actions.orders import Order
from app.work.rules import WorkStatus

blueprint = ApiBlueprint("api_work_items", __name__, url_prefix="/api/v1/work-items")


@blueprint.get("")
@requires(Permission.WORK_READ)
@blueprint.arguments(schemas.WorkItemQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.WorkItemPage, description=N_("A page."))
@blueprint.doc(
    operationId="listWorkItems", security=READS, summary=N_("List work items, newest first")
)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """The client's work items, newest first."""
    limit = query["limit"]
    found = queries.items(
        statuses=frozenset(map(WorkStatus, query.get("status", ()))),
        service_key=query.get("service"),
        hidden_services=hidden_services(),
        words=query.get("q", ""),
        before=query.get("cursor"),
        limit=limit + 1,
    )
    page = list(found[:limit])
    return {
        "items": [shown.brief(item) for item in page],
        "next_cursor": page[-1].id if len(found) > limit else None,
    }


@blueprint.post("")
@requires(Permission.WORK_ORDER)
@blueprint.arguments(schemas.IdempotencyHeader, location="headers")
@blueprint.arguments(schemas.WorkItemIn)
@blueprint.response(201, schemas.WorkItemOut, description=N_("The work item."))
@blueprint.doc(operationId="orderWork", security=WRITES, summary=N_("Order a piece of work"))
def create_item(header: dict[str, Any], wanted: dict[str, Any]) -> Any:
    """Order a piece of work. With the same Idempotency-Key again: the same work item."""
    actor, key = current_actor(), header.get("idempotency_key")
    digest = sha256(json.dumps(wanted, sort_keys=True, default=str).encode()).hexdigest()
    if key and (known := idempotency.find(actor=actor, key=key, request_hash=digest)):
        return shown.full(known), 201, {"Idempotent-Replay": "true", "Location": _place(known)}
    if missing := _missing(wanted["documents"]):
        raise NotFound("There is no document %(document)s.", document=missing)
    (item,) = orders.open_items(
        actor=actor,
        order=Order(
            service_key=wanted["service"],
            type_key=wanted["type"],
            title=wanted["title"].strip(),
            payload=wanted["payload"],
            document_ids=tuple(wanted["documents"]),
            priority=schemas.PRIORITIES[wanted["priority"]],
            one_item=True,
        ),
    )
    if key:
        idempotency.remember(actor=actor, key=key, request_hash=digest, item_id=item.id)
    return shown.full(item.id), 201, {"Location": _place(item.id)}


def _place(item_id: UUID) -> str:
    return url_for("api_work_items.get_item", item_id=item_id)


def _missing(document_ids: Sequence[UUID]) -> str | None:
    """Another client's documents are as unknown here as those that never were."""
    found = {document.id for document in documents.documents(document_ids)}
    return next((str(one) for one in document_ids if one not in found), None)


@blueprint.get("/<uuid:item_id>")
@requires(Permission.WORK_READ)
@blueprint.response(200, schemas.WorkItemOut, description=N_("The work item."))
@blueprint.doc(
    operationId="getWorkItem",
    security=READS,
    summary=N_("Follow a work item: status, promise, values, findings and files"),
)
def get_item(item_id: UUID) -> dict[str, Any]:
    """One work item with its values, findings, promise and files."""
    return shown.full(item_id)


@blueprint.get("/<uuid:item_id>/messages")
@requires(Permission.WORK_READ)
@blueprint.response(200, schemas.MessagesOut, description=N_("The conversation."))
@blueprint.doc(
    operationId="listMessages", security=READS, summary=N_("Read the conversation, oldest first")
)
def list_messages(item_id: UUID) -> Any:
    """The conversation, oldest first."""
    item = queries.item(item_id)
    return {"items": conversation.of_subject(item.id, with_internal=False)}


@blueprint.post("/<uuid:item_id>/messages")
@requires(Permission.MESSAGE_WRITE)
@blueprint.arguments(schemas.MessageIn)
@blueprint.response(201, schemas.MessageOut, description=N_("The message."))
@blueprint.doc(
    operationId="postMessage",
    security=WRITES,
    summary=N_("Write a message, or answer a question: then the work goes on"),
)
def post_message(message: dict[str, Any], item_id: UUID) -> Any:
    """Say something, or answer a question: then the work goes on."""
    queries.item(item_id)
    if missing := _missing(message["documents"]):
        # Not 404: that would say that the work item is not there.
        raise Conflict("There is no document %(document)s.", document=missing)
    return talking.say(
        actor=current_actor(),
        item_id=item_id,
        body=message["body"],
        document_ids=tuple(dict.fromkeys(message["documents"])),
    )


@blueprint.post("/<uuid:item_id>/accept")
@requires(Permission.WORK_ACCEPT)
@blueprint.response(200, schemas.WorkItemOut, description=N_("The work item."))
@blueprint.doc(
    operationId="acceptWork",
    security=WRITES,
    summary=N_("Accept what was delivered; accepting again changes nothing"),
)
def accept_item(item_id: UUID) -> dict[str, Any]:
    """Take what was delivered. Accepting again changes nothing."""
    closing.accept(actor=current_actor(), item_id=item_id)
    return shown.full(item_id)


@blueprint.post("/<uuid:item_id>/complain")
@requires(Permission.WORK_ACCEPT)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(
    200, schemas.WorkItemOut, description=N_("The reopened work item, or the rework.")
)
@blueprint.doc(
    operationId="complain",
    security=WRITES,
    summary=N_("Complain: reopens the item, or opens a rework after acceptance"),
)
def complain_about_item(reason: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Not content: the item is reopened, or after acceptance a linked rework item is opened."""
    subject = closing.complain(actor=current_actor(), item_id=item_id, reason=reason["reason"])
    return shown.full(subject.id)


@blueprint.post("/<uuid:item_id>/cancel")
@requires(Permission.WORK_CANCEL)
@blueprint.response(200, schemas.WorkItemOut, description=N_("The work item."))
@blueprint.doc(
    operationId="cancelWork", security=WRITES, summary=N_("Withdraw an order that nobody has begun")
)
def cancel_item(item_id: UUID) -> dict[str, Any]:
    """Withdraw an order that nobody has begun."""
    closing.cancel(actor=current_actor(), item_id=item_id)
    return shown.full(item_id)
