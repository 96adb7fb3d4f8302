"""Several people at one item: who else is here, and the draft of one's own message."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.kernel.clock import now
from app.web.access import current_actor, requires
from app.web.htmx import polled
from app.work import queries, together_queries
from app.work.actions import together

blueprint = Blueprint(
    "desk_together", __name__, url_prefix="/desk/c/<client>/items", template_folder="templates"
)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.app_template_global("colleagues_here")
def colleagues_here(item_id: UUID) -> list[tuple[Any, bool]]:
    """Who else has the item open, and whether that colleague is writing."""
    at = now()
    found = together_queries.others(item_id, besides=current_actor().id, at=at)
    return [(one, together_queries.is_writing(one, at=at)) for one in found]


@blueprint.app_template_global("my_draft")
def my_draft(item_id: UUID) -> str:
    """What this person has begun to write about the item."""
    return together_queries.draft(item_id, account_id=current_actor().id)


@blueprint.get("/<uuid:item_id>/here")
@requires(Permission.WORK_READ)
def here(item_id: UUID) -> ResponseReturnValue:
    """Asked every 20 s by a page that is open: notes that one is here, tells who else is."""
    item = queries.item(item_id)
    together.be_here(actor=current_actor(), item_id=item.id)
    return polled(render_template("desk/items/_here.html", item_id=item.id))


@blueprint.post("/<uuid:item_id>/draft")
@requires(Permission.MESSAGE_WRITE)
def keep_draft(item_id: UUID) -> ResponseReturnValue:
    """Keep what is typed."""
    together.keep_draft(actor=current_actor(), item_id=item_id, body=request.form.get("body", ""))
    return "", HTTPStatus.NO_CONTENT
