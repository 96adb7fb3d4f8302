"""The API as a whole: `/api/v1`, and who may ask how often."""

from typing import Any

from flask import Flask, current_app, g
from flask_smorest import Api
from typing_extensions import override

from app.api import (
    approvals,
    catalogue,
    document_requests,
    documents,
    pages,
    problems,
    webhooks,
    work_items,
)
from app.api.description import describe
from app.web.rate_limits import limiter
from app.web.security import csrf

_BEARER = {"type": "http", "scheme": "bearer", "description": "A token of the client."}

LIMIT = "600 per minute"
"""For each client, over all its tokens; `API_LIMIT` of the application's config goes first."""


class _WithoutPages(Api):
    """Leaves refusals alone: `problems` answers them for the API, the web face for people.

    flask-smorest's own handler stands for the whole application, and would show people JSON.
    """

    @override
    def _register_error_handlers(self) -> None:
        pass


def init_app(app: Flask) -> None:
    """Register the blueprints and describe them."""
    app.config.update(
        API_TITLE="Kontor",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": _BEARER}},
            "security": [{"bearer": []}],
            "servers": [{"url": "/"}],
        },
    )
    app.config.setdefault("API_LIMIT", LIMIT)
    api = _WithoutPages(app)
    for part in (work_items, documents, document_requests, approvals, catalogue, webhooks):
        csrf.exempt(part.blueprint)
        limiter.limit(_limit, key_func=_by_client)(part.blueprint)
        api.register_blueprint(part.blueprint)
    document: Any = describe(api.spec)
    app.extensions["kontor-api"] = document
    app.register_blueprint(pages.blueprint)
    problems.init_app(app)


def _limit() -> str:
    limit: str = current_app.config["API_LIMIT"]
    return limit


def _by_client() -> str:
    client = g.get("client")
    return f"client:{client.id}" if client else "nobody"
