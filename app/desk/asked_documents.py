"""Ask a client for documents at the desk, and judge what came."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.service import RequestTemplate, work_type
from app.desk.document_requests import page_of, toasted
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.work import document_queries, index, queries
from app.work.actions import asking
from app.work.actions.asking import Wanted

blueprint = Blueprint(
    "desk_asked", __name__, url_prefix="/desk/c/<client>", template_folder="templates"
)
_END_OF_DAY = time(23, 59)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.get("/items/<uuid:item_id>/documents")
@requires(Permission.WORK_PERFORM)
def form(item_id: UUID) -> ResponseReturnValue:
    """What shall the client send? From one of the service's templates, or in free words."""
    chosen = request.args.get("template", "")
    return _form(item_id, _template(item_id, chosen))


def _form(
    item_id: UUID,
    template: RequestTemplate | None,
    *,
    errors: dict[str, list[str]] | None = None,
) -> str:
    item = queries.item(item_id)
    titles = [_(one.title) for one in template.documents] if template else []
    deadline = now().astimezone(ZoneInfo(g.client.zone)).date()
    deadline += timedelta(days=template.days if template else 5)
    return render_template(
        "desk/asked/form.html",
        client=g.client,
        item=item,
        number=index.number_of(item),
        templates=_templates(item_id),
        template=template,
        titles="\n".join(titles),
        deadline=deadline.isoformat(),
        blocking=template.blocking if template else True,
        sent=request.form,
        errors=errors or {},
    )


def _templates(item_id: UUID) -> Sequence[RequestTemplate]:
    item = queries.item(item_id)
    try:
        return work_type(item.service_key, item.type_key).document_requests
    except NotFound:
        return ()


def _template(item_id: UUID, key: str) -> RequestTemplate | None:
    return next((one for one in _templates(item_id) if one.key == key), None)


@blueprint.post("/items/<uuid:item_id>/documents")
@requires(Permission.WORK_PERFORM)
def ask(item_id: UUID) -> ResponseReturnValue:
    """Ask for them."""
    template = _template(item_id, request.form.get("template", ""))
    if g.foreign:
        return _form(item_id, template), HTTPStatus.CONFLICT
    try:
        asking.request_documents(
            actor=current_actor(),
            item_id=item_id,
            wanted=Wanted(
                titles=_titles(template),
                note=request.form.get("note", ""),
                blocking="blocking" in request.form,
                due_at=_deadline(),
            ),
        )
    except Invalid as faulty:
        answer = _form(item_id, template, errors=field_errors(faulty))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The client is asked for the documents."), "success")
    return _back(item_id)


def _titles(template: RequestTemplate | None) -> list[str]:
    """The typed lines; those of the template as its message ids, so that each reads its own."""
    ids = {_(one.title): one.title for one in template.documents} if template else {}
    lines = [line.strip() for line in request.form.get("titles", "").splitlines()]
    return [ids.get(line, line) for line in lines if line]


def _deadline() -> datetime | None:
    text = request.form.get("due_on", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={"due_on": [_("Please give a day.")]}) from None
    local = datetime.combine(day, _END_OF_DAY, tzinfo=ZoneInfo(g.client.zone))
    return local.astimezone(UTC)


@blueprint.post("/documents/<uuid:wish_id>/accept")
@requires(Permission.WORK_PERFORM)
def accept(wish_id: UUID) -> ResponseReturnValue:
    """It is what was asked for."""
    return _judged(wish_id, asking.accept_document(actor=current_actor(), wish_id=wish_id).id)


@blueprint.post("/documents/<uuid:wish_id>/waive")
@requires(Permission.WORK_PERFORM)
def waive(wish_id: UUID) -> ResponseReturnValue:
    """It is not needed any more."""
    return _judged(wish_id, asking.waive_document(actor=current_actor(), wish_id=wish_id).id)


@blueprint.post("/documents/<uuid:wish_id>/send-back")
@requires(Permission.WORK_PERFORM)
def send_back(wish_id: UUID) -> ResponseReturnValue:
    """It cannot be used; the client reads why."""
    item = asking.send_back(
        actor=current_actor(), wish_id=wish_id, reason=request.form.get("reason", "")
    )
    return _judged(wish_id, item.id)


@blueprint.post("/document-requests/<uuid:request_id>/withdraw")
@requires(Permission.WORK_PERFORM)
def withdraw(request_id: UUID) -> ResponseReturnValue:
    """Nothing of it is needed any more."""
    item = asking.withdraw_request(actor=current_actor(), request_id=request_id)
    return _back(item.id, request_id)


@blueprint.post("/document-requests/<uuid:request_id>/remind")
@requires(Permission.WORK_PERFORM)
def remind(request_id: UUID) -> ResponseReturnValue:
    """Write to the client once more."""
    item = asking.remind_now(actor=current_actor(), request_id=request_id)
    if request.headers.get("HX-Request"):
        return toasted(request_id, _("The reminder is on its way."))
    flash(_("The reminder is on its way."), "success")
    return _back(item.id, request_id)


def _judged(wish_id: UUID, item_id: UUID) -> ResponseReturnValue:
    return _back(item_id, document_queries.wish(wish_id).request_id)


def _back(item_id: UUID, request_id: UUID | None = None) -> ResponseReturnValue:
    """To where it was done: the panel beside the list, the request's page, or the item's."""
    if request_id is not None and request.headers.get("HX-Request"):
        return page_of(request_id)
    if request_id is not None and request.form.get("back") == "request":
        address = url_for("desk_documents.asked", request_id=request_id)
        return redirect(address, HTTPStatus.SEE_OTHER)
    address = url_for("desk_items.item", item_id=item_id, _anchor="asked")
    return redirect(address, HTTPStatus.SEE_OTHER)
