"""Four eyes: whoever drafted an invoice does not approve it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.audit import actions as audit
from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import InvoiceState
from app.billing.rules.terms import Month
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, NotFound
from tenants.db import db


def approve(*, actor: Actor, invoice_ids: Sequence[UUID]) -> Sequence[Invoice]:
    """Approve drafts, all or none. Raises Forbidden, Conflict, NotFound."""
    actor.require(Permission.INVOICE_APPROVE)
    return [_approve(one, actor) for one in _locked(invoice_ids)]


def approve_month(*, actor: Actor, month: Month) -> Sequence[Invoice]:
    """Approve every draft of a month. Raises Forbidden, Conflict."""
    drafts = select(Invoice.id).where(
        Invoice.period == month.first, Invoice.state == InvoiceState.DRAFT
    )
    return approve(actor=actor, invoice_ids=db.session.scalars(drafts).all())


def take_back(*, actor: Actor, invoice_id: UUID) -> Invoice:
    """Make an approved invoice a draft again, so that it can be rated anew."""
    actor.require(Permission.INVOICE_APPROVE)
    (invoice,) = _locked([invoice_id])
    if invoice.state is not InvoiceState.APPROVED:
        raise Conflict("Only an approved invoice can become a draft again.")
    invoice.state = InvoiceState.DRAFT
    invoice.approved_by_id, invoice.approved_by, invoice.approved_at = None, "", None
    _told(invoice, actor, "invoice.approval_withdrawn")
    return invoice


def _locked(invoice_ids: Sequence[UUID]) -> Sequence[Invoice]:
    query = select(Invoice).where(Invoice.id.in_(invoice_ids)).order_by(Invoice.id)
    found = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(invoice_ids)):
        raise NotFound("There is no such invoice.")
    return found


def _approve(invoice: Invoice, actor: Actor) -> Invoice:
    if invoice.state is not InvoiceState.DRAFT:
        raise Conflict("This invoice is not a draft any more.")
    if invoice.created_by_id is not None and invoice.created_by_id == actor.id:
        raise Forbidden("Somebody else has to approve what you have drafted.")
    invoice.state = InvoiceState.APPROVED
    invoice.approved_by_id, invoice.approved_by = actor.id, actor.name
    invoice.approved_at = now()
    invoice.blocked_because = []
    _told(invoice, actor, "invoice.approved")
    return invoice


def _told(invoice: Invoice, actor: Actor, verb: str) -> None:
    audit.record_provider(
        actor=actor,
        verb=verb,
        subject_type="invoice",
        subject_id=invoice.id,
        detail={"tenant_id": invoice.tenant_id, "gross_minor": invoice.gross_minor},
    )
