"""Every route names the permission it needs, or says why it needs none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, NotFound

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class SignInNeeded(Exception):
    """Nobody is signed in; the web face leads to the sign-in page, the API answers 401."""


def current_actor() -> Actor:
    """Who is acting in this request. Raises SignInNeeded."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise SignInNeeded
    return actor


def requires(permission: Permission) -> Callable[[View], View]:
    """The route needs this permission in the client (portal, API) or at the provider (desk)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            actor = current_actor()
            if not actor.permissions:
                raise NotFound("There is no such page.")
            if not actor.may(permission):
                raise Forbidden(
                    "You do not have the right to do this (%(right)s).", right=str(permission)
                )
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def signed_in(view: View) -> View:
    """The route is for everybody who is signed in: one's own account."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        current_actor()
        return view(*args, **kwargs)

    guarded.permission = "signed-in"  # type: ignore[attr-defined]
    return cast("View", guarded)


def public(view: View) -> View:
    """The route is for everybody: signing in, health, static files."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def in_provider_books(view: View) -> View:
    """A route of one client that reads the provider's books instead of the client's schema.

    Outermost decorator; the client is in `g.client`, and every query names it.
    """
    view.in_provider_books = True  # type: ignore[attr-defined]
    return view
