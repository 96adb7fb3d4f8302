"""Bring an issued invoice to Stripe, step by step; each step is made once, whoever dies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe import NewInvoice, Thing
from app.adapters.stripe.failures import Declined, KeyReused, NotSetUp, Refused
from app.billing import queries as billing
from app.billing.actions import payments as books
from app.billing.rules.kinds import CollectionState
from app.collecting import at_stripe, calls, customers, planning
from app.collecting.at_stripe import Different
from app.collecting.calls import Wanted
from app.collecting.models import StripePush
from app.collecting.planning import Plan
from app.collecting.rules import PushState, fingerprint
from app.jobs.actions import enqueue
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from tenants.db import db, transaction

log = structlog.get_logger(__name__)

JOB = "collecting.push"
_LATE = timedelta(days=3)


def begin(invoice_id: UUID) -> None:
    """Have an invoice pushed once this transaction has committed."""
    invoice = billing.invoice(invoice_id)
    if not planning.is_pushed(invoice):
        return
    row = insert(StripePush).values(
        invoice_id=invoice_id, tenant_id=invoice.tenant_id, state=PushState.WAITING, page_url="",
        reason="", created_at=now(), updated_at=now(),
    )  # fmt: skip
    db.session.execute(row.on_conflict_do_nothing(index_elements=["invoice_id"]))
    enqueue(JOB, args={"invoice_id": invoice_id}, dedupe_key=str(invoice_id))


def push(invoice_id: UUID) -> None:
    """Do what is left to do. Raises StripeFailure where it has to be tried again."""
    with transaction():
        plan = planning.plan_of(invoice_id)
    if plan is None:
        return
    try:
        customer = customers.ensure(plan.tenant_id)
        made = _create(plan, customer)
        _add_items(plan, made)
        _check(plan, made)
        _finalize(plan, made)
        _collect(plan, made, customer)
    except NotSetUp:
        return
    except (Different, KeyReused, Refused) as failure:
        with transaction():
            at_stripe.block(invoice_id, failure)


def _step(
    plan: Plan,
    name: str,
    values: dict[str, Any],
    ask: Callable[[str], Thing],
    *,
    find: Callable[[], str | None],
) -> str:
    subject = f"inv:{plan.invoice_id}:{name}"
    wanted = Wanted(
        tenant_id=plan.tenant_id, invoice_id=plan.invoice_id, subject=subject, values=values
    )
    return calls.once(wanted, ask, find=find)


def _create(plan: Plan, customer: str) -> str:
    metadata = {"tenant": str(plan.tenant_id), "invoice": str(plan.invoice_id)}
    values = {
        "number": plan.number, "currency": plan.currency, "is_charged": plan.is_charged,
        "gross": plan.gross,
    }  # fmt: skip
    invoice = NewInvoice(
        customer=customer,
        number=plan.number,
        currency=plan.currency,
        is_charged=plan.is_charged,
        due_at=_due(plan),
        metadata=metadata | {"hash": fingerprint(values)[:32]},
    )
    made = _step(
        plan, "create", values,
        lambda key: stripe.door().create_invoice(key=key, invoice=invoice),
        find=lambda: _found(plan, customer),
    )  # fmt: skip
    with transaction():
        row = db.session.get_one(StripePush, plan.invoice_id, with_for_update=True)
        row.stripe_id, row.updated_at = made, now()
    return made


def _due(plan: Plan) -> datetime:
    # Stripe refuses a due day that is over. The same for every attempt under the same key.
    with transaction():
        begun = db.session.get_one(StripePush, plan.invoice_id).created_at
    return max(plan.due_at, begun + _LATE)


def _found(plan: Plan, customer: str) -> str | None:
    """The invoice that an earlier request has made though we never heard of it."""
    for one in stripe.door().listed("invoice", customer=customer):
        if (one.get("metadata") or {}).get("invoice") == str(plan.invoice_id):
            return str(one["id"])
    return None


def _add_items(plan: Plan, made: str) -> None:
    invoice = stripe.door().retrieve("invoice", made)
    if invoice["status"] != "draft":
        return
    for position, item in enumerate(plan.items, 1):
        _step(
            plan, f"item:{position}", {"description": item.description, "minor": item.minor},
            lambda key, item=item, position=position: stripe.door().add_item(  # type: ignore[misc]
                key=key, invoice=invoice, amount=item.minor, description=item.description,
                position=position,
            ),
            find=lambda position=position: _found_item(made, position),  # type: ignore[misc]
        )  # fmt: skip


def _found_item(made: str, position: int) -> str | None:
    for line in stripe.door().listed("line_item", invoice=made):
        if (line.get("metadata") or {}).get("position") == str(position):
            return str(line["id"])
    return None


def _check(plan: Plan, made: str) -> None:
    seen = stripe.door().retrieve("invoice", made)
    if (seen["total"], seen["currency"]) != (plan.gross, plan.currency.lower()):
        raise Different(
            f"{seen['total']} {seen['currency']} is not {plan.gross} {plan.currency.lower()}"
        )


def _finalize(plan: Plan, made: str) -> None:
    def done() -> str | None:
        return made if stripe.door().retrieve("invoice", made)["status"] != "draft" else None

    _step(
        plan, "finalize", {}, lambda key: stripe.door().finalize(key=key, invoice=made), find=done
    )
    seen = stripe.door().retrieve("invoice", made)
    with transaction():
        row = db.session.get_one(StripePush, plan.invoice_id, with_for_update=True)
        row.page_url = seen.get("hosted_invoice_url") or ""
        row.state, row.reason, row.updated_at = PushState.PUSHED, "", now()


def _collect(plan: Plan, made: str, customer: str) -> None:
    """Charge the method that is named, or ask for the money; a "no" is the client's to hear."""
    del customer
    with transaction():
        known = customers.customer_of(plan.tenant_id)
        method = known.method_id if known else ""
    if stripe.door().retrieve("invoice", made)["status"] != "open":
        return
    if not plan.is_charged:
        _step(
            plan, "send", {}, lambda key: stripe.door().send(key=key, invoice=made),
            find=lambda: None,
        )  # fmt: skip
        return
    if not method:
        return
    try:
        _step(
            plan, f"pay:{method}", {}, lambda key: stripe.door().pay(key=key, invoice=made),
            find=lambda: _charged(made),
        )  # fmt: skip
    except (Declined, Refused) as refused:
        with transaction():
            _note_refusal(plan, refused)


def _charged(made: str) -> str | None:
    for payment in stripe.door().listed("invoice_payment", invoice=made):
        intent = stripe.door().retrieve("payment_intent", payment["payment"]["payment_intent"])
        if intent["status"] in ("succeeded", "processing"):
            return made
    return None


def _note_refusal(plan: Plan, refused: Declined | Refused) -> None:
    row = db.session.get_one(StripePush, plan.invoice_id, with_for_update=True)
    row.reason, row.updated_at = str(refused)[:500], now()
    books.note_collection(actor=SYSTEM, invoice_id=plan.invoice_id, state=CollectionState.FAILED)
