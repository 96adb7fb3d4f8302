"""One work item at the desk: look at it, work on it, hand it on."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk.conflicts import Conflicting, conflicting, differences
from app.desk.door import home_view
from app.desk.looking import looked
from app.desk.reply_texts import inserted
from app.desk.shown import shown
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.errors import Conflict, Invalid, KontorError, NotFound
from app.web.access import current_actor, requires
from app.web.errors import page, say, status_of
from app.web.files import file_answer, picture_answer
from app.web.flashes import flash_with_undo
from app.web.schema_forms import sent_values
from app.work import queries
from app.work.actions import automation, closing, handling, talking, together
from app.work.changing import ItemMoved
from app.work.index import number_of

blueprint = Blueprint(
    "desk_items", __name__, url_prefix="/desk/c/<client>/items", template_folder="templates"
)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.get("/<uuid:item_id>")
@requires(Permission.WORK_READ)
def item(item_id: UUID) -> ResponseReturnValue:
    """The whole page, or the panel beside the list."""
    looked(queries.item(item_id), actor=current_actor())
    together.be_here(actor=current_actor(), item_id=item_id)
    return item_page(item_id)


@blueprint.get("/<uuid:item_id>/fresh")
@requires(Permission.WORK_READ)
def fresh(item_id: UUID) -> ResponseReturnValue:
    """Asked while the computer reads the files: nothing new, or the values and findings."""
    seen = shown(item_id, actor=current_actor())
    if seen.being_read:
        return "", HTTPStatus.NO_CONTENT
    return render_template("desk/items/_body.html", shown=seen, client=g.client)


def item_page(
    item_id: UUID,
    *,
    status: int = 200,
    errors: Any = None,
    sent: Any = None,
    conflict: Conflicting | None = None,
    **talk: Any,
) -> ResponseReturnValue:
    """The item as a page or as the panel, with what somebody typed that could not be taken."""
    seen = shown(item_id, actor=current_actor(), errors=errors, sent=sent)
    fragment = request.headers.get("HX-Request")
    template = "desk/items/_panel.html" if fragment else "desk/items/item.html"
    body = render_template(
        template,
        shown=seen,
        client=g.client,
        conflict=conflict,
        **{"foreign": (), "foreign_values": (), "written": "", "refusal": "", "kept": (), **talk},
    )
    return body, status


@blueprint.errorhandler(ItemMoved)
def _show_new_state(_moved: ItemMoved) -> ResponseReturnValue:
    # Approve, send back, hand over: the new state, and what this person wrote.
    rows = [(_("Reason"), reason, "")] if (reason := request.form.get("reason", "")) else []
    item_id: UUID = (request.view_args or {})["item_id"]
    return item_page(item_id, status=HTTPStatus.CONFLICT, conflict=conflicting(item_id, rows))


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(Invalid)
def refused(error: KontorError) -> ResponseReturnValue:
    """What could not be done is said on the item's own page: nobody loses the place."""
    item_id = (request.view_args or {}).get("item_id")
    if request.method == "GET" or item_id is None or request.headers.get("HX-Request"):
        return page(status_of(error), say(error.text))
    typed, reason = request.form.get("body", ""), request.form.get("reason", "")
    return item_page(
        item_id, status=status_of(error), refusal=say(error.text), written=typed,
        kept=[reason] if reason.strip() else [],
    )  # fmt: skip


def after(item_id: UUID, *, anchor: str | None = None) -> ResponseReturnValue:
    """A panel shows the new state in its place; a page is loaded anew."""
    if request.headers.get("HX-Request"):
        return item_page(item_id)
    return redirect(
        url_for("desk_items.item", item_id=item_id, _anchor=anchor), HTTPStatus.SEE_OTHER
    )


def _handed_on(item_id: UUID, text: str, *, undo: bool = False) -> ResponseReturnValue:
    # In the panel the next row is opened; a page leads back to the list.
    undo_url = url_for(".withdraw", item_id=item_id) if undo else None
    if request.headers.get("HX-Request"):
        return render_template(
            "desk/items/_handed.html", item_id=item_id, text=text, undo_url=undo_url
        )
    flash_with_undo(text, undo_url=undo_url)
    return redirect(url_for("desk_work.work_list", view=home_view()), HTTPStatus.SEE_OTHER)


def _version() -> int | None:
    return request.form.get("version", type=int)


def _simple(name: str, permission: Permission, deed: Callable[..., Any]) -> None:
    """A route that does one deed and shows the item again."""

    def view(item_id: UUID) -> ResponseReturnValue:
        deed(actor=current_actor(), item_id=item_id)
        return after(item_id)

    view.__name__ = name.replace("-", "_")
    blueprint.post(f"/<uuid:item_id>/{name}")(requires(permission)(view))


_simple("resume", Permission.WORK_PERFORM, talking.resume)
_simple("check-again", Permission.WORK_PERFORM, automation.check_again)


@blueprint.post("/<uuid:item_id>/withdraw")
@requires(Permission.WORK_PERFORM)
def withdraw(item_id: UUID) -> ResponseReturnValue:
    """Undo handing it to review."""
    handling.withdraw(actor=current_actor(), item_id=item_id)
    return redirect(url_for(".item", item_id=item_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:item_id>/tick")
@requires(Permission.WORK_PERFORM)
def tick(item_id: UUID) -> ResponseReturnValue:
    """Tick or untick one step."""
    handling.tick(
        actor=current_actor(),
        item_id=item_id,
        key=request.form.get("key", ""),
        done="done" in request.form,
        skills=g.get("skills", ()),
    )
    if request.headers.get("HX-Request"):
        seen = shown(item_id, actor=current_actor())
        return render_template("desk/items/_steps.html", shown=seen)
    return after(item_id, anchor="steps")


@blueprint.post("/<uuid:item_id>/values")
@requires(Permission.WORK_PERFORM)
def correct(item_id: UUID) -> ResponseReturnValue:
    """Save the corrected values; what cannot be taken comes back with its reason."""
    found = queries.item(item_id)
    schema = shown(item_id, actor=current_actor()).work_type.values
    if schema is None:
        raise NotFound("This kind of work has no values to correct.")
    sent = sent_values(schema, request.form)
    if g.foreign:
        return item_page(item_id, status=HTTPStatus.CONFLICT, sent=sent, foreign_values=g.foreign)
    try:
        handling.correct(actor=current_actor(), item_id=found.id, values=sent, version=_version())
    except Invalid as faulty:
        return item_page(item_id, status=422, errors=faulty.fields, sent=sent)
    except ItemMoved as moved:
        rows = differences(schema, mine=sent, theirs=moved.item.values)
        box = conflicting(item_id, rows)
        return item_page(item_id, status=HTTPStatus.CONFLICT, sent=sent, conflict=box)
    flash(_("Values saved."), "success")
    return after(item_id)


@blueprint.post("/<uuid:item_id>/done")
@requires(Permission.WORK_PERFORM)
def done(item_id: UUID) -> ResponseReturnValue:
    """Hand to review, or deliver where one pair of eyes is enough."""
    try:
        handed = handling.hand_over(actor=current_actor(), item_id=item_id, version=_version())
    except Invalid as faulty:  # each fault beside its value
        return item_page(item_id, status=422, errors=faulty.fields, refusal=say(faulty.text))
    if handed.four_eyes:
        text = _("%(number)s is handed to review.", number=number_of(handed))
        return _handed_on(item_id, text, undo=True)
    return _handed_on(item_id, _("%(number)s is delivered.", number=number_of(handed)))


@blueprint.post("/<uuid:item_id>/approve")
@requires(Permission.WORK_REVIEW)
def approve(item_id: UUID) -> ResponseReturnValue:
    """The second person agrees: delivered."""
    handed = handling.approve(actor=current_actor(), item_id=item_id, version=_version())
    text = _("%(number)s is approved and delivered.", number=number_of(handed))
    return _handed_on(item_id, text)


@blueprint.post("/<uuid:item_id>/reject")
@requires(Permission.WORK_REVIEW)
def reject(item_id: UUID) -> ResponseReturnValue:
    """The second person sends it back with a reason."""
    handed = handling.reject(
        actor=current_actor(),
        item_id=item_id,
        reason=request.form.get("reason", ""),
        version=_version(),
    )
    text = _("%(number)s is sent back to %(who)s.", number=number_of(handed), who=handed.clerk_name)
    return _handed_on(item_id, text)


_MESSAGES: dict[str, Callable[..., Any]] = {
    "say": talking.say,
    "ask": talking.ask_client,
    "note": talking.jot,
}


@blueprint.post("/<uuid:item_id>/message")
@requires(Permission.MESSAGE_WRITE)
def message(item_id: UUID) -> ResponseReturnValue:
    """Write to the client, ask and wait, or leave a note; the pressed button says which."""
    body, kind = request.form.get("body", ""), request.form.get("kind", "say")
    if kind == "insert":
        text_id = request.form.get("text", "")
        text = inserted(queries.item(item_id), text_id=text_id, written=body)
        return item_page(item_id, written=text)
    deed = _MESSAGES.get(kind)
    if deed is None:
        raise Invalid("There is no such kind of message.")
    if g.foreign:
        return item_page(item_id, status=HTTPStatus.CONFLICT, foreign=g.foreign)
    deed(actor=current_actor(), item_id=item_id, body=body)
    together.drop_draft(actor=current_actor(), item_id=item_id)
    return after(item_id, anchor="talk")


@blueprint.post("/<uuid:item_id>/wait")
@requires(Permission.WORK_PERFORM)
def wait(item_id: UUID) -> ResponseReturnValue:
    """Wait for a third party."""
    talking.wait_for_third_party(
        actor=current_actor(), item_id=item_id, reason=request.form.get("reason", "")
    )
    return after(item_id)


@blueprint.post("/<uuid:item_id>/cancel")
@requires(Permission.WORK_CANCEL)
def cancel(item_id: UUID) -> ResponseReturnValue:
    """End it without a result."""
    closing.cancel(actor=current_actor(), item_id=item_id, reason=request.form.get("reason", ""))
    return after(item_id)


@blueprint.get("/<uuid:item_id>/files/<uuid:document_id>")
@requires(Permission.DOCUMENT_READ)
def file(item_id: UUID, document_id: UUID) -> Response:
    """A file of the item: a download, or shown in the page where its type is harmless."""
    document = _document(item_id, document_id)
    content = documents.content(document)
    return file_answer(document, content, inline="inline" in request.args)


@blueprint.get("/<uuid:item_id>/files/<uuid:document_id>/pages/<int:number>")
@requires(Permission.DOCUMENT_READ)
def file_page(item_id: UUID, document_id: UUID, number: int) -> Response:
    """A page of a PDF as the worker drew it."""
    document = _document(item_id, document_id)
    picture = documents.page_picture(document, number)
    return picture_answer(picture, version=f"{document.sha256}-{number}")


def _document(item_id: UUID, document_id: UUID) -> Any:
    if all(found.id != document_id for found in queries.documents(item_id)):
        raise NotFound("There is no such document.")
    looked(queries.item(item_id), actor=current_actor(), document_id=document_id)
    return documents.document(document_id)
