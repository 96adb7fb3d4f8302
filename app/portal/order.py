"""Order work: the contract's catalogue, a form for each kind of work, drafts and their files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue.examples import example_files
from app.clients import queries as clients
from app.clients.queries import OrderableService
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.portal import uploads
from app.portal.drafts import begun
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.files import file_answer
from app.web.schema_forms import form_fields, sent_values
from app.web.trades import by_trade
from app.work import idempotency, promises, queries
from app.work.actions import orders
from app.work.actions.orders import Order

blueprint = portal_blueprint("portal_order", __name__, "/order")

_HERE = "portal_requests.requests"
_ONE = "/<service_key>/<type_key>"


@blueprint.get("/")
@requires(Permission.WORK_ORDER)
def catalogue() -> ResponseReturnValue:
    """What the contract has, by trade."""
    at = now()
    offered = clients.orderable_services(tenant_id=g.client.id, on=at.date())
    return page(
        "portal/order/catalogue.html",
        here=_HERE,
        trades=by_trade(offered, lambda offer: offer.service.trade),
        due={
            (offer.service.key, work_type.key): promises.preview(offer, work_type.key, at=at)
            for offer in offered
            for work_type in offer.service.work_types
        },
        drafts={(draft.service_key, draft.type_key) for draft in begun(current_actor())},
    )


@blueprint.get(_ONE)
@requires(Permission.WORK_ORDER)
def form(service_key: str, type_key: str) -> ResponseReturnValue:
    """The form, with what this person typed before; `check` shows what is still wrong."""
    offer, draft = _offer(service_key), _draft(service_key, type_key)
    work_type = offer.service.work_type(type_key)
    values = draft.payload if draft else {}
    files = documents.documents(_ids(draft.document_ids)) if draft else []
    errors = _faults(work_type, values, files) if "check" in request.args else {}
    views = form_fields(work_type.form, values=values, errors=errors)
    return page(
        "portal/order/form.html",
        here=_HERE,
        offer=offer,
        work_type=work_type,
        views=views,
        errors={view.name: view.errors for view in views if view.errors}
        | {name: texts for name, texts in errors.items() if name == "files"},
        labels={view.name: view.label for view in views} | {"files": _("Files")},
        files=files,
        examples=example_files(service_key, type_key, on=now().date()),
        refused=uploads.refused(service_key, type_key),
        draft=draft,
        order_key=new_id(),
        due_at=promises.preview(offer, type_key, at=now()),
    )


@blueprint.get(f"{_ONE}/examples/<int:number>")
@requires(Permission.WORK_ORDER)
def example(service_key: str, type_key: str, number: int) -> ResponseReturnValue:
    """A file made by us that shows what this kind of work takes."""
    _offer(service_key).service.work_type(type_key)
    files = example_files(service_key, type_key, on=now().date())
    if number >= len(files):
        raise NotFound("There is no such document.")
    return file_answer(files[number], files[number].content)


@blueprint.post(_ONE)
@requires(Permission.WORK_ORDER)
def place(service_key: str, type_key: str) -> ResponseReturnValue:
    """Order. What cannot be taken leads back to the form, with everything typed still there."""
    work_type = _offer(service_key).service.work_type(type_key)
    again = redirect(url_for(".form", service_key=service_key, type_key=type_key, check=1), 303)
    values, listed = sent_values(work_type.form, request.form), _listed()
    if removed := request.form.get("remove"):
        _keep(service_key, type_key, values, [one for one in listed if str(one) != removed])
        return redirect(url_for(".form", service_key=service_key, type_key=type_key), 303)
    taken = uploads.take(actor=current_actor(), accepts=work_type.accepts)
    uploads.remember(service_key, type_key, taken.refused)
    if taken.refused:
        _keep(service_key, type_key, values, [*listed, *taken.ids])
        return again
    if known := _sent_before():
        flash(_("You have already sent this order."), "info")
        return redirect(url_for("portal_requests.request_page", item_id=known), 303)
    order = Order(
        service_key=service_key,
        type_key=type_key,
        payload=values,
        document_ids=[*listed, *taken.ids],
    )
    try:
        items = orders.open_items(actor=current_actor(), order=order)
    except Invalid as faulty:
        _keep(service_key, type_key, values, order.document_ids)
        if not faulty.fields:
            flash(say(faulty.text), "error")
        return again
    _remember_sent(items[0].id)
    return _thanks(items)


def _order_key() -> str:
    key = request.form.get("order_key", "")[:40]
    return f"form:{key}" if key else ""


def _sent_before() -> UUID | None:
    """What this very form has ordered already: a double click, or a way back in the browser."""
    key = _order_key()
    return idempotency.find(actor=current_actor(), key=key, request_hash="") if key else None


def _remember_sent(item_id: UUID) -> None:
    if key := _order_key():
        idempotency.remember(actor=current_actor(), key=key, request_hash="", item_id=item_id)


def _thanks(items: Sequence[Any]) -> ResponseReturnValue:
    numbers = ", ".join(f"{g.client.code}-{item.number}" for item in items)
    if len(items) == 1:
        flash(_("Thank you. We have your order %(number)s.", number=numbers), "success")
        return redirect(url_for("portal_requests.request_page", item_id=items[0].id), 303)
    text = ngettext(
        "Thank you. We have your order %(numbers)s.",
        "Thank you. We have your %(num)s orders: %(numbers)s.",
        len(items),
        numbers=numbers,
    )
    flash(text, "success")
    return redirect(url_for("portal_requests.requests"), 303)


@blueprint.post(f"{_ONE}/draft")
@requires(Permission.WORK_ORDER)
def save_draft(service_key: str, type_key: str) -> ResponseReturnValue:
    """Keep what is typed; the draft's files stay as they are."""
    work_type = _offer(service_key).service.work_type(type_key)
    values, draft = sent_values(work_type.form, request.form), _draft(service_key, type_key)
    if draft is not None or any(values.values()):
        _keep(service_key, type_key, values, None)
    return "", 204


@blueprint.post(f"{_ONE}/files")
@requires(Permission.WORK_ORDER)
def add_files(service_key: str, type_key: str) -> ResponseReturnValue:
    """Take files into the draft at once; refused ones are told beside the list."""
    work_type = _offer(service_key).service.work_type(type_key)
    taken = uploads.take(actor=current_actor(), accepts=work_type.accepts)
    uploads.remember(service_key, type_key, taken.refused)
    values = sent_values(work_type.form, request.form)
    _keep(service_key, type_key, values, [*_listed(), *taken.ids])
    if request.headers.get("HX-Request"):
        return "", 204
    return redirect(url_for(".form", service_key=service_key, type_key=type_key), 303)


@blueprint.get(f"{_ONE}/files")
@requires(Permission.WORK_ORDER)
def files(service_key: str, type_key: str) -> ResponseReturnValue:
    """The draft's files alone, for the form that is open."""
    _offer(service_key)
    draft = _draft(service_key, type_key)
    return render_template(
        "portal/order/_files.html",
        files=documents.documents(_ids(draft.document_ids)) if draft else [],
        refused=uploads.refused(service_key, type_key),
        service_key=service_key,
        type_key=type_key,
    )


@blueprint.post(f"{_ONE}/discard")
@requires(Permission.WORK_ORDER)
def discard(service_key: str, type_key: str) -> ResponseReturnValue:
    """Throw the draft away."""
    if draft := _draft(service_key, type_key):
        orders.discard_draft(actor=current_actor(), draft_id=draft.id)
        flash(_("The draft is gone."), "info")
    return redirect(url_for("portal_home.home"), 303)


def _offer(service_key: str) -> OrderableService:
    return clients.orderable(service_key, tenant_id=g.client.id, on=now().date())


def _draft(service_key: str, type_key: str) -> Any:
    account_id = current_actor().id
    if account_id is None:
        return None
    return queries.draft(account_id=account_id, service_key=service_key, type_key=type_key)


def _keep(
    service_key: str, type_key: str, values: dict[str, Any], document_ids: Sequence[UUID] | None
) -> None:
    orders.save_draft(
        actor=current_actor(),
        service_key=service_key,
        type_key=type_key,
        payload=values,
        document_ids=None if document_ids is None else list(dict.fromkeys(document_ids)),
    )


def _listed() -> list[UUID]:
    return _ids(request.form.getlist("documents"))


def _ids(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            raise Invalid("A file of this order is no longer there.") from None
    return found


def _faults(work_type: Any, values: dict[str, Any], files: Sequence[Any]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    try:
        orders.checked_payload(work_type, values)
    except Invalid as faulty:
        faults |= faulty.fields
    if work_type.needs_document and not files:
        faults["files"] = [_("Please add at least one file.")]
    return faults
