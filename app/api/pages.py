"""The API's description and its documentation, served by ourselves and for everybody."""

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.api.door import PREFIX
from app.web.access import public

blueprint = Blueprint("api_docs", __name__, url_prefix=PREFIX, template_folder="templates")

_SAID = frozenset({"summary", "description", "title"})
"""What a person reads of a description."""


@blueprint.get("/openapi.json")
@public
def description() -> Response:
    """The description as JSON (OpenAPI 3.1)."""
    return Response(json.dumps(current_app.extensions["kontor-api"]), mimetype="application/json")


@blueprint.get("/docs")
@public
def docs() -> ResponseReturnValue:
    """The documentation, made from the description itself, in the reader's language."""
    described = _spoken(current_app.extensions["kontor-api"])
    return render_template("api/docs.html", described=described, prefix=PREFIX)


def _spoken(part: Any) -> Any:
    if isinstance(part, list):
        return [_spoken(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: gettext(value) if key in _SAID and value and isinstance(value, str) else _spoken(value)
        for key, value in part.items()
    }
