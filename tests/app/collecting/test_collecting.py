"""An invoice at Stripe: pushed once, paid, failed, returned."""

from collections.abc import Callable

import pytest
import stripe as sdk
from flask import Flask

from app.billing.rules.kinds import CollectionState, PaymentState
from app.collecting.rules import PushState
from tests.app.collecting.conftest import named
from tests.factories.bills import Firm
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
