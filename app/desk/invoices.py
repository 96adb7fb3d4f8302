"""Invoices at the desk: a month over all clients, and one invoice down to the work behind it."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.billing import overview, queries
from app.billing.actions import approving, correcting, issuing, months
from app.billing.rules.terms import Month
from app.desk import chosen_months
from app.desk.looking import shows
from app.identity.permissions import Permission
from app.jobs import queries as jobs
from app.web.access import current_actor, requires
from app.web.files import file_answer
from tenants import registry

blueprint = Blueprint(
    "desk_invoices", __name__, url_prefix="/desk/invoices", template_folder="templates"
)


@blueprint.get("/")
@requires(Permission.INVOICE_READ)
def month_page() -> ResponseReturnValue:
    """A month: what was drafted, approved and issued, and what differs from the month before."""
    month = chosen_months.of(request.args.get("month", ""))
    rows = overview.month_rows(month)
    last = chosen_months.last()
    return render_template(
        "desk/invoices/month.html",
        month=month,
        rows=sorted(rows, key=lambda row: (not row.is_notable, row.run.tenant_id)),
        corrections=overview.corrections(month),
        refs={ref.id: ref for ref in registry.all_refs()},
        months=sorted({*overview.months(), last.first, month.first}, reverse=True),
        going=_going(month),
    )


@blueprint.get("/progress")
@requires(Permission.INVOICE_READ)
def progress() -> ResponseReturnValue:
    """How far the run is."""
    month = chosen_months.of(request.args.get("month", ""))
    return render_template("desk/invoices/_going.html", month=month, going=_going(month))


@blueprint.post("/rate")
@requires(Permission.INVOICE_MANAGE)
def rate() -> ResponseReturnValue:
    """Rate the month for all clients, in the background."""
    month = chosen_months.of(request.form.get("month", ""))
    if months.start_rating(actor=current_actor(), month=month) is None:
        flash(_("This run is going on already."), "info")
    return _back(month)


@blueprint.post("/approve")
@requires(Permission.INVOICE_APPROVE)
def approve() -> ResponseReturnValue:
    """Approve the chosen drafts, or all of the month."""
    month = chosen_months.of(request.form.get("month", ""))
    if "all" in request.form:
        done = approving.approve_month(actor=current_actor(), month=month)
    else:
        chosen = [UUID(text) for text in request.form.getlist("invoice") if _is_id(text)]
        done = approving.approve(actor=current_actor(), invoice_ids=chosen)
    flash(ngettext("%(num)s invoice approved.", "%(num)s invoices approved.", len(done)), "success")
    return _back(month)


@blueprint.post("/issue")
@requires(Permission.INVOICE_MANAGE)
def issue_all() -> ResponseReturnValue:
    """Issue everything that is approved, in the background."""
    month = chosen_months.of(request.form.get("month", ""))
    months.start_issuing(actor=current_actor(), month=month)
    return _back(month)


@blueprint.get("/<uuid:invoice_id>")
@requires(Permission.INVOICE_READ)
def invoice(invoice_id: UUID) -> ResponseReturnValue:
    """One invoice with its positions, and the accepted work behind each."""
    found = queries.invoice(invoice_id)
    lines = queries.lines(invoice_id)
    clients = {ref.id: ref for ref in registry.all_refs()}
    shows(clients.get(found.tenant_id), kind="invoice", subject_id=invoice_id)
    return render_template(
        "desk/invoices/invoice.html",
        invoice=found,
        client=clients.get(found.tenant_id),
        lines=lines,
        entries={line.id: queries.entries_of(line.id) for line in lines},
        kinds=overview.document_kinds(invoice_id),
        payments=overview.payments(invoice_id),
        correction=overview.correction_of(invoice_id),
        corrected=queries.invoice(found.corrects_id) if found.corrects_id else None,
        is_own=found.created_by_id is not None and found.created_by_id == current_actor().id,
    )


@blueprint.get("/<uuid:invoice_id>/file/<kind>")
@requires(Permission.INVOICE_READ)
def file(invoice_id: UUID, kind: str) -> ResponseReturnValue:
    """The PDF or the XRechnung, as it was sent."""
    found = overview.document(invoice_id, kind)
    owner = queries.invoice(invoice_id).tenant_id
    shows(registry.by_ids({owner}).get(owner), kind="invoice", subject_id=invoice_id)
    return file_answer(found, found.content, inline="inline" in request.args)


@blueprint.post("/<uuid:invoice_id>/approve")
@requires(Permission.INVOICE_APPROVE)
def approve_one(invoice_id: UUID) -> ResponseReturnValue:
    """Approve one draft."""
    approving.approve(actor=current_actor(), invoice_ids=[invoice_id])
    return _to(invoice_id)


@blueprint.post("/<uuid:invoice_id>/draft")
@requires(Permission.INVOICE_APPROVE)
def take_back(invoice_id: UUID) -> ResponseReturnValue:
    """Make an approved invoice a draft again."""
    approving.take_back(actor=current_actor(), invoice_id=invoice_id)
    return _to(invoice_id)


@blueprint.post("/<uuid:invoice_id>/issue")
@requires(Permission.INVOICE_MANAGE)
def issue(invoice_id: UUID) -> ResponseReturnValue:
    """Issue one approved invoice; what a check finds is shown on its page."""
    issued = issuing.issue(actor=current_actor(), invoice_id=invoice_id)
    if issued.number:
        flash(_("Invoice %(number)s is issued.", number=issued.number), "success")
    return _to(invoice_id)


@blueprint.post("/<uuid:invoice_id>/correct")
@requires(Permission.INVOICE_MANAGE)
def correct(invoice_id: UUID) -> ResponseReturnValue:
    """Draft the correction of an issued invoice."""
    correction = correcting.correct(
        actor=current_actor(), invoice_id=invoice_id, reason=request.form.get("reason", "")
    )
    return _to(correction.id)


def _to(invoice_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".invoice", invoice_id=invoice_id), HTTPStatus.SEE_OTHER)


def _back(month: Month) -> ResponseReturnValue:
    return redirect(url_for(".month_page", month=f"{month.first:%Y-%m}"), HTTPStatus.SEE_OTHER)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _going(month: Month) -> Sequence[jobs.JobRow]:
    """The month's jobs that are not done."""
    return jobs.active(kinds=(months.RATE, months.ISSUE), dedupe_key=month.first.isoformat())
