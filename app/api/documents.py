"""Hand files in and fetch results: for machines."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.api import representations as shown
from app.api import schemas
from app.documents import actions, queries
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.web.access import current_actor, requires
from app.web.files import file_answer

blueprint = Blueprint(
    "api_documents", __name__, url_prefix="/api/v1/documents", description="Documents"
)


@blueprint.post("")
@blueprint.arguments(schemas.UploadForm, location="files", content_type="multipart/form-data")
@blueprint.response(201, schemas.DocumentOut)
@requires(Permission.DOCUMENT_WRITE)
def upload(files: dict[str, Any]) -> dict[str, Any]:
    """Hand in a file (field `file`). The same content is stored once."""
    file = files["file"]
    if not getattr(file, "filename", ""):
        raise Invalid("Please send the file with its name.", fields={"file": ["no file name"]})
    document = actions.store(actor=current_actor(), name=file.filename, content=file.read())
    return shown.document_of(document)


@blueprint.get("/<uuid:document_id>")
@blueprint.response(200, schemas.DocumentOut)
@requires(Permission.DOCUMENT_READ)
def get_document(document_id: UUID) -> dict[str, Any]:
    """What is known of a file."""
    return shown.document_of(queries.document(document_id))


@blueprint.get("/<uuid:document_id>/content")
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
)
@requires(Permission.DOCUMENT_READ)
def get_content(document_id: UUID) -> Response:
    """The file itself."""
    document = queries.document(document_id)
    return file_answer(document, queries.content(document))
