"""Hand one's own work on to a colleague, with a note."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk.door import home_view
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.web.access import current_actor, requires
from app.work import queries
from app.work.actions import passing
from app.work.index import number_of

blueprint = Blueprint(
    "desk_handing", __name__, url_prefix="/desk/c/<client>/items", template_folder="templates"
)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.post("/<uuid:item_id>/hand-on")
@requires(Permission.WORK_PERFORM)
def hand_on(item_id: UUID) -> ResponseReturnValue:
    """Whom it goes to was looked up at the door, before the client was entered."""
    queries.item(item_id)
    colleague = g.get("handed_to")
    if colleague is None:
        raise Invalid("Please choose a person.")
    item = passing.hand_to(
        actor=current_actor(),
        item_id=item_id,
        colleague=colleague,
        remark=request.form.get("remark", ""),
    )
    flash(
        _("%(number)s is with %(who)s now.", number=number_of(item), who=colleague.name), "success"
    )
    return redirect(url_for("desk_work.work_list", view=home_view()), HTTPStatus.SEE_OTHER)
