"""The same way through Stripe's own test mode: STRIPE_TEST_KEY=sk_test_… (never in CI).

It needs the secret test key of an account that takes cards in euros, and a way to api.stripe.com.
It makes a customer, a card and an invoice there and leaves them: no money moves in test mode.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.adapters import stripe
from app.billing.rules.kinds import PaymentState
from app.collecting import customers, looking, settling
from config import Settings
from tenants.db import transaction
from tests.factories.bills import Firm, a_firm, forget_jobs

KEY = os.environ.get("STRIPE_TEST_KEY", "")
pytestmark = pytest.mark.skipif(
    not KEY.startswith("sk_test_"),
    reason="opt-in: STRIPE_TEST_KEY=sk_test_… of an account that takes cards in euros",
)


@pytest.fixture
def real(app: Flask) -> Iterator[None]:
    before = stripe.settings()
    stripe.configure(replace(before, secret_key=KEY, webhook_secrets=("unused",), api_base=""))
    yield
    stripe.configure(before)
    forget_jobs(app)


@pytest.mark.usefixtures("real")
def test_an_invoice_is_pushed_paid_and_booked(app: Flask, settings: Settings) -> None:
    firm: Firm = a_firm(app, settings)
    with app.app_context():
        customer = customers.ensure(firm.ref.id)
        client = stripe.RealStripe(secret_key=KEY, api_base="")
        method = client._v1.payment_methods.attach(  # noqa: SLF001
            "pm_card_visa", {"customer": customer}
        )
        client.choose_method(customer=customer, method=method.id)
        with transaction():
            known = customers.customer_of(firm.ref.id)
            assert known is not None
            customers.refresh(known)
    key = firm.invoice()
    theirs = firm.push(key)
    with app.app_context():
        with transaction():
            settling.settle_invoice(theirs)
        assert looking.catch_up() > 0
    assert firm.seen(key).payment_state is PaymentState.PAID
    assert firm.payments(key) == [11_900]
