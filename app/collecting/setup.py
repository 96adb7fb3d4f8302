"""What finance does by hand: look now, push again; and the pages of Stripe a client is led to."""

from uuid import UUID

from app.adapters import stripe
from app.adapters.stripe.failures import StripeFailure
from app.audit import actions as audit
from app.collecting import customers, pushing, queries
from app.collecting.queries import Bill
from app.identity.permissions import Permission
from app.jobs.actions import enqueue
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from tenants.context import TenantRef

_NOT_NOW = "The payment page cannot be reached at the moment. Please try again later."


def is_live() -> bool:
    """Whether real money moves."""
    return stripe.door().is_live


def look_now(*, actor: Actor) -> None:
    """Have missed events looked for and the books compared."""
    actor.require(Permission.INVOICE_MANAGE)
    for kind in ("collecting.catch_up", "collecting.reconcile"):
        enqueue(kind, args={}, dedupe_key="by_hand")


def push_again(*, actor: Actor, invoice_id: UUID) -> None:
    """Have an invoice brought to Stripe once more. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.INVOICE_MANAGE)
    _refuse_without_key()
    pushing.begin(invoice_id)
    audit.record_provider(
        actor=actor, verb="invoice.pushed_again", subject_type="invoice", subject_id=invoice_id
    )


def method_page(*, actor: Actor, client: TenantRef) -> str:
    """Where the client names a card or a bank account. Raises Forbidden, Conflict."""
    actor.require(Permission.PAYMENT_METHOD)
    _refuse_without_key()
    back = _back(client)
    try:
        return stripe.door().setup_page(
            customer=customers.ensure(client.id),
            success_url=f"{back}?named=1",
            cancel_url=back,
            is_german=client.locale == "de",
        )
    except StripeFailure as failure:
        raise Conflict(_NOT_NOW) from failure


def own_page(*, actor: Actor, client: TenantRef) -> str:
    """The client's own page at Stripe. Raises Forbidden, Conflict."""
    actor.require(Permission.PAYMENT_METHOD)
    _refuse_without_key()
    try:
        return stripe.door().own_page(
            customer=customers.ensure(client.id),
            return_url=_back(client),
            is_german=client.locale == "de",
        )
    except StripeFailure as failure:
        raise Conflict(_NOT_NOW) from failure


def _refuse_without_key() -> None:
    if not stripe.settings().secret_key:
        raise Conflict("Stripe is not set up.")


def open_bills(tenant_id: int) -> list[Bill]:
    """What the client has to pay, the longest due first."""
    return list(queries.bills(tenant_id=tenant_id, only_open=True))


def _back(client: TenantRef) -> str:
    return f"{stripe.settings().base_url}/p/{client.slug}/payment"
