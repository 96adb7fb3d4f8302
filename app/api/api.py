"""The API as a whole: `/api/v1`, its description (OpenAPI 3.1) and its documentation page."""

from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Flask, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from app.api import catalogue, documents, problems, work_items
from app.api.door import PREFIX
from app.api.schemas import Problem
from app.web.access import public
from app.web.rate_limits import limiter
from app.web.security import csrf

_BEARER = {"type": "http", "scheme": "bearer", "description": "A token of the client."}
_REFUSALS = {
    400: "The request cannot be read.",
    401: "No valid token.",
    403: "The token may not do this.",
    404: "There is no such thing.",
    409: "The thing has moved on since, or a key was used for something else.",
    413: "Too large.",
    415: "Another media type is expected.",
    422: "A field is wrong; `errors` says which.",
    423: "The client is suspended: reading only.",
    429: "Too many requests; see Retry-After.",
}
LIMIT = "600 per minute"

docs = PlainBlueprint("api_docs", __name__, url_prefix=PREFIX, template_folder="templates")


class QuietApi(Api):
    """Flask-smorest's, without its error handlers: they would answer for every other face too."""

    def _register_error_handlers(self) -> None:
        """Left to app.api.problems."""


def init_app(app: Flask) -> None:
    """Register the blueprints and describe them."""
    app.config.update(
        API_TITLE="Kontor",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": _BEARER}},
            "security": [{"bearer": []}],
        },
    )
    api = QuietApi(app)
    for part in (work_items, documents, catalogue):
        csrf.exempt(part.blueprint)
        limiter.limit(LIMIT, key_func=_by_client)(part.blueprint)
        api.register_blueprint(part.blueprint)
    describe(api.spec)
    described: Any = app.view_functions["api-docs.openapi_json"]
    app.view_functions["api-docs.openapi_json"] = public(lambda: described())
    app.extensions["kontor-api"] = api
    app.register_blueprint(docs)
    problems.init_app(app)


def _by_client() -> str:
    client = g.get("client")
    return f"client:{client.id}" if client else "nobody"


def describe(spec: Any) -> None:
    """Add to each operation the refusals it may answer with."""
    spec.components.schema("Problem", schema=Problem)
    reference = {"$ref": "#/components/schemas/Problem"}
    content = {problems.MEDIA_TYPE: {"schema": reference}}
    for operations in spec._paths.values():  # noqa: SLF001  apispec has no other way to reach them
        for operation in operations.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            responses = operation["responses"]
            responses.pop("default", None)
            for status, meaning in _REFUSALS.items():
                responses[str(status)] = {"description": meaning, "content": content}


@docs.get("/docs")
@public
def page() -> ResponseReturnValue:
    """The documentation, made from the description itself."""
    described = current_app.extensions["kontor-api"].spec.to_dict()
    return render_template("api/docs.html", described=described, prefix=PREFIX)
