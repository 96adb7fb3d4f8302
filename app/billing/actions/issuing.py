"""Issue an approved invoice: number, documents, and from then on nothing changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.audit import actions as audit
from app.billing import parties, queries
from app.billing.actions.rating import alone
from app.billing.contract_models import ContractVersion
from app.billing.credit_models import ServiceCredit
from app.billing.documents import making
from app.billing.documents.making import Look
from app.billing.events import InvoiceCorrected, InvoiceIssued
from app.billing.invoice_models import (
    BilledEntry,
    Invoice,
    InvoiceDocument,
    InvoiceNumber,
    RatingRun,
)
from app.billing.rules.bill import Bill
from app.billing.rules.checks import Finding
from app.billing.rules.kinds import (
    CreditState,
    InvoiceState,
    InvoiceType,
    PaymentState,
    RunState,
    VatTreatment,
)
from app.clients.models import Contract
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict
from tenants.context import TenantRef
from tenants.db import db
from tenants.models import Tenant


class Blocked(Exception):
    """A check found something: what was done for the issue is rolled back."""

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__(", ".join(one.code for one in found))
        self.found = found


def issue(*, actor: Actor, invoice_id: UUID) -> Invoice:
    """Issue it; issued already, it is given back as it is.

    A finding of a check leaves it approved, without a number, its reasons in `blocked_because`.
    Raises Forbidden, NotFound, Conflict.
    """
    actor.require(Permission.INVOICE_MANAGE)
    alone(queries.invoice(invoice_id).tenant_id)
    invoice = db.session.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if invoice.state in (InvoiceState.ISSUED, InvoiceState.CORRECTED):
        return invoice
    if invoice.state is not InvoiceState.APPROVED:
        raise Conflict("This invoice has to be approved first.")
    _refuse_before_earlier_ones(invoice)
    try:
        with db.session.begin_nested():
            _issue(invoice, actor)
    except Blocked as blocked:
        db.session.refresh(invoice)
        invoice.blocked_because = [asdict(one) for one in blocked.found]
    return invoice


def _refuse_before_earlier_ones(invoice: Invoice) -> None:
    earlier = select(Invoice.id).where(
        Invoice.tenant_id == invoice.tenant_id,
        Invoice.period < invoice.period,
        Invoice.state.in_((InvoiceState.DRAFT, InvoiceState.APPROVED)),
    )
    if db.session.scalars(earlier.limit(1)).first() is not None:
        raise Conflict("An earlier month of this client is not issued yet.")


def _issue(invoice: Invoice, actor: Actor) -> None:
    version = db.session.get_one(ContractVersion, invoice.version_id)
    _address(invoice, version)
    invoice.issued_at = now()
    invoice.issued_on = invoice.issued_at.astimezone(ZoneInfo(version.zone)).date()
    invoice.due_on = invoice.issued_on + timedelta(days=version.terms_days)
    seller = parties.seller()
    number = _next_number(seller.number_prefix, invoice.issued_on)
    invoice.number, invoice.state = number, InvoiceState.ISSUED
    invoice.blocked_because = []
    if not invoice.gross_minor:
        invoice.payment_state, invoice.paid_at = PaymentState.PAID, invoice.issued_at
    bill = _bill(invoice, version)
    found = [*_unchecked_vat_id(invoice, version), *making.what_is_wrong(bill)]
    if found:
        raise Blocked(found)
    look = Look(logo=seller.logo, texts=seller.texts)
    for file in making.files(bill, look=look, collection=invoice.collection):
        db.session.add(
            InvoiceDocument(
                invoice_id=invoice.id,
                kind=file.kind,
                tenant_id=invoice.tenant_id,
                name=file.name,
                sha256=sha256(file.content).hexdigest(),
                content=file.content,
                created_at=now(),
            )
        )
    _close(invoice)
    _tell(invoice, actor)
    db.session.flush()


def _address(invoice: Invoice, version: ContractVersion) -> None:
    client = _client(invoice)
    invoice.seller = dict(parties.seller().details)
    invoice.buyer = dict(parties.buyer(client).details)
    invoice.locale = client.locale
    invoice.collection = version.collection


def _client(invoice: Invoice) -> TenantRef:
    # Not through the registry: whoever holds the year's number must not wait for a connection.
    return db.session.get_one(Tenant, invoice.tenant_id).ref


def _next_number(prefix: str, day: date) -> str:
    """`RE-2026-00042`. The year's row stays locked until this transaction ends: no gap, no twin."""
    taken = insert(InvoiceNumber).values(prefix=prefix, year=day.year, last=1)
    taken = taken.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last": InvoiceNumber.last + 1}
    )
    last = db.session.scalar(taken.returning(InvoiceNumber.last))
    return f"{prefix}-{day.year}-{last:05d}"


def _bill(invoice: Invoice, version: ContractVersion) -> Bill:
    contract = db.session.get_one(Contract, version.contract_id)
    corrects = None
    if invoice.corrects_id is not None:
        original = queries.invoice(invoice.corrects_id)
        corrects = (original.number, original.issued_on or original.period)
    return making.bill_of(
        invoice, queries.lines(invoice.id), contract=contract.number, corrects=corrects
    )


def _unchecked_vat_id(invoice: Invoice, version: ContractVersion) -> list[Finding]:
    checked = parties.buyer(_client(invoice)).vat_id_checked_at
    if version.vat_treatment is VatTreatment.REVERSE_CHARGE and checked is None:
        return [Finding(code="vat_id_unchecked")]
    return []


def _close(invoice: Invoice) -> None:
    if invoice.document_type is InvoiceType.CORRECTION:
        _release(invoice)
        return
    db.session.get_one(RatingRun, invoice.run_id).state = RunState.CLOSED
    db.session.execute(
        update(ServiceCredit)
        .where(ServiceCredit.invoice_id == invoice.id)
        .values(state=CreditState.CREDITED)
    )


def _release(correction: Invoice) -> None:
    """What the corrected invoice had billed and credited is free for the next revision."""
    original = db.session.get_one(Invoice, correction.corrects_id, with_for_update=True)
    original.state = InvoiceState.CORRECTED
    db.session.execute(
        update(BilledEntry).where(BilledEntry.invoice_id == original.id).values(is_live=False)
    )
    db.session.execute(
        update(ServiceCredit)
        .where(ServiceCredit.invoice_id == original.id)
        .values(state=CreditState.APPROVED, invoice_id=None)
    )
    jobs.publish(
        InvoiceCorrected(
            invoice_id=original.id,
            correction_id=correction.id,
            tenant_id=original.tenant_id,
            number=original.number,
        )
    )


def _tell(invoice: Invoice, actor: Actor) -> None:
    jobs.publish(
        InvoiceIssued(invoice_id=invoice.id, tenant_id=invoice.tenant_id, number=invoice.number)
    )
    audit.record_provider(
        actor=actor,
        verb="invoice.issued",
        subject_type="invoice",
        subject_id=invoice.id,
        detail={"number": invoice.number, "gross_minor": invoice.gross_minor},
    )
