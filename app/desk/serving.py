"""Whom the person at the desk may serve; everything the books say of others is left out."""

from flask import Flask, g, request

from app.identity.permissions import Permission
from app.staffing import queries as staffing
from app.staffing import served, walls
from app.staffing.served import Served
from app.web.access import current_actor
from tenants import registry


def init_app(app: Flask) -> None:
    """Run once it is known who is there, and until the request ends."""
    app.before_request(_narrow)
    app.teardown_request(_widen)


def at_the_desk() -> bool:
    """Whether somebody who is signed in asks for a page of the desk."""
    return request.path.startswith("/desk") and g.get("actor") is not None


def _narrow() -> None:
    if at_the_desk():
        g.narrowed = served.begin(whom_one_serves)


def _widen(_: BaseException | None) -> None:
    if token := g.pop("narrowed", None):
        served.end(token)


def whom_one_serves() -> Served:
    """By the list of one's clients and the ethical walls. In the provider's books."""
    if "served" not in g:
        actor = current_actor()
        restricted = actor.id is not None and not actor.may(Permission.WORK_ASSIGN)
        with served.whole():
            g.served = Served(
                only=staffing.clients_of(actor.id) if restricted and actor.id else None,
                never=walls.kept_from(actor.id) if actor.id else frozenset(),
            )
    found: Served = g.served
    return found


def serving() -> frozenset[int] | None:
    """The clients this operator may serve; None where nothing restricts it."""
    if "serving" not in g:
        found = whom_one_serves()
        every = frozenset(ref.id for ref in registry.all_refs()) if found.never else frozenset()
        g.serving = found.among(every) if found.is_narrowed else None
    clients: frozenset[int] | None = g.serving
    return clients
