"""Values entered a second time at the desk: the way in for the second person."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk.items import item_page, refused
from app.identity.permissions import Permission
from app.kernel.errors import Conflict, Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.schema_forms import sent_values
from app.work import blind, queries
from app.work.actions import blind as deeds

blueprint = Blueprint(
    "desk_second", __name__, url_prefix="/desk/c/<client>/items", template_folder="templates"
)
blueprint.register_error_handler(Conflict, refused)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.post("/<uuid:item_id>/second")
@requires(Permission.WORK_REVIEW)
def enter(item_id: UUID) -> ResponseReturnValue:
    """Keep what was entered; what cannot be read comes back with its reason."""
    schema = blind.schema_of(queries.item(item_id))
    if schema is None:
        raise NotFound("This kind of work has no values to correct.")
    if g.foreign:
        return item_page(item_id, status=HTTPStatus.CONFLICT, foreign_values=g.foreign)
    try:
        made = deeds.enter(
            actor=current_actor(), item_id=item_id, values=sent_values(schema, request.form)
        )
    except Invalid as faulty:
        g.second_errors = field_errors(faulty)
        return item_page(item_id, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if made.differing:
        flash(_("The two entries differ: a team lead decides."), "warning")
    else:
        flash(_("The two entries are the same: it can be approved."), "success")
    return redirect(url_for("desk_items.item", item_id=item_id), HTTPStatus.SEE_OTHER)
