"""An invoice at Stripe: pushed once, paid, failed, returned."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import stripe as sdk
from flask import Flask

from app.billing.actions import noting_payments
from app.billing.actions.noting_payments import ByHand
from app.billing.rules.kinds import CollectionState, PaymentState
from app.collecting import dunning, looking, outside, queries
from app.collecting.rules import PushState
from app.jobs.models import Job
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from tenants.db import db, transaction
from tests.app.collecting.conftest import named
from tests.factories.bills import Firm, due_jobs
from tests.factories.fake_stripe import CARD, IBAN, FakeStripe

Tell = Callable[..., list[str]]


def test_a_method_named_on_stripes_page_is_ours_to_charge(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    named(firm, fake, "sepa_debit", IBAN, tell)
    method = firm.customer().method
    assert (method["type"], method["last4"], method["mandate_status"]) == (
        "sepa_debit", "3000", "active",
    )  # fmt: skip
    assert method["mandate"]


def test_an_invoice_is_charged_to_the_card(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    named(firm, fake, "card", CARD, tell)
    key = firm.invoice(lines=[7_000, 3_000])
    theirs = firm.push(key)
    seen = sdk_client.v1.invoices.retrieve(theirs)
    assert (seen.status, seen.total, seen.number) == ("paid", 11_900, firm.seen(key).number)
    assert [line.amount for line in seen.lines.data] == [7_000, 3_000, 1_900]
    tell(theirs)
    assert firm.seen(key).payment_state is PaymentState.PAID
    assert firm.payments(key) == [11_900]
    assert firm.push_row(key).state is PushState.PUSHED


def test_without_a_method_it_waits_on_its_own_page(
    firm: Firm, fake: FakeStripe, tell: Tell
) -> None:
    key = firm.invoice()
    theirs = firm.push(key)
    assert firm.push_row(key).page_url.endswith(theirs)
    fake.do("pay", invoice=theirs, kind="card", number=CARD)
    tell(theirs)
    assert firm.seen(key).payment_state is PaymentState.PAID


def test_a_declined_card_is_known_at_once(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    named(firm, fake, "card", "4000000000000341", tell)
    key = firm.invoice()
    theirs = firm.push(key)
    assert firm.seen(key).collection_state is CollectionState.FAILED
    assert firm.push_row(key).reason
    tell(theirs)
    assert firm.seen(key).payment_state is PaymentState.OPEN


def test_nothing_is_pushed_without_a_key(app: Flask, firm: Firm) -> None:
    from app.adapters import stripe

    key = firm.invoice()
    stripe.configure(stripe.StripeSettings())
    firm.begin(key)
    firm.work()
    assert firm.push_row(key).state is PushState.WAITING


@pytest.mark.parametrize("pushes", [1, 2])
def test_pushing_again_changes_nothing(
    firm: Firm, sdk_client: sdk.StripeClient, pushes: int
) -> None:
    key = firm.invoice()
    theirs = {firm.push(key) for _ in range(pushes)}
    assert len(theirs) == 1
    customer = firm.customer().customer_id
    assert len(sdk_client.v1.invoices.list({"customer": customer}).data) == 1


def test_what_came_to_our_own_bank_is_not_charged_again(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    key = firm.invoice(due_in=1)
    theirs = firm.push(key)
    with app.app_context():
        with freeze(now() + timedelta(days=25)), transaction():
            dunning.dun()
        assert dunning.is_locked(firm.ref.id)
        for part, reference in (("100", "41/3"), ("19", "42/1")):
            with transaction():
                by_hand(key, part, reference)
        firm.work()
        assert not dunning.is_locked(firm.ref.id)
    assert firm.seen(key).payment_state is PaymentState.PAID
    seen = sdk_client.v1.invoices.retrieve(theirs)
    assert (seen.status, seen.amount_remaining) == ("paid", 0)
    tell(theirs)
    assert firm.payments(key) == [10_000, 1_900]
    with app.app_context():
        looking.reconcile()
        assert [one for one in queries.differences() if one.invoice_id == key] == []


def test_what_was_paid_before_it_came_to_stripe_stays_with_us(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    named(firm, fake, "card", CARD, tell)
    key = firm.invoice()
    firm.begin(key)
    with app.app_context(), transaction():
        by_hand(key, "119", "43/1")
    firm.work()
    customer = firm.customer().customer_id
    assert sdk_client.v1.invoices.list({"customer": customer}).data == []
    assert firm.payments(key) == [11_900]


def test_a_debit_that_runs_is_waited_for(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    named(firm, fake, "sepa_debit", IBAN, tell)
    key = firm.invoice()
    theirs = firm.push(key)
    with app.app_context(), transaction():
        by_hand(key, "119", "44/1")
    firm.work()
    assert sdk_client.v1.invoices.retrieve(theirs).status == "open"
    with app.app_context():
        waits = due_jobs().where(Job.kind == outside.JOB, Job.run_at > now() + timedelta(hours=20))
        assert str(key) in [row.args["invoice_id"] for row in db.session.scalars(waits)]


def by_hand(invoice_id: UUID, amount: str, reference: str) -> None:
    noting_payments.note(
        actor=SYSTEM,
        invoice_id=invoice_id,
        paid=ByHand(
            amount=Decimal(amount), is_back=False, on=now().date(), reference=reference
        ),
    )  # fmt: skip
