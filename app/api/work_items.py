"""Order work, follow it, answer and accept: for machines."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import url_for
from flask_smorest import Blueprint

from app.api import representations as shown
from app.api import schemas
from app.identity.permissions import Permission
from app.messages import conversation
from app.web.access import current_actor, requires
from app.work import idempotency, queries
from app.work.actions import closing, orders, talking
from app.work.actions.orders import Order
from app.work.rules import WorkStatus

blueprint = Blueprint(
    "api_work_items", __name__, url_prefix="/api/v1/work-items", description="Work items"
)


@blueprint.get("")
@blueprint.arguments(schemas.WorkItemQuery, location="query")
@blueprint.response(200, schemas.WorkItemPage)
@requires(Permission.WORK_READ)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """The client's work items, newest first."""
    limit = query["limit"]
    found = queries.items(
        statuses=frozenset({WorkStatus(query["status"])}) if "status" in query else None,
        service_key=query.get("service"),
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
@blueprint.arguments(schemas.IdempotencyHeader, location="headers")
@blueprint.arguments(schemas.WorkItemIn)
@blueprint.response(201, schemas.WorkItemOut)
@requires(Permission.WORK_ORDER)
def create_item(header: dict[str, Any], wanted: dict[str, Any]) -> Any:
    """Order a piece of work. With the same Idempotency-Key again: the same work item."""
    actor, key = current_actor(), header["idempotency_key"]
    digest = sha256(json.dumps(wanted, sort_keys=True, default=str).encode()).hexdigest()
    if key and (known := idempotency.find(actor=actor, key=key, request_hash=digest)):
        return shown.full(known), 201, {"Idempotent-Replay": "true", "Location": _place(known)}
    (item,) = orders.open_items(
        actor=actor,
        order=Order(
            service_key=wanted["service"],
            type_key=wanted["type"],
            title=wanted["title"],
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


@blueprint.get("/<uuid:item_id>")
@blueprint.response(200, schemas.WorkItemOut)
@requires(Permission.WORK_READ)
def get_item(item_id: UUID) -> dict[str, Any]:
    """One work item with its values, findings, promise and files."""
    return shown.full(item_id)


@blueprint.get("/<uuid:item_id>/messages")
@blueprint.response(200, schemas.MessageOut(many=True))
@requires(Permission.WORK_READ)
def list_messages(item_id: UUID) -> Any:
    """The conversation, oldest first."""
    return conversation.of_subject(queries.item(item_id).id, with_internal=False)


@blueprint.post("/<uuid:item_id>/messages")
@blueprint.arguments(schemas.MessageIn)
@blueprint.response(201, schemas.MessageOut)
@requires(Permission.MESSAGE_WRITE)
def post_message(message: dict[str, Any], item_id: UUID) -> Any:
    """Say something, or answer a question: then the work goes on."""
    return talking.say(actor=current_actor(), item_id=item_id, body=message["body"])


@blueprint.post("/<uuid:item_id>/accept")
@blueprint.response(200, schemas.WorkItemOut)
@requires(Permission.WORK_ACCEPT)
def accept_item(item_id: UUID) -> dict[str, Any]:
    """Take what was delivered. Accepting again changes nothing."""
    closing.accept(actor=current_actor(), item_id=item_id)
    return shown.full(item_id)


@blueprint.post("/<uuid:item_id>/complain")
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.WorkItemOut)
@requires(Permission.WORK_ACCEPT)
def complain_about_item(reason: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Not content: the item is reopened, or after acceptance a linked rework item is opened."""
    subject = closing.complain(actor=current_actor(), item_id=item_id, reason=reason["reason"])
    return shown.full(subject.id)


@blueprint.post("/<uuid:item_id>/cancel")
@blueprint.response(200, schemas.WorkItemOut)
@requires(Permission.WORK_CANCEL)
def cancel_item(item_id: UUID) -> dict[str, Any]:
    """Withdraw an order that nobody has begun."""
    closing.cancel(actor=current_actor(), item_id=item_id)
    return shown.full(item_id)
