"""Our own bookings to the tax adviser: what waits, a DATEV file of it, and what has gone."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.collecting import handing_over
from app.collecting.accounting import ACCOUNTS, CHARTS, Ledger
from app.collecting.gathering import Span
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Forbidden, Invalid
from app.web.access import current_actor, requires
from app.web.books import in_books
from app.web.files import file_answer
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_datev", __name__, url_prefix="/desk/invoices/datev", template_folder="templates"
)


@blueprint.before_request
def _only_whole() -> None:
    """A part of the books is no books, and a file of all of them names every client."""
    with in_books():
        if serving() is not None:
            raise Forbidden("Only whoever may serve every client hands over the books.")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"booking_word": booking_word, "lacking_word": lacking_word}


def booking_word(kind: str) -> str:
    """What a booking is of."""
    return {
        "invoice": _("Invoices"),
        "correction": _("Corrections"),
        "payment": _("Payments"),
        "refund": _("Money given back"),
        "fee": _("Stripe's fees"),
    }.get(kind, kind)


def lacking_word(reason: str) -> str:
    """Why a booking cannot be handed over."""
    return {
        "currency": _("DATEV is handed euros only."),
        "account": _("There is no account for it."),
    }.get(reason, reason)


@blueprint.get("/")
@requires(Permission.INVOICE_READ)
def overview() -> ResponseReturnValue:
    """What an export of the days would hand over, and every file that was made."""
    try:
        return _page(*_days(request.args))
    except Invalid as faulty:
        return _page(*_last_month(), errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/")
@requires(Permission.INVOICE_MANAGE)
def export() -> ResponseReturnValue:
    """Make the file."""
    since, until = _days(request.form)
    made = handing_over.export(actor=current_actor(), since=since, until=until)
    told = ngettext("%(num)s booking is in the file.", "%(num)s bookings are in the file.",
                    made.bookings)  # fmt: skip
    flash(told, "success")
    return redirect(url_for(".made", export_id=made.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/files/<uuid:export_id>")
@requires(Permission.INVOICE_READ)
def made(export_id: UUID) -> ResponseReturnValue:
    """A file's bookings, each with the invoice behind it."""
    return render_template(
        "desk/invoices/datev_file.html",
        export=handing_over.made(export_id),
        bookings=handing_over.bookings_of(export_id),
    )


@blueprint.get("/files/<uuid:export_id>/download")
@requires(Permission.INVOICE_READ)
def download(export_id: UUID) -> ResponseReturnValue:
    """The file as it was made."""
    found = handing_over.made(export_id)
    return file_answer(found, found.content)


@blueprint.get("/books")
@requires(Permission.INVOICE_MANAGE)
def books() -> ResponseReturnValue:
    """Our books at the tax adviser's: numbers, chart, accounts."""
    chart = request.args.get("chart", "")
    if chart in CHARTS:
        return _form(handing_over.proposed(chart))
    return _form(handing_over.ledger() or handing_over.proposed())


@blueprint.post("/books")
@requires(Permission.INVOICE_MANAGE)
def keep_books() -> ResponseReturnValue:
    """Keep them for files from now on."""
    sent = _sent_books()
    try:
        handing_over.keep(actor=current_actor(), books=sent)
    except Invalid as faulty:
        return _form(sent, errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".overview"), HTTPStatus.SEE_OTHER)


def _page(since: date, until: date, *, errors: Mapping[str, list[str]] | None = None) -> str:
    known = handing_over.ledger()
    span = handing_over.span_of(since, until, known) if known else Span(since=since, until=until)
    return render_template(
        "desk/invoices/datev.html",
        since=since,
        until=until,
        books=known,
        preview=handing_over.preview(span, known) if known else None,
        exports=handing_over.exports(),
        errors=errors or {},
    )


def _form(shown: Ledger, *, errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/invoices/datev_books.html",
        books=shown,
        charts=[(chart, chart) for chart in CHARTS],
        labels=_account_labels(),
        errors=errors or {},
    )


def _account_labels() -> dict[str, str]:
    names = (
        _("Revenue with 19 % VAT"),
        _("Revenue with 7 % VAT"),
        _("Revenue with 0 % VAT"),
        _("Revenue under reverse charge (EU)"),
        _("Revenue exempt from VAT"),
        _("Bank"),
        _("Clearing account for Stripe"),
        _("Stripe's fees"),
    )
    return dict(zip(ACCOUNTS, names, strict=True))


def _sent_books() -> Ledger:
    form = request.form
    return Ledger(
        adviser=form.get("adviser", 0, type=int),
        client=form.get("client", 0, type=int),
        chart=form.get("chart", ""),
        account_length=form.get("account_length", 0, type=int),
        first_month=form.get("first_month", 0, type=int),
        is_locked=bool(form.get("is_locked")),
        accounts={name: form.get(f"account-{name}", "").strip() for name in ACCOUNTS},
    )


def _days(sent: Mapping[str, str]) -> tuple[date, date]:
    """What was asked for; without days the last month. Raises Invalid."""
    if not sent.get("since") and not sent.get("until"):
        return _last_month()
    try:
        return date.fromisoformat(sent["since"]), date.fromisoformat(sent["until"])
    except (KeyError, ValueError):
        raise Invalid(fields={"since": [_("Please give a day.")]}) from None


def _last_month() -> tuple[date, date]:
    last = now().date().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
