"""What is done to an invoice that is at Stripe already, and what stops it."""

from collections.abc import Callable
from uuid import UUID

import structlog

from app.adapters.stripe.failures import KeyReused, NotSetUp, Refused
from app.billing.invoice_models import Invoice
from app.collecting import alarms
from app.collecting.models import StripePush
from app.collecting.rules import PushState
from app.kernel.clock import now
from tenants.db import db, transaction

log = structlog.get_logger(__name__)


class Different(Exception):
    """Stripe's total is not ours."""


class StillProcessing(Exception):
    """Money of the invoice is on its way: what has to be done is clear once it is there."""


def carry_out(invoice_id: UUID, deed: Callable[[str, int], None]) -> None:
    """Do this with Stripe's id and the client; what Stripe refuses is noted and told.

    Nothing where the invoice is not at Stripe. Raises StripeFailure, StillProcessing.
    """
    with transaction():
        push = db.session.get(StripePush, invoice_id)
        if push is None or push.stripe_id is None:
            return
        stripe_id, tenant_id = push.stripe_id, push.tenant_id
    try:
        deed(stripe_id, tenant_id)
    except NotSetUp:
        return
    except (KeyReused, Refused) as failure:
        with transaction():
            block(invoice_id, failure)


def block(invoice_id: UUID, failure: Exception) -> None:
    """Nothing goes on with it before somebody of finance has looked."""
    log.error("push_blocked", invoice=str(invoice_id), reason=str(failure))
    row = db.session.get_one(StripePush, invoice_id, with_for_update=True)
    row.state, row.reason, row.updated_at = PushState.BLOCKED, str(failure)[:500], now()
    reasons = {Different: "other_amount", KeyReused: "key_reused"}
    alarms.tell(
        reasons.get(type(failure), "refused"),
        path=f"/desk/stripe/invoices/{invoice_id}",
        number=db.session.get_one(Invoice, invoice_id).number,
    )
