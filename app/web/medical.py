"""Work about people's health is not there for whoever has no right to it (section 203 StGB).

One door for all faces: whatever address names an item or a file of such work is answered as if
there were none. Lists leave it out (`hidden_services`), actions refuse it again.
"""

from flask import Flask, g, request

from app.catalogue.service import health_services
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.web.access import current_actor
from app.work import desk_queries, queries


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
    if "document_id" in named and any(
        item.service_key in hidden for item in queries.items_of_document(named["document_id"])
    ):
        raise NotFound("There is no such document.")


def _item(named: dict[str, object]) -> bool:
    return named.get("item_id") is not None
