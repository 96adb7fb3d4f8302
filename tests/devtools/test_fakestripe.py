"""The fake Stripe, asked by the real SDK over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace as Named
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest
import stripe

from app.kernel.clock import now
from devtools.fakestripe import checkout, returning  # noqa: F401  their endpoints
from devtools.fakestripe.routing import ENDPOINTS
from tests.conftest import REFERENCE_DATA
from tests.factories.fake_stripe import (
    CARD_DISPUTED,
    IBAN,
    IBAN_DISPUTED,
    IBAN_FAILS,
    FakeStripe,
    fake_stripe,
)
from tests.factories.receiver import receiving
from tests.factories.waiting import until

CONTRACT = REFERENCE_DATA.parent / "stripe" / "sdk16_1_contract.json"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeStripe]:
    with fake_stripe() as made:
        yield made


@pytest.fixture(scope="module")
def client(fake: FakeStripe) -> stripe.StripeClient:
    return fake.client()


def options() -> Any:
    return {"idempotency_key": str(uuid4())}


def payer(client: stripe.StripeClient, *, method: str = "pm_card_visa") -> str:
    customer = client.v1.customers.create({"name": "Acme", "metadata": {"tenant": "7"}})
    if method:
        attached = client.v1.payment_methods.attach(method, {"customer": customer.id})
        client.v1.customers.update(
            customer.id, {"invoice_settings": {"default_payment_method": attached.id}}
        )
    return customer.id


def debtor(fake: FakeStripe, client: stripe.StripeClient, iban: str) -> str:
    """A customer who pays by direct debit."""
    customer = payer(client, method="")
    session = client.v1.checkout.sessions.create(
        {"mode": "setup", "customer": customer, "success_url": "http://127.0.0.1/",
         "allowed_payment_method_types": ["sepa_debit"]}
    )  # fmt: skip
    fake.do("checkout", session=session.id, kind="sepa_debit", number=iban)
    intent = client.v1.setup_intents.retrieve(str(session.setup_intent))
    client.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": str(intent.payment_method)}}
    )
    return customer


def invoice(client: stripe.StripeClient, customer: str, *, amount: int = 11900, **more: Any) -> str:
    made = client.v1.invoices.create({"customer": customer, "currency": "eur", **more})
    client.v1.invoice_items.create(
        {"customer": customer, "invoice": made.id, "amount": amount, "currency": "eur"}
    )
    client.v1.invoices.finalize_invoice(made.id)
    return made.id


def kinds(client: stripe.StripeClient, key: str) -> list[str]:
    """Types of the events about one object, the oldest first."""
    every = client.v1.events.list({"limit": 100}).auto_paging_iter()
    found = [one.type for one in every if one.to_dict()["data"]["object"].get("id") == key]
    return found[::-1]


def test_a_card_pays_an_invoice(client: stripe.StripeClient) -> None:
    key = invoice(client, payer(client))
    assert client.v1.invoices.retrieve(key).status == "open"
    assert client.v1.invoices.pay(key).status == "paid"
    (payment,) = client.v1.invoice_payments.list({"invoice": key}).data
    assert (payment.status, payment.amount_paid) == ("paid", 11900)
    assert kinds(client, key) == [
        "invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded",
    ]  # fmt: skip


def test_a_declined_card_leaves_it_open(client: stripe.StripeClient) -> None:
    key = invoice(client, payer(client, method="pm_card_chargeCustomerFail"))
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(key)
    assert client.v1.invoices.retrieve(key).status == "open"
    assert "invoice.payment_failed" in kinds(client, key)


@pytest.mark.parametrize(
    ("iban", "status"), [(IBAN, "paid"), (IBAN_FAILS, "open"), (IBAN_DISPUTED, "paid")]
)
def test_a_direct_debit_takes_five_business_days(iban: str, status: str) -> None:
    with fake_stripe() as fake:
        client = fake.client()
        key = invoice(client, debtor(fake, client, iban))
        client.v1.invoices.pay(key)
        (payment,) = client.v1.invoice_payments.list({"invoice": key}).data
        intent = str(payment.payment.payment_intent)
        fake.later(days=4)
        assert client.v1.payment_intents.retrieve(intent).status == "processing"
        fake.later(days=4)
        assert client.v1.invoices.retrieve(key).status == status
        assert len(client.v1.disputes.list({"payment_intent": intent}).data) == 0
        fake.later(weeks=7)
        disputes = client.v1.disputes.list({"payment_intent": intent}).data
        assert [one.status for one in disputes] == (["lost"] if iban == IBAN_DISPUTED else [])


def test_a_direct_debit_of_the_demo_takes_a_minute() -> None:
    with fake_stripe() as fake:
        client = fake.client()
        before, after = (invoice(client, debtor(fake, client, IBAN)) for _ in range(2))
        client.v1.invoices.pay(before)
        fake.do("pace", debit_seconds=60)
        client.v1.invoices.pay(after)
        assert "unterwegs" in page_of(fake, after)
        fake.later(seconds=50)
        assert client.v1.invoices.retrieve(after).status == "open"
        fake.later(seconds=20)
        assert client.v1.invoices.retrieve(after).status == "paid"
        assert "bezahlt" in page_of(fake, after)
        assert client.v1.invoices.retrieve(before).status == "open", "begun at the other pace"


def page_of(fake: FakeStripe, key: str) -> str:
    """The page where a person pays it."""
    with urlopen(f"{fake.url}/invoice/{key}", timeout=10) as answer:  # noqa: S310  http only
        return str(answer.read().decode())


def test_transfers_short_and_over(fake: FakeStripe, client: stripe.StripeClient) -> None:
    customer = payer(client, method="")
    key = invoice(client, customer, collection_method="send_invoice", days_until_due=14)
    fake.do("transfer", customer=customer, amount=10000, currency="eur")
    assert client.v1.invoices.retrieve(key).status == "open"
    fake.do("transfer", customer=customer, amount=2000, currency="eur")
    assert client.v1.invoices.retrieve(key).status == "paid"
    left = client.v1.customers.cash_balance.retrieve(customer).available
    assert left is not None
    assert left["eur"] == 100


def test_refunds_credit_notes_and_disputes(fake: FakeStripe, client: stripe.StripeClient) -> None:
    key = invoice(client, payer(client))
    client.v1.invoices.pay(key)
    (payment,) = client.v1.invoice_payments.list({"invoice": key}).data
    intent = str(payment.payment.payment_intent)
    client.v1.refunds.create({"payment_intent": intent, "amount": 900})
    client.v1.refunds.create({"payment_intent": intent, "amount": 1000})
    charge = client.v1.payment_intents.retrieve(intent).latest_charge
    assert client.v1.charges.retrieve(str(charge)).amount_refunded == 1900
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent, "amount": 10001})
    note = client.v1.credit_notes.create({"invoice": key, "amount": 100, "refund_amount": 100})
    assert note.type == "post_payment"
    dispute = fake.do("dispute", charge=charge)
    assert fake.do("dispute/close", dispute=dispute["id"], won=True)["status"] == "won"
    assert kinds(client, dispute["id"])[-1] == "charge.dispute.funds_reinstated"


def test_a_card_that_is_disputed(fake: FakeStripe, client: stripe.StripeClient) -> None:
    key = invoice(client, payer(client, method=""))
    fake.do("pay", invoice=key, kind="card", number=CARD_DISPUTED)
    (payment,) = client.v1.invoice_payments.list({"invoice": key}).data
    disputes = client.v1.disputes.list({"payment_intent": str(payment.payment.payment_intent)})
    assert [one.status for one in disputes.data] == ["needs_response"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"colour": "red"}, "parameter_unknown"),
        ({"collection_method": "by_hand"}, None),
        ({"days_until_due": "soon"}, "parameter_invalid_integer"),
        ({"automatic_tax": {"enabled": "maybe"}}, None),
    ],
)
def test_requests_are_checked_against_the_sdk(
    client: stripe.StripeClient, form: dict[str, Any], code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.invoices.create({"customer": payer(client, method=""), **form})  # type: ignore[typeddict-item]
    assert refused.value.code == code


def test_what_must_be_given_is_asked_for(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.credit_notes.create({"amount": 1})  # type: ignore[typeddict-item]
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "invoice")


def test_a_number_is_used_once(client: stripe.StripeClient) -> None:
    customer, number = payer(client), f"RE-{uuid4()}"
    client.v1.invoices.create({"customer": customer, "number": number})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.invoices.create({"customer": customer, "number": number})


def test_an_invoice_has_at_most_250_items(client: stripe.StripeClient) -> None:
    customer = payer(client)
    made = client.v1.invoices.create({"customer": customer, "currency": "eur"})
    for _ in range(250):
        client.v1.invoice_items.create({"customer": customer, "invoice": made.id, "amount": 1})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.invoice_items.create({"customer": customer, "invoice": made.id, "amount": 1})


def test_the_same_key_answers_the_same(client: stripe.StripeClient) -> None:
    key = options()
    first = client.v1.customers.create({"name": "One"}, key)
    assert client.v1.customers.create({"name": "One"}, key).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "Two"}, key)


def test_a_stored_500_is_replayed_and_nothing_done(
    fake: FakeStripe, client: stripe.StripeClient
) -> None:
    fake.fault("POST /v1/customers$", "error_500")
    name, key = str(uuid4()), options()
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            client.v1.customers.create({"name": name}, key)
        assert broken.value.http_status == 500
    assert client.v1.customers.create({"name": name}, options()).name == name
    every = client.v1.customers.list({"limit": 100}).auto_paging_iter()
    assert len([one for one in every if one.name == name]) == 1


@pytest.mark.parametrize("kind", ["executed_then_dropped", "executed_then_timeout", "drop"])
def test_what_the_sdk_asks_again_is_done_once(fake: FakeStripe, kind: str) -> None:
    client, name = fake.client(timeout=1), str(uuid4())
    fake.fault("POST /v1/customers$", kind, seconds=1.5)
    client.v1.customers.create({"name": name}, options())
    every = client.v1.customers.list({"limit": 100}).auto_paging_iter()
    assert len([one for one in every if one.name == name]) == 1


def test_too_many_requests_are_not_asked_again_by_the_sdk(
    fake: FakeStripe, client: stripe.StripeClient
) -> None:
    fake.fault("GET /v1/balance", "rate_limit")
    with pytest.raises(stripe.RateLimitError):
        client.v1.balance.retrieve()
    assert client.v1.balance.retrieve().object == "balance"


def test_lists_come_in_pages(client: stripe.StripeClient) -> None:
    customer = payer(client)
    made = [client.v1.invoices.create({"customer": customer}).id for _ in range(7)]
    page = client.v1.invoices.list({"customer": customer, "limit": 3})
    assert (len(page.data), page.has_more) == (3, True)
    assert [one.id for one in page.auto_paging_iter()] == made[::-1]
    back = client.v1.invoices.list(
        {"customer": customer, "limit": 3, "ending_before": made[0]}
    ).data
    assert [one.id for one in back] == [made[3], made[2], made[1]]


def test_a_wrong_key_is_refused(fake: FakeStripe) -> None:
    other = stripe.StripeClient("pk_live_x", base_addresses={"api": fake.url})
    with pytest.raises(stripe.AuthenticationError):
        other.v1.balance.retrieve()


def test_the_state_outlives_the_process(tmp_path: Path) -> None:
    kept = tmp_path / "stripe.json"
    with fake_stripe(snapshot=kept) as fake:
        customer = payer(fake.client())
    with fake_stripe(snapshot=kept) as fake:
        assert fake.client().v1.customers.retrieve(customer).name == "Acme"


def test_webhooks_are_signed_and_tried_again() -> None:
    with receiving() as receiver:
        receiver.answers = [(500, {}, b""), (200, {}, b"")]
        with fake_stripe(webhook=receiver.url, secrets=("whsec_old", "whsec_new")) as fake:
            customer = payer(fake.client(), method="")
            until(lambda: len(receiver.heard) == 2, what="the second attempt")
        (headers, body), again = receiver.heard
        assert again[1] == body
        for secret in ("whsec_old", "whsec_new"):
            event = stripe.Webhook.construct_event(body, headers["stripe-signature"], secret)
            assert event.to_dict()["data"]["object"]["id"] == customer
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, headers["stripe-signature"], "whsec_other")


def test_webhooks_come_twice_or_never_when_asked_to() -> None:
    with receiving() as receiver, fake_stripe(webhook=receiver.url, secrets=("s",)) as fake:
        fake.do("webhooks", duplicate=1)
        customer = payer(fake.client(), method="")
        until(lambda: len(receiver.heard) == 2, what="the event came twice")
        told = [json.loads(body)["data"]["object"]["id"] for _, body in receiver.heard]
        assert told == [customer, customer]
        fake.do("webhooks", lose=1)
        lost = payer(fake.client(), method="")
        until(lambda: fake.waiting() == 0, what="the event is lost")
        assert len(receiver.heard) == 2
        assert (
            fake.client().v1.events.list({"limit": 1}).data[0].to_dict()["data"]["object"]["id"]
            == lost
        )


def test_every_endpoint_is_one_of_the_sdk() -> None:
    if not CONTRACT.exists():
        pytest.skip("the SDK's contract is not at hand (reference data)")
    known = json.loads(CONTRACT.read_text())["endpoints"]
    for one in ENDPOINTS:
        where = f"{one.method} {one.path}"
        assert where in known, where
        assert one.params.__name__ == known[where]["params"]
        returns = one.returns or Named(__name__="")
        told = f"ListObject[{returns.__name__}]" if one.many else returns.__name__
        assert told == known[where]["returns"], where


def test_its_clock_is_its_own(fake: FakeStripe) -> None:
    before = fake.do("clock", seconds=0)["now"]
    assert abs(before - now().timestamp()) < 5 or before > now().timestamp()
    assert fake.do("clock", seconds=60)["now"] >= before + 60
