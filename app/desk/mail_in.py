"""Mail that nobody could place: a lead says to which item it belongs, or puts it aside."""

from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import wrong_client
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.errors import Invalid, NotFound
from app.messages import incoming
from app.messages.incoming_models import Outcome
from app.messages.reading import read
from app.web.access import current_actor, requires
from app.web.books import in_books, visiting
from app.work.actions import mailed
from tenants import registry
from tenants.context import TenantRef

blueprint = Blueprint("desk_mail_in", __name__, url_prefix="/desk", template_folder="templates")


def outcomes() -> dict[str, tuple[str, str]]:
    """Outcome → its word and tone."""
    return {
        Outcome.RECEIVED: (_("received"), "info"),
        Outcome.DELIVERED: (_("in its item"), "good"),
        Outcome.TRIAGE: (_("to be placed"), "warn"),
        Outcome.AUTOMATIC: (_("automatic answer"), "neutral"),
        Outcome.BOUNCE: (_("came back"), "bad"),
        Outcome.DISMISSED: (_("put aside"), "neutral"),
    }


def reasons() -> dict[str, str]:
    """Why a person has to look."""
    return {
        "unknown_item": _("It names no item."),
        "unknown_sender": _("The sender is not one of the client's people."),
        "loop": _("So many within an hour: two machines seem to answer each other."),
        "notfound": _("There is no item of this number."),
        "conflict": _("The item is finished."),
        "locked": _("The client is suspended."),
        "invalid": _("There is nothing in it that could be kept."),
        "forbidden": _("The sender has no right to write."),
    }


@blueprint.get("/mail-in")
@requires(Permission.WORK_ASSIGN)
def mail_list() -> ResponseReturnValue:
    """What waits for a person, or the newest of all."""
    return _list()


def _list(*, asked_of: UUID | None = None, foreign: Sequence[str] = ()) -> str:
    everything = "all" in request.args
    refs = {ref.id: ref for ref in _served()}
    rows = incoming.listed(waiting_only=not everything)
    return render_template(
        "desk/mail_in.html",
        rows=rows,
        everything=everything,
        refs=refs,
        outcomes=outcomes(),
        reasons=reasons(),
        asked_of=asked_of,
        foreign=foreign,
    )


@blueprint.post("/mail-in/<uuid:incoming_id>/put")
@requires(Permission.WORK_ASSIGN)
def put(incoming_id: UUID) -> ResponseReturnValue:
    """Into the conversation of the item whose number was given."""
    actor, number = current_actor(), request.form.get("number", "").strip().upper()
    code, _dash, digits = number.rpartition("-")
    ref = next((one for one in _served() if one.code == code), None)
    if ref is None or not digits.isdecimal():
        raise Invalid("Please give the item's whole number, for example ACME-1042.")
    with in_books():
        foreign = _foreign(incoming_id, ref)
    if foreign:
        return _list(asked_of=incoming_id, foreign=foreign), HTTPStatus.CONFLICT
    with in_books():
        incoming.of_client(actor, mail_id=incoming_id, tenant_id=ref.id)
    with visiting(ref.id) as client:
        if client is None:
            raise NotFound("There is no such client.")
        item_id = mailed.put(actor=actor, mail_id=incoming_id, number=number).id
    return _done(
        _("The mail is in the conversation of %(number)s.", number=number),
        url_for("desk_items.item", client=ref.slug, item_id=item_id),
    )


@blueprint.post("/mail-in/<uuid:incoming_id>/open")
@requires(Permission.WORK_ASSIGN)
def open_work(incoming_id: UUID) -> ResponseReturnValue:
    """On the way to new work for the chosen client: its services, the mail in hand."""
    slug = request.form.get("client", "")
    ref = next((one for one in _served() if one.slug == slug), None)
    if ref is None:
        raise Invalid("Please choose a client.")
    with in_books():
        foreign = _foreign(incoming_id, ref)
    if foreign:
        return _list(asked_of=incoming_id, foreign=foreign), HTTPStatus.CONFLICT
    incoming.of_client(current_actor(), mail_id=incoming_id, tenant_id=ref.id)
    address = url_for("desk_orders.catalogue", client=ref.slug, mail=incoming_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _served() -> list[TenantRef]:
    """The clients whose mail this person may place."""
    clients = serving()
    return [one for one in registry.listed() if clients is None or one.id in clients]


def _foreign(incoming_id: UUID, client: TenantRef) -> list[str]:
    """What in the mail belongs to another client than the one it is to be put to."""
    row = incoming.one(incoming_id, actor=current_actor())
    if row.content is None:
        return []
    mail = read(row.content, envelope_sender=row.sender, recipient="")
    files = [(one.name, sha256(one.content).hexdigest()) for one in mail.attachments]
    return wrong_client.asked(f"{mail.subject}\n{mail.text}", files, client=client)


@blueprint.post("/mail-in/<uuid:incoming_id>/dismiss")
@requires(Permission.WORK_ASSIGN)
def dismiss(incoming_id: UUID) -> ResponseReturnValue:
    """Put it aside."""
    incoming.dismiss(actor=current_actor(), mail_id=incoming_id)
    return _done(_("The mail is put aside."), url_for(".mail_list"))


def _done(said: str, address: str) -> Any:
    flash(said, "success")
    return redirect(address, HTTPStatus.SEE_OTHER)
