"""The first door into a client: the path says whose data this is."""

from flask import Flask, current_app, g, request

from app.kernel.errors import Locked, NotFound
from tenants.context import TenantRef, TenantState
from tenants.registry import UnknownTenant, by_slug
from tenants.scope import tenant_scope

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Find the client and the actor before the view runs, leave the client after it."""
    app.before_request(_find_client)
    app.teardown_request(_leave_client)


def enter_after_sign_in(app: Flask) -> None:
    """Last of the `before_request` steps: the actor is known, the provider's part is over."""
    app.before_request(_enter_client)


def _find_client() -> None:
    slug = (request.view_args or {}).pop("client", None)
    g.client = None
    if slug is not None:
        try:
            g.client = by_slug(slug)
        except UnknownTenant:
            raise NotFound("There is no such client.") from None


def _enter_client() -> None:
    client: TenantRef | None = g.client
    if client is None:
        return
    _refuse_strangers()
    if client.state is TenantState.SUSPENDED and request.method not in _READING:
        raise Locked("%(client)s is suspended: it can be read, not changed.", client=client.name)
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "in_provider_books", False):
        return
    enter(client)


def enter(client: TenantRef) -> None:
    """Enter the client's scope until the end of the request (used by the API's tokens too)."""
    g.tenant_scope = tenant_scope(client)
    g.tenant_scope.__enter__()


def _refuse_strangers() -> None:
    """Who has no role with this client is told nothing about it, not even that it exists."""
    actor = g.get("actor")
    if actor is not None and not actor.permissions:
        raise NotFound("There is no such client.")


def _leave_client(_: BaseException | None) -> None:
    if scope := g.pop("tenant_scope", None):
        scope.__exit__(None, None, None)
