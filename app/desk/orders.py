"""Open work on behalf of a client: by letter, telephone or counter, received when it was."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, ngettext
from flask_babel import gettext as _

from app.clients import queries as clients
from app.clients.queries import OrderableService
from app.documents import queries as documents
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.web import uploads
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.forms import field_errors
from app.web.schema_forms import form_fields, sent_values
from app.work.actions import mailed, orders
from app.work.actions.orders import Order
from app.work.index import number_of
from app.work.rules import Priority

blueprint = Blueprint(
    "desk_orders", __name__, url_prefix="/desk/c/<client>/order", template_folder="templates"
)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.get("/")
@requires(Permission.WORK_ORDER)
def catalogue() -> ResponseReturnValue:
    """What this client's contract has."""
    offers = clients.orderable_services(tenant_id=g.client.id, on=now().date())
    return render_template("desk/orders/catalogue.html", client=g.client, offers=offers)


@blueprint.get("/<service_key>/<type_key>")
@requires(Permission.WORK_ORDER)
def form(service_key: str, type_key: str) -> ResponseReturnValue:
    """The form that the client itself would fill in, and when it was received."""
    return _form(_offer(service_key), type_key)


@blueprint.post("/<service_key>/<type_key>")
@requires(Permission.WORK_ORDER)
def place(service_key: str, type_key: str) -> ResponseReturnValue:
    """Open it. What cannot be taken comes back with its reason, everything typed still there."""
    offer = _offer(service_key)
    work_type = offer.service.work_type(type_key)
    sent = sent_values(work_type.form, request.form)
    if g.foreign:  # before anything is stored: the files have to be chosen again
        kept = uploads.ids_of(request.form.getlist("documents"))
        return _form(offer, type_key, sent=sent, files=kept), HTTPStatus.CONFLICT
    taken = uploads.take(actor=current_actor(), accepts=work_type.accepts)
    kept = [*uploads.ids_of(request.form.getlist("documents")), *taken.ids]
    try:
        if taken.refused:
            raise Invalid(fields={"files": list(taken.refused)})
        order = Order(
            service_key=service_key,
            type_key=type_key,
            payload=sent,
            document_ids=kept,
            priority=_priority(),
            one_item="one_item" in request.form,
            received_at=_received_at(),
        )
        items = _open(order, work_type.accepts)
    except Invalid as faulty:
        errors = field_errors(faulty) or {"form": [say(faulty.text)]}
        # 200, not 422: the files that were taken stay taken for the next try.
        return _form(offer, type_key, sent=sent, errors=errors, files=kept)
    return _opened(items)


def _open(order: Order, accepts: tuple[str, ...]) -> Sequence[Any]:
    actor, mail_id = current_actor(), _mail()
    if mail_id is None:
        return orders.open_items(actor=actor, order=order)
    return mailed.open_items(actor=actor, mail_id=mail_id, order=order, accepts=accepts)


def _mail() -> UUID | None:
    """The mail that the work is opened from, where there is one."""
    text = request.values.get("mail", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("There is no such mail.") from None


def _form(
    offer: OrderableService,
    type_key: str,
    *,
    sent: dict[str, Any] | None = None,
    errors: dict[str, Any] | None = None,
    files: Sequence[Any] = (),
) -> str:
    work_type = offer.service.work_type(type_key)
    errors = errors or {}
    mail_id = _mail()
    beginning = mailed.begun_by(actor=current_actor(), mail_id=mail_id) if mail_id else None
    if beginning and sent is None:
        sent = {"subject": beginning.subject, "description": beginning.text}
    views = form_fields(work_type.form, values=sent, errors=errors)
    faulty = {**errors, "files": errors.get("files") or errors.get("documents")}
    return render_template(
        "desk/orders/form.html",
        client=g.client,
        offer=offer,
        work_type=work_type,
        views=views,
        errors={name: texts for name, texts in faulty.items() if texts and name != "documents"},
        labels={view.name: view.label for view in views}
        | {"files": _("Files"), "received_at": _("Received"), "form": _("Order")},
        files=documents.documents(files),
        received_at=request.form.get("received_at")
        or _local(beginning.received_at if beginning else now()),
        mail=mail_id,
        beginning=beginning,
        latest=_local(now()),
        priority=_priority(),
    )


def _opened(items: Sequence[Any]) -> ResponseReturnValue:
    numbers = ", ".join(number_of(item) for item in items)
    text = ngettext(
        "%(numbers)s is opened.", "%(num)s items are opened: %(numbers)s.", len(items),
        numbers=numbers,
    )  # fmt: skip
    flash(text, "success")
    if len(items) == 1:
        return redirect(url_for("desk_items.item", item_id=items[0].id), HTTPStatus.SEE_OTHER)
    address = url_for("desk_work.work_list", view="open", client=g.client.slug)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _offer(service_key: str) -> OrderableService:
    return clients.orderable(service_key, tenant_id=g.client.id, on=now().date())


def _priority() -> Priority:
    level = request.form.get("priority", int(Priority.NORMAL), type=int)
    return Priority(level) if level in set(Priority) else Priority.NORMAL


def _received_at() -> datetime | None:
    """As the person's clock shows it, made aware. Raises Invalid for what is no time."""
    text = request.form.get("received_at", "").strip()
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={"received_at": [_("This is not a date and time.")]}) from None
    moment = local.replace(tzinfo=_zone()) if local.tzinfo is None else local
    # A minute's grace: the form shows whole minutes.
    if (moment - now()).total_seconds() > 60:
        raise Invalid(fields={"received_at": [_("This lies in the future.")]})
    return moment


def _local(moment: datetime) -> str:
    return moment.astimezone(_zone()).strftime("%Y-%m-%dT%H:%M")


def _zone() -> ZoneInfo:
    return ZoneInfo(str(get_timezone()))
