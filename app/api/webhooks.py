"""Endpoints that are told what happens, and what became of each message: for machines."""

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from app.api import webhook_schemas as schemas
from app.api.bodies import WEBHOOKS, ApiBlueprint
from app.api.words import N_
from app.identity.permissions import Permission
from app.web.access import current_actor, requires
from app.webhooks import actions, queries
from app.webhooks.rules import DeliveryState

blueprint = ApiBlueprint("api_webhooks", __name__, url_prefix="/api/v1/webhooks")

_ENDPOINT = ("id", "url", "description", "event_types", "ordered", "failing_since", "created_at")
_DELIVERY = (
    "id", "endpoint_id", "event_id", "event_type", "attempts", "status", "created_at", "last_at",
    "next_at", "finished_at",
)  # fmt: skip


@blueprint.get("")
@requires(Permission.WEBHOOK_MANAGE)
@blueprint.response(200, schemas.EndpointsOut, description=N_("The endpoints."))
@blueprint.doc(
    operationId="listWebhooks",
    security=WEBHOOKS,
    summary=N_("The endpoints that are told what happens, the oldest first"),
)
def list_endpoints() -> dict[str, Any]:
    """Every endpoint of the client."""
    return {"items": [_endpoint(one) for one in queries.endpoints()]}


@blueprint.get("/<uuid:endpoint_id>/deliveries")
@requires(Permission.WEBHOOK_MANAGE)
@blueprint.arguments(schemas.DeliveryQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.DeliveryPage, description=N_("A page."))
@blueprint.doc(
    operationId="listDeliveries",
    security=WEBHOOKS,
    summary=N_("What an endpoint was or will be told, the newest first"),
)
def list_deliveries(query: dict[str, Any], endpoint_id: UUID) -> dict[str, Any]:
    """The messages to an endpoint."""
    queries.endpoint(endpoint_id)
    limit = query["limit"]
    states = tuple(map(DeliveryState, query.get("state", ()))) or tuple(DeliveryState)
    found = queries.deliveries(
        endpoint_id, states=states, before=query.get("cursor"), most=limit + 1
    )
    page = list(found[:limit])
    return {
        "items": [_delivery(one) for one in page],
        "next_cursor": page[-1].event_id if len(found) > limit else None,
    }


@blueprint.get("/deliveries/<uuid:delivery_id>")
@requires(Permission.WEBHOOK_MANAGE)
@blueprint.response(200, schemas.DeliveryOut, description=N_("The message."))
@blueprint.doc(
    operationId="getDelivery",
    security=WEBHOOKS,
    summary=N_("One message: what was told, and what was answered"),
)
def get_delivery(delivery_id: UUID) -> dict[str, Any]:
    """One message in full."""
    return _full(queries.delivery(delivery_id))


@blueprint.post("/deliveries/<uuid:delivery_id>/replay")
@requires(Permission.WEBHOOK_MANAGE)
@blueprint.response(200, schemas.DeliveryOut, description=N_("The message, waiting again."))
@blueprint.doc(
    operationId="replayDelivery",
    security=WEBHOOKS,
    summary=N_("Send a message again under the same webhook-id"),
)
def replay_delivery(delivery_id: UUID) -> dict[str, Any]:
    """Tell it again."""
    return _full(actions.replay(actor=current_actor(), delivery_id=delivery_id))


def _endpoint(endpoint: Any) -> dict[str, Any]:
    because = endpoint.disabled_because
    return {name: getattr(endpoint, name) for name in _ENDPOINT} | {
        "state": str(endpoint.state),
        "disabled_because": str(because) if because else None,
    }


def _delivery(delivery: Any) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in _DELIVERY} | {
        "state": str(delivery.state),
        "why": str(delivery.why) or None,
    }


def _full(delivery: Any) -> dict[str, Any]:
    return _delivery(delivery) | {"payload": delivery.payload, "answer": delivery.answer}
