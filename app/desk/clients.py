"""The clients as the desk sees them: contract, services with price and promise, people, rules."""

from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from app.catalogue.service import services
from app.clients import identifiers
from app.clients import queries as clients
from app.desk.serving import serving
from app.identity import queries as people
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.web.access import in_provider_books, requires
from app.work import desk_queries
from tenants import registry

blueprint = Blueprint("desk_clients", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.url_defaults
def _same_client(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None and endpoint == "desk_clients.client_page":
        values.setdefault("client", g.client.slug)


@blueprint.get("/clients")
@requires(Permission.CLIENT_READ)
def client_list() -> ResponseReturnValue:
    """Every client this person may serve, with its open and late work."""
    allowed, at = serving(), now()
    return render_template(
        "desk/clients/list.html",
        clients=[
            ref
            for ref in sorted(registry.all_refs(), key=lambda ref: ref.name.casefold())
            if allowed is None or ref.id in allowed
        ],
        contracts=clients.contracts_in_force(on=at.date()),
        load=desk_queries.load_by_client(clients=allowed, at=at),
        services={service.key: service for service in services()},
    )


@blueprint.get("/c/<client>/")
@in_provider_books
@requires(Permission.CLIENT_READ)
def client_page() -> ResponseReturnValue:
    """One client; it is read in the provider's books, its own schema is not entered."""
    client, at = g.client, now()
    load = desk_queries.load_by_client(clients=frozenset({client.id}), at=at)
    return render_template(
        "desk/clients/client.html",
        client=client,
        profile=clients.profile(client.id),
        identifiers=identifiers.of_client(client.id),
        contracts=clients.contracts(tenant_id=client.id),
        offers=clients.orderable_services(tenant_id=client.id, on=at.date()),
        members=people.members(client.id),
        load=load.get(client.id, (0, 0)),
        today=at.date(),
    )
