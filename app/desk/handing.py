"""Who holds an item: take it, put it back, give it away; each can be taken back for a while."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk.door import home_view
from app.desk.items import after, refused
from app.identity.permissions import Permission
from app.kernel.errors import Conflict, Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.flashes import flash_with_undo
from app.work import queries
from app.work.actions import deeds
from app.work.actions.deeds import Deed, Kind
from app.work.deed_models import WorkDeed

blueprint = Blueprint(
    "desk_handing", __name__, url_prefix="/desk/c/<client>/items", template_folder="templates"
)
blueprint.register_error_handler(Conflict, refused)
blueprint.register_error_handler(Invalid, refused)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.post("/<uuid:item_id>/take")
@requires(Permission.WORK_PERFORM)
def take(item_id: UUID) -> ResponseReturnValue:
    """Take it; a checker takes what is in review."""
    done = deeds.perform(actor=current_actor(), item_id=item_id, deed=Deed(kind=Kind.TAKE))
    return _stay(item_id, done, _("%(number)s is yours.", number=done.number))


@blueprint.post("/<uuid:item_id>/release")
@requires(Permission.WORK_PERFORM)
def release(item_id: UUID) -> ResponseReturnValue:
    """Put it back for others, with the reason; a lead can do it for whoever holds it."""
    deed = Deed(kind=Kind.PUT_BACK, remark=request.form.get("reason", "")[:1000])
    done = deeds.perform(actor=current_actor(), item_id=item_id, deed=deed)
    return _stay(item_id, done, _("%(number)s is free for others.", number=done.number))


@blueprint.post("/<uuid:item_id>/assign")
@requires(Permission.WORK_ASSIGN)
def assign(item_id: UUID) -> ResponseReturnValue:
    """Give it to somebody of the provider's people, or back to everybody."""
    chosen = request.form.get("account_id", "")
    name = g.operators.get(chosen, "")
    if chosen and not name:
        raise NotFound("There is no such person.")
    deed = Deed(kind=Kind.ASSIGN, assignee=(UUID(chosen) if chosen else None, name))
    done = deeds.perform(actor=current_actor(), item_id=item_id, deed=deed)
    return _stay(item_id, done, _now_with(done.number, name or _("nobody")))


@blueprint.post("/<uuid:item_id>/hand-on")
@requires(Permission.WORK_PERFORM)
def hand_on(item_id: UUID) -> ResponseReturnValue:
    """Whom it goes to was looked up at the door, before the client was entered."""
    queries.item(item_id)
    colleague = g.get("handed_to")
    if colleague is None:
        raise Invalid("Please choose a person.")
    deed = Deed(
        kind=Kind.HAND_ON, colleague=colleague, remark=request.form.get("remark", "")[:1000]
    )
    done = deeds.perform(actor=current_actor(), item_id=item_id, deed=deed)
    flash_with_undo(_now_with(done.number, colleague.name), undo_url=_undo_url(done))
    return redirect(url_for("desk_work.work_list", view=home_view()), HTTPStatus.SEE_OTHER)


def _now_with(number: str, who: str) -> str:
    return _("%(number)s is with %(who)s now.", number=number, who=who)


def _undo_url(done: WorkDeed) -> str:
    return url_for("desk_bulk.undo", batch_id=done.batch_id)


def _stay(item_id: UUID, done: WorkDeed, text: str) -> ResponseReturnValue:
    """The item again, with the way back."""
    if not request.headers.get("HX-Request"):
        flash_with_undo(text, undo_url=_undo_url(done))
        return after(item_id)
    toast = render_template("desk/items/_toast.html", text=text, undo_url=_undo_url(done))
    answer = make_response(after(item_id))
    answer.set_data(answer.get_data(as_text=True) + toast)
    return answer
