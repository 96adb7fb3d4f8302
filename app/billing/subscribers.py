"""What the ledger does about accepted work."""

from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.billing import crediting, queries
from app.billing.documents import words
from app.billing.events import InvoiceIssued
from app.billing.models import UsageEntry
from app.billing.rules.kinds import InvoiceType
from app.billing.rules.rounding import price_of
from app.jobs.registry import subscribes
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import digits
from app.messages import mail
from app.work.events import WorkAccepted
from tenants.context import current_tenant
from tenants.db import db
from tenants.models import Tenant


@subscribes(WorkAccepted, tiny=True)
def record_usage(event: WorkAccepted) -> None:
    """Write the usage entry; the fact's id makes it be written once, however often this runs."""
    entry = insert(UsageEntry).values(
        id=new_id(),
        tenant_id=current_tenant().id,
        fact_id=event.event_id,
        item_id=event.item_id,
        item_number=event.number,
        service_key=event.service_key,
        contract_service_id=event.contract_service_id,
        quantity=event.units,
        unit_price_minor=event.unit_price_minor,
        currency=event.currency,
        performed_at=event.performed_at,
        accepted_at=event.occurred_at,
        recorded_at=now(),
    )
    db.session.execute(entry.on_conflict_do_nothing(index_elements=["fact_id"]))


@subscribes(InvoiceIssued)
def send_to_the_client(event: InvoiceIssued) -> None:
    """Tell the address that the client gave for invoices; sent once, however often this runs."""
    invoice = queries.invoice(event.invoice_id)
    if invoice.mailed_at is not None:
        return
    client = db.session.get_one(Tenant, invoice.tenant_id).ref
    amount = price_of(invoice.gross_minor, invoice.currency)
    shown = words.number(amount, invoice.locale, places=digits(invoice.currency))
    is_correction = invoice.document_type is InvoiceType.CORRECTION
    mail.send(
        to=invoice.buyer["email"],
        template="invoice_corrected" if is_correction else "invoice_issued",
        locale=invoice.locale,
        params={
            "number": invoice.number,
            "month": words.month(invoice.period, invoice.locale),
            "amount": f"{shown} {invoice.currency}",
            "due": words.day(invoice.due_on or invoice.period, invoice.locale),
            "path": f"/p/{client.slug}/invoices/{invoice.id}",
        },
        tenant_id=client.id,
    )
    invoice.mailed_at = now()


@subscribes(InvoiceIssued)
def look_for_credits(event: InvoiceIssued) -> None:
    """Look at the broken promises of the month that was billed, in the client's own scope."""
    jobs.enqueue(
        crediting.JOB,
        args={"invoice_id": event.invoice_id},
        dedupe_key=str(event.invoice_id),
        tenant_id=event.tenant_id,
    )
