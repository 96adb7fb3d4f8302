"""Who a client is at Stripe, and what it pays with."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe.failures import StripeFailure
from app.collecting import calls
from app.collecting.models import StripeCustomer
from app.identity import queries as people
from app.identity.permissions import ClientRole
from app.kernel.clock import now
from tenants.db import db, transaction
from tenants.models import Tenant


def customer_of(tenant_id: int) -> StripeCustomer | None:
    """The client's customer at Stripe, unless it was deleted there."""
    found = db.session.get(StripeCustomer, tenant_id, populate_existing=True)
    return None if found is None or found.deleted_at else found


def client_of(customer_id: str) -> StripeCustomer | None:
    """Whose customer this is."""
    query = select(StripeCustomer).where(StripeCustomer.customer_id == customer_id)
    return db.session.scalar(query)


def ensure(tenant_id: int) -> str:
    """The customer's id; made where there is none. Opens its own transactions.

    Raises StripeFailure.
    """
    with transaction():
        known = customer_of(tenant_id)
        if known is not None:
            return known.customer_id
        before = db.session.get(StripeCustomer, tenant_id)
        tenant = db.session.get_one(Tenant, tenant_id)
        admins = people.members(tenant_id, role=ClientRole.CLIENT_ADMIN)
        values: dict[str, Any] = {
            "name": tenant.name,
            "email": admins[0].email if admins else "",
            "locale": tenant.locale,
            "tenant_id": tenant_id,
        }
        replaced = before.customer_id if before else ""
    made = calls.once(
        calls.Wanted(
            tenant_id=tenant_id,
            invoice_id=None,
            subject=":".join(filter(None, ("customer", str(tenant_id), replaced))),
            values=values,
        ),
        lambda key: stripe.door().create_customer(key=key, **values),
        find=lambda: None,
    )
    with transaction():
        row = insert(StripeCustomer).values(
            tenant_id=tenant_id, customer_id=made, created_at=now(), method_id="", method={}
        )
        db.session.execute(
            row.on_conflict_do_update(
                index_elements=["tenant_id"],
                set_={"customer_id": made, "deleted_at": None, "method_id": "", "method": {}},
            )
        )
    return made


def refresh(customer: StripeCustomer, *, chosen: str = "") -> None:
    """See what the customer pays with now; `chosen`: a method that was just named."""
    door = stripe.door()
    seen = door.retrieve("customer", customer.customer_id)
    if seen.get("deleted"):
        customer.deleted_at, customer.method_id, customer.method = now(), "", {}
        return
    if chosen and seen["invoice_settings"]["default_payment_method"] != chosen:
        seen = door.choose_method(customer=customer.customer_id, method=chosen)
    method_id = seen["invoice_settings"]["default_payment_method"] or ""
    customer.method_id = method_id
    customer.method = _described(method_id, customer.method) if method_id else {}


def _described(method_id: str, before: dict[str, Any]) -> dict[str, Any]:
    method = stripe.door().retrieve("payment_method", method_id)
    kind = method["type"]
    shown = method.get(kind) or {}
    described = {"type": kind, "brand": shown.get("brand") or "", "last4": shown.get("last4") or ""}
    for name in ("mandate", "mandate_status"):
        if before.get("last4") == described["last4"] and name in before:
            described[name] = before[name]
    return described


def note_mandate(customer: StripeCustomer, mandate_id: str) -> None:
    """Keep what permits us to debit the bank account, and whether it still does."""
    mandate = stripe.door().retrieve("mandate", mandate_id)
    reference = (mandate["payment_method_details"].get("sepa_debit") or {}).get("reference", "")
    customer.method = {
        **customer.method, "mandate": reference, "mandate_id": mandate_id,
        "mandate_status": mandate["status"],
    }  # fmt: skip


def works() -> str:
    """Ask Stripe with our key: empty if it answers, else what it said."""
    try:
        stripe.door().retrieve("balance", "")
    except StripeFailure as failure:
        return str(failure) or type(failure).__name__
    return ""
