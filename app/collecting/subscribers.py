"""What collecting does about invoices that are issued, paid or taken back."""

from app.adapters import stripe
from app.billing.events import InvoiceCorrected, InvoiceIssued, InvoicePaid
from app.collecting import crediting, dunning, outside, pushing
from app.jobs.actions import enqueue
from app.jobs.registry import subscribes


@subscribes(InvoiceIssued)
def collect(event: InvoiceIssued) -> None:
    """Bring it to Stripe, where there is one."""
    if stripe.settings().secret_key:
        pushing.begin(event.invoice_id)


@subscribes(InvoiceCorrected)
def take_back(event: InvoiceCorrected) -> None:
    """Take it back there too; and nobody is locked out for it any more."""
    dunning.unlock(event.tenant_id)
    if stripe.settings().secret_key:
        args = {"invoice_id": event.invoice_id, "correction_id": event.correction_id}
        enqueue(crediting.JOB, args=args, dedupe_key=str(event.correction_id))


@subscribes(InvoicePaid)
def unlock(event: InvoicePaid) -> None:
    """Give the portal back, within a minute of the money; Stripe asks for it no longer."""
    dunning.unlock(event.tenant_id)
    if stripe.settings().secret_key:
        outside.begin(event.invoice_id)
