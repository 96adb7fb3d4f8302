"""Cases 1 to 17 and 19 of what Stripe may send: once, in any order, forged, foreign, lost."""

import json
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe as sdk
from flask import Flask
from sqlalchemy import func, select, update

from app.adapters import stripe
from app.billing.rules.kinds import CollectionState, PaymentState
from app.collecting import applying, inbox, looking
from app.collecting.models import StripeCursor, StripeEvent
from app.collecting.rules import EventState
from app.jobs.models import Job
from app.jobs.running import Ending
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from app.messages.mail_models import Mail
from config import MissingSetting, Settings
from tenants.db import db, transaction
from tests.app.collecting.conftest import SECRET, signed
from tests.factories.bills import Firm, a_firm, give_on, work_off
from tests.factories.fake_stripe import CARD, FakeStripe
from tests.factories.killed import Beat, killed_while

Tell = Callable[..., list[str]]


def post(app: Flask, body: str, header: str | None = None) -> int:
    answer = app.test_client().post(
        "/hooks/stripe", data=body, headers={"Stripe-Signature": header or signed(body)}
    )
    return answer.status_code


def event_of(client: sdk.StripeClient, key: str, kind: str) -> dict[str, Any]:
    every = client.v1.events.list({"type": kind, "limit": 100}).auto_paging_iter()
    found = [json.loads(str(one)) for one in every]
    return next(one for one in found if key in json.dumps(one["data"]))


def row_of(app: Flask, event_id: str) -> StripeEvent | None:
    with app.app_context():
        found = db.session.scalar(select(StripeEvent).where(StripeEvent.event_id == event_id))
        if found is not None:
            db.session.expunge(found)
        return found


def paid(firm: Firm, fake: FakeStripe) -> tuple[Any, str]:
    """An invoice that was paid at Stripe; we do not know yet."""
    key = firm.invoice()
    theirs = firm.push(key)
    fake.do("pay", invoice=theirs, kind="card", number=CARD)
    return key, theirs


def test_case_01_the_same_event_twice(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    key, theirs = paid(firm, fake)
    body = json.dumps(event_of(sdk_client, theirs, "invoice.paid"))
    assert [post(app, body), post(app, body)] == [200, 200]
    work_off(app)
    assert post(app, body) == 200
    work_off(app)
    assert firm.payments(key) == [11_900]


def test_case_02_the_same_event_in_20_threads(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    key, theirs = paid(firm, fake)
    event = event_of(sdk_client, theirs, "invoice.paid")
    body = json.dumps(event)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: post(app, body), range(20)))
    assert answers == [200] * 20
    with app.app_context():
        query = select(func.count()).where(StripeEvent.event_id == event["id"])
        assert db.session.scalar(query) == 1
    work_off(app)
    assert firm.payments(key) == [11_900]


def test_case_03_paid_before_finalized(firm: Firm, fake: FakeStripe, tell: Tell) -> None:
    key, theirs = paid(firm, fake)
    kinds = tell(theirs, order=lambda events: events[::-1])
    assert kinds.index("invoice.paid") < kinds.index("invoice.finalized")
    assert firm.seen(key).payment_state is PaymentState.PAID
    assert firm.payments(key) == [11_900]


def test_case_04_failed_after_paid_stays_paid(firm: Firm, fake: FakeStripe, tell: Tell) -> None:
    key = firm.invoice()
    theirs = firm.push(key)
    with pytest.raises(Exception, match=r"402|500"):
        fake.do("pay", invoice=theirs, kind="card", number="4000000000000341")
    fake.do("pay", invoice=theirs, kind="card", number=CARD)

    def failure_last(events: list[Any]) -> list[Any]:
        return sorted(events, key=lambda one: "failed" in one.type)

    kinds = tell(theirs, order=failure_last)
    assert kinds[-1] == "invoice.payment_failed"
    seen = firm.seen(key)
    assert (seen.payment_state, seen.collection_state) == (PaymentState.PAID, CollectionState.NONE)


def made_up(**changes: Any) -> str:
    event = {
        "id": f"evt_{uuid4().hex}", "object": "event", "type": "invoice.paid", "livemode": False,
        "api_version": stripe.API_VERSION, "created": int(now().timestamp()),
        "data": {"object": {"id": f"in_{uuid4().hex}", "object": "invoice"}},
    }  # fmt: skip
    return json.dumps(event | changes)


def refused(app: Flask, body: str, header: str) -> None:
    assert post(app, body, header) == 400
    assert row_of(app, json.loads(body)["id"]) is None


def test_case_05_a_forged_signature(app: Flask, fake: FakeStripe) -> None:
    body = made_up()
    refused(app, body, signed(body, secret="whsec_of_somebody_else"))
    for header in ("t=1", "v1=00", "nonsense", "t=x,v1=é", f"t={int(now().timestamp())},v1="):
        refused(app, body, header)


def test_case_06_one_byte_changed(app: Flask, fake: FakeStripe) -> None:
    body = made_up()
    header = signed(body)
    refused(app, body.replace("invoice.paid", "invoice.paix"), header)


def test_case_07_too_old(app: Flask, fake: FakeStripe) -> None:
    body, moment = made_up(), int(now().timestamp())
    refused(app, body, signed(body, at=moment - 302))
    assert post(app, body, signed(body, at=moment - 290)) == 200


def test_case_08_a_time_stamp_of_the_future(app: Flask, fake: FakeStripe) -> None:
    body, moment = made_up(), int(now().timestamp())
    refused(app, body, signed(body, at=moment + 305))
    assert post(app, body, signed(body, at=moment + 290)) == 200


def test_case_09_two_secrets_while_one_is_replaced(app: Flask, fake: FakeStripe) -> None:
    stripe.configure(replace(stripe.settings(), webhook_secrets=("whsec_new", SECRET)))
    for secret in ("whsec_new", SECRET):
        body = made_up()
        assert post(app, body, signed(body, secret=secret)) == 200
    stripe.configure(replace(stripe.settings(), webhook_secrets=("whsec_new",)))
    body = made_up()
    refused(app, body, signed(body))


ENOUGH = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x", "SECRET_KEY": "x" * 32}
TEST_KEY = "sk_test_123"


@pytest.mark.parametrize("secrets", ["", ",", "whsec_a,", " , whsec_a"])
def test_case_10_an_empty_secret_refuses_to_start(secrets: str) -> None:
    with pytest.raises(MissingSetting, match="STRIPE_WEBHOOK_SECRETS"):
        Settings.from_mapping(
            ENOUGH | {"STRIPE_SECRET_KEY": TEST_KEY, "STRIPE_WEBHOOK_SECRETS": secrets}
        )


@pytest.mark.parametrize(
    ("key", "environment"), [(TEST_KEY, "production"), ("sk_live_123", "development")]
)
def test_another_address_takes_a_test_key_and_no_production(key: str, environment: str) -> None:
    values = ENOUGH | {
        "STRIPE_SECRET_KEY": key, "STRIPE_WEBHOOK_SECRETS": "whsec_a, whsec_b",
        "STRIPE_API_BASE": "http://127.0.0.1:8042/", "KONTOR_ENVIRONMENT": environment,
    }  # fmt: skip
    with pytest.raises(MissingSetting, match="STRIPE_API_BASE"):
        Settings.from_mapping(values)
    taken = Settings.from_mapping(
        values | {"STRIPE_SECRET_KEY": TEST_KEY, "KONTOR_ENVIRONMENT": "development"}
    )
    assert taken.stripe_webhook_secrets == ("whsec_a", "whsec_b")
    assert taken.stripe_api_base == "http://127.0.0.1:8042"
    assert TEST_KEY not in repr(taken)


def put_aside(app: Flask, body: str) -> str:
    """Why the event was put aside."""
    assert post(app, body) == 200
    work_off(app)
    row = row_of(app, json.loads(body)["id"])
    assert row is not None
    assert row.state is EventState.QUARANTINED
    return row.reason


def test_case_11_a_test_event_in_live_mode(app: Flask, fake: FakeStripe) -> None:
    stripe.configure(replace(stripe.settings(), secret_key="sk_live_never_used"))
    assert put_aside(app, made_up(livemode=False)) == "wrong_mode"
    row = row_of(app, json.loads(body := made_up(livemode=False))["id"])
    assert row is None
    put_aside(app, body)
    row = row_of(app, json.loads(body)["id"])
    assert row is not None
    with app.app_context(), pytest.raises(Exception, match="never applied"), transaction():
        inbox.replay(actor=SYSTEM, row_id=row.id)


def test_case_12_a_foreign_api_version(app: Flask, fake: FakeStripe) -> None:
    assert put_aside(app, made_up(api_version="2017-04-06")) == "foreign_version"


def test_case_13_an_unknown_type_is_stored(app: Flask, fake: FakeStripe) -> None:
    body = made_up(type="climate.order.created")
    assert post(app, body) == 200
    row = row_of(app, json.loads(body)["id"])
    assert row is not None
    assert (row.state, row.payload["type"]) == (EventState.IGNORED, "climate.order.created")


def alerts(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).where(Mail.template == "stripe_alert")
        return int(db.session.scalar(query) or 0)


def test_case_14_an_unknown_customer(
    app: Flask, fake: FakeStripe, sdk_client: sdk.StripeClient, finance: str
) -> None:
    before = alerts(app)
    customer = sdk_client.v1.customers.create({"name": "Nobody's"})
    sdk_client.v1.customers.update(customer.id, {"name": "Still nobody's"})
    body = json.dumps(event_of(sdk_client, customer.id, "customer.updated"))
    assert put_aside(app, body) == "unknown_customer"
    assert alerts(app) > before


def test_case_15_the_metadata_of_one_client_and_the_customer_of_another(
    app: Flask, settings: Settings, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    other = a_firm(app, settings)
    other.push(other.invoice())
    key = firm.invoice()
    stranger = sdk_client.v1.invoices.create(
        {"customer": other.customer().customer_id, "currency": "eur",
         "metadata": {"tenant": str(firm.ref.id), "invoice": str(key)}}
    )  # fmt: skip
    body = json.dumps(event_of(sdk_client, stranger.id, "invoice.created"))
    assert put_aside(app, body) == "other_client"
    also = sdk_client.v1.invoices.create(
        {"customer": other.customer().customer_id, "currency": "eur",
         "metadata": {"tenant": str(other.ref.id), "invoice": str(key)}}
    )  # fmt: skip
    body = json.dumps(event_of(sdk_client, also.id, "invoice.created"))
    assert put_aside(app, body) == "other_client"
    assert firm.payments(key) == []


@pytest.mark.parametrize(("amount", "currency"), [(11_899, "eur"), (11_900, "usd")])
def test_case_16_another_amount_or_currency_is_not_paid(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, amount: int,
    currency: str,
) -> None:  # fmt: skip
    firm.push(firm.invoice())  # it has a customer now
    key, customer = firm.invoice(), firm.customer().customer_id
    made = sdk_client.v1.invoices.create(
        {"customer": customer, "currency": currency,
         "metadata": {"tenant": str(firm.ref.id), "invoice": str(key)}}
    )  # fmt: skip
    sdk_client.v1.invoice_items.create(
        {"customer": customer, "invoice": made.id, "amount": amount, "currency": currency}
    )
    sdk_client.v1.invoices.finalize_invoice(made.id)
    fake.do("pay", invoice=made.id, kind="card", number=CARD)
    body = json.dumps(event_of(sdk_client, made.id, "invoice.paid"))
    assert put_aside(app, body) == "other_amount"
    assert firm.seen(key).payment_state is PaymentState.OPEN


def test_case_17_a_crash_of_the_handler_is_tried_again(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    key, theirs = paid(firm, fake)
    body = json.dumps(event_of(sdk_client, theirs, "invoice.paid"))
    settle = applying.settling.settle_invoice

    def crash(stripe_id: str) -> Any:
        settle(stripe_id)
        raise RuntimeError("after the payment was booked")

    monkeypatch.setattr(applying.settling, "settle_invoice", crash)
    assert post(app, body) == 200
    assert work_off(app) == [Ending.FAILED]
    assert firm.payments(key) == []
    monkeypatch.undo()
    with freeze(now() + timedelta(minutes=1)):
        assert set(work_off(app)) == {Ending.DONE}
    assert firm.payments(key) == [11_900]


def test_case_17_a_worker_killed_while_it_applies_is_followed_by_another(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    key, theirs = paid(firm, fake)
    assert post(app, json.dumps(event_of(sdk_client, theirs, "invoice.paid"))) == 200
    settle = applying.settling.settle_invoice

    def work(beat: Beat) -> None:
        stripe.configure(stripe.settings())  # its own connection

        def settled(stripe_id: str) -> None:
            settle(stripe_id)
            beat()
            signal.pause()

        monkeypatch.setattr(applying.settling, "settle_invoice", settled)
        work_off(app)

    assert killed_while(app, work, beats=1, later=0) == 1, "dead after booking, before its commit"
    assert firm.payments(key) == []
    give_on(app)
    assert set(work_off(app)) == {Ending.DONE}
    assert firm.payments(key) == [11_900]


def test_an_event_whose_job_was_given_up_is_swept_up(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    """Somebody gave it up at the desk's page of jobs. Case 18 itself is in test_case_redis.py."""
    key, theirs = paid(firm, fake)
    body = json.dumps(event_of(sdk_client, theirs, "invoice.paid"))
    assert post(app, body) == 200
    with app.app_context(), transaction():
        db.session.execute(update(Job).where(Job.kind == inbox.APPLY).values(state="cancelled"))
    assert work_off(app) == []
    with freeze(now() + timedelta(minutes=3)), app.app_context(), transaction():
        assert inbox.sweep() >= 1
    with freeze(now() + timedelta(minutes=3)):
        work_off(app)
    assert firm.payments(key) == [11_900]


def test_case_19_after_an_outage_the_list_tells(app: Flask, firm: Firm, fake: FakeStripe) -> None:
    with app.app_context(), transaction():
        db.session.merge(StripeCursor(id=1, looked_until=now()))
    key, _ = paid(firm, fake)
    with app.app_context():
        assert looking.catch_up() > 0
        assert looking.catch_up() == 0
    work_off(app)
    assert firm.payments(key) == [11_900]
