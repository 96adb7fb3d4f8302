"""The API's description and its documentation, served by ourselves and for everybody."""

from flask import Blueprint, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue

from app.api.door import PREFIX
from app.api.reading import Reading
from app.web.access import public

blueprint = Blueprint("api_docs", __name__, url_prefix=PREFIX, template_folder="templates")


@blueprint.get("/openapi.json")
@public
def description() -> Response:
    """The description as JSON (OpenAPI 3.1)."""
    return Response(json.dumps(current_app.extensions["kontor-api"]), mimetype="application/json")


@blueprint.get("/docs")
@public
def docs() -> ResponseReturnValue:
    """The documentation, made from the description itself."""
    # The configured address: a request's own Host header is anybody's word.
    address = current_app.config["SETTINGS"].base_url + PREFIX
    described = Reading(current_app.extensions["kontor-api"])
    return render_template("api/docs.html", described=described, address=address, prefix=PREFIX)
