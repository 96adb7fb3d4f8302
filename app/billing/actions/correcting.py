"""Take an issued invoice back: a correction of its own (type 381), approved like any other."""

from uuid import UUID

from sqlalchemy import insert, select

from app.audit import actions as audit
from app.billing import queries
from app.billing.actions.rating import alone
from app.billing.invoice_models import Invoice, InvoiceLine
from app.billing.rules.kinds import InvoiceState, InvoiceType
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.ids import new_id
from app.kernel.text import Text
from tenants.db import db

_COPIED = (
    "tenant_id", "position", "kind", "contract_line_id", "service_key", "title", "params",
    "unit_price", "vat_category", "vat_percent",
)  # fmt: skip


def correct(*, actor: Actor, invoice_id: UUID, reason: str) -> Invoice:
    """Draft the correction. Once it is issued the month can be rated anew as a further revision.

    Raises Forbidden, NotFound, Invalid, and Conflict for what is not issued or corrected already.
    """
    actor.require(Permission.INVOICE_MANAGE)
    if not reason.strip():
        raise Invalid(fields={"reason": [Text("Please say why.")]})
    alone(queries.invoice(invoice_id).tenant_id)
    original = db.session.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    _refuse(original)
    correction = _drafted(original, actor=actor, reason=reason.strip())
    db.session.add(correction)
    db.session.flush()
    _copy_lines(original, correction)
    audit.record_provider(
        actor=actor,
        verb="invoice.correction_drafted",
        subject_type="invoice",
        subject_id=original.id,
        detail={"number": original.number, "reason": reason.strip()},
    )
    return correction


def _refuse(original: Invoice) -> None:
    is_invoice = original.document_type is InvoiceType.INVOICE
    if original.state is not InvoiceState.ISSUED or not is_invoice:
        raise Conflict("Only an issued invoice can be corrected.")
    known = select(Invoice.id).where(Invoice.corrects_id == original.id)
    if db.session.scalars(known).first() is not None:
        raise Conflict("There is a correction of this invoice already.")


def _drafted(original: Invoice, *, actor: Actor, reason: str) -> Invoice:
    return Invoice(
        id=new_id(),
        tenant_id=original.tenant_id,
        version_id=original.version_id,
        document_type=InvoiceType.CORRECTION,
        corrects_id=original.id,
        reason=reason,
        period=original.period,
        state=InvoiceState.DRAFT,
        currency=original.currency,
        net_minor=-original.net_minor,
        vat_minor=-original.vat_minor,
        gross_minor=-original.gross_minor,
        vat_groups=[
            {**group, "net_minor": -group["net_minor"], "vat_minor": -group["vat_minor"]}
            for group in original.vat_groups
        ],
        created_by_id=actor.id,
        collection=original.collection,
    )


def _copy_lines(original: Invoice, correction: Invoice) -> None:
    rows = [
        {
            **{name: getattr(line, name) for name in _COPIED},
            "id": new_id(),
            "invoice_id": correction.id,
            "quantity": -line.quantity,
            "net_minor": -line.net_minor,
        }
        for line in queries.lines(original.id)
    ]
    if rows:
        db.session.execute(insert(InvoiceLine), rows)
