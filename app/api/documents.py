"""Hand files in and fetch results: for machines."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from marshmallow import RAISE

from app.api import representations as shown
from app.api import schemas
from app.api.bodies import MULTIPART, READS, WRITES, ApiBlueprint
from app.api.words import N_
from app.documents import actions, queries, rules
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.web.access import current_actor, requires
from app.web.files import file_answer

UNKNOWN = ".bin"
"""What a file without an ending gets whose content says nothing: kept, but no order takes it."""
ACCEPTS = (*actions.ACCEPTS, ".gif", ".webp", UNKNOWN)
"""More than any order takes: a picture may explain a message. Each work type has its own list."""
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}

blueprint = ApiBlueprint("api_documents", __name__, url_prefix="/api/v1/documents")


@blueprint.post("")
@requires(Permission.DOCUMENT_WRITE)
@blueprint.arguments(schemas.UploadForm, location="files", content_type=MULTIPART, unknown=RAISE)
@blueprint.response(201, schemas.DocumentOut, description=N_("The stored file."))
@blueprint.doc(
    operationId="uploadDocument",
    security=WRITES,
    summary=N_("Hand in a file; the same content is stored once"),
)
def upload(files: dict[str, Any]) -> Any:
    """Hand in a file (field `file`). The same content is stored once."""
    file = files["file"]
    if not file.filename:
        nameless = Text("Please send the file with its name.")
        raise Invalid(nameless, fields={"file": [nameless]})
    content = file.read()
    document = actions.store(
        actor=current_actor(),
        name=_named(file.filename, content),
        content=content,
        accepts=ACCEPTS,
    )
    place = url_for("api_documents.get_document", document_id=document.id)
    return shown.document_of(document), 201, {"Location": place}


def _named(name: str, content: bytes) -> str:
    """Programs that pipe a file in often have no ending for it: then its content says."""
    if rules.ending(name):
        return name
    return name + ENDINGS.get(rules.media_type(name, content), UNKNOWN)


@blueprint.get("/<uuid:document_id>")
@requires(Permission.DOCUMENT_READ)
@blueprint.response(200, schemas.DocumentOut, description=N_("The stored file."))
@blueprint.doc(operationId="getDocument", security=READS, summary=N_("What is known of a file"))
def get_document(document_id: UUID) -> dict[str, Any]:
    """What is known of a file."""
    return shown.document_of(queries.document(document_id))


@blueprint.get("/<uuid:document_id>/content")
@requires(Permission.DOCUMENT_READ)
@blueprint.response(
    200,
    {"type": "string", "format": "binary"},
    content_type="application/octet-stream",
    description=N_("The bytes."),
)
@blueprint.doc(operationId="downloadDocument", security=READS, summary=N_("Download a file"))
def get_content(document_id: UUID) -> Response:
    """The file itself."""
    document = queries.document(document_id)
    return file_answer(document, queries.content(document))
