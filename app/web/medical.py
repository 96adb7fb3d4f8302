"""Work about people's health is not there for whoever has no right to it (section 203 StGB).

One door for all faces: whatever address names an item or a file of such work is answered as if
there were none. Lists leave it out (`hidden_services`), actions refuse it again.
"""

from typing import Any
from uuid import UUID

from flask import Flask, g, request

from app.catalogue.service import health_services
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.web.access import current_actor
from app.work import desk_queries, document_queries, queries


def init_app(app: Flask) -> None:
    """Run when the client is entered and the actor known."""
    app.before_request(_refuse)


def hidden_services() -> frozenset[str]:
    """Services of which this visitor sees nothing."""
    if current_actor().may(Permission.HEALTH_READ):
        return frozenset()
    return health_services()


def _refuse() -> None:
    actor: Actor | None = g.get("actor")
    client = g.get("client")
    if actor is None or client is None or not client.sealed:
        return
    if actor.may(Permission.HEALTH_READ):
        return
    named = request.view_args or {}
    hidden = health_services()
    row = desk_queries.one(tenant_id=client.id, item_id=named["item_id"]) if _item(named) else None
    if row is not None and row.service_key in hidden:
        raise NotFound("There is no such work item.")
    if any(one.service_key in hidden for one in _asked_for(named)):
        raise NotFound("There is no such document request.")
    if "document_id" in named and any(
        item.service_key in hidden for item in queries.items_of_document(named["document_id"])
    ):
        raise NotFound("There is no such document.")


def _asked_for(named: dict[str, Any]) -> list[Any]:
    """The work of the document request that the address names, itself or one of its documents."""
    request_id = named.get("request_id")
    if request_id is None and "wish_id" in named:
        request_id = document_queries.wish(named["wish_id"]).request_id
    return [document_queries.view(request_id).item] if isinstance(request_id, UUID) else []


def _item(named: dict[str, object]) -> bool:
    return named.get("item_id") is not None
