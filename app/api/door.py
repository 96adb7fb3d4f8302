"""Machines come in with a bearer token: it says who they are and for which client."""

from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale

from app.identity import tokens
from app.web.access import SignInNeeded

PREFIX = "/api/v1"


def init_app(app: Flask) -> None:
    """Run where people's sessions are looked up, before the client is entered."""
    app.before_request(_find_machine)
    app.after_request(_tell_language)


def _find_machine() -> None:
    if not request.path.startswith(PREFIX + "/"):
        return
    g.account, g.actor, g.memberships = None, None, ()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "permission", "") == "public":
        return
    scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
    found = tokens.actor_for(word.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise SignInNeeded
    g.actor, g.client = found


def _tell_language(response: Response) -> Response:
    """Answers hold a client's data, in the language asked for: no cache may mix them up."""
    if request.path.startswith(PREFIX) and response.is_json:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Language"] = str(get_locale())
        response.vary.update(("Accept-Language", "Authorization"))
    return response
