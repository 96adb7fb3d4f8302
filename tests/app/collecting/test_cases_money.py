"""Cases 20 to 30: requests that break off, money that comes late, short, over, and goes back."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe as sdk
from flask import Flask
from sqlalchemy import func, select

from app.adapters import stripe
from app.billing.rules.kinds import CollectionState, PaymentState
from app.collecting import crediting, dunning, looking, queries
from app.collecting.models import StripeCall
from app.collecting.rules import CallState, PushState, at_stripe, from_stripe
from app.jobs.running import Ending
from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict
from app.kernel.money import Money
from app.messages.mail_models import Mail
from config import Settings
from tenants.context import TenantState
from tenants.db import db, transaction
from tenants.registry import by_id
from tests.app.collecting.conftest import SECRET, named
from tests.conftest import ROOT
from tests.factories.bills import Firm, work_off
from tests.factories.fake_stripe import (
    CARD,
    IBAN,
    IBAN_DISPUTED,
    IBAN_FAILS,
    KEY,
    FakeStripe,
    fake_stripe,
)

Tell = Callable[..., list[str]]


def theirs(client: sdk.StripeClient, firm: Firm) -> list[sdk.Invoice]:
    customer = firm.customer().customer_id
    return list(client.v1.invoices.list({"customer": customer, "limit": 100}).data)


@pytest.mark.parametrize("after", ["create", "item:1", "finalize", "send"])
def test_case_20_killed_between_stripes_answer_and_our_commit(
    settings: Settings, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, after: str
) -> None:
    key = firm.invoice(charged=False)
    firm.begin(key)
    environment = {
        "PATH": "/usr/bin:/bin", "DATABASE_URL": settings.database_url,
        "TENANT_DATABASE_URL": settings.tenant_database_url,
        "DATABASE_DIRECT_URL": settings.database_direct_url, "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key, "KONTOR_ENVIRONMENT": "test",
        "KONTOR_DATA_DIR": settings.data_dir, "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": SECRET, "STRIPE_API_BASE": fake.url,
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, "-m", "tests.factories.push_process", str(key), after],
        cwd=ROOT, env=environment, timeout=60, check=False,
    )  # fmt: skip
    assert process.returncode == -9
    assert firm.push_row(key).state is (PushState.PUSHED if after == "send" else PushState.WAITING)
    firm.work()
    (one,) = theirs(sdk_client, firm)
    assert (one.status, one.total, len(one.lines.data)) == ("open", 11_900, 2)
    assert firm.push_row(key).state is PushState.PUSHED


@pytest.fixture
def impatient(fake: FakeStripe) -> Iterator[None]:
    before = stripe.settings()
    stripe.configure(replace(before, timeout=0.5))
    yield
    stripe.configure(before)


@pytest.mark.usefixtures("impatient")
def test_case_21_a_time_out_though_it_was_executed(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    key = firm.invoice()
    firm.begin(key)
    fake.fault("POST /v1/invoices$", "executed_then_timeout", times=3, seconds=1)
    assert work_off(app) == [Ending.FAILED]
    with freeze(now() + timedelta(minutes=1)):
        assert work_off(app) == [Ending.DONE]
    assert len(theirs(sdk_client, firm)) == 1
    assert [call.version for call in calls(app, key, "create")] == [1]


def calls(app: Flask, key: UUID, name: str) -> list[StripeCall]:
    with app.app_context():
        query = select(StripeCall).where(StripeCall.subject == f"inv:{key}:{name}")
        found = list(db.session.scalars(query.order_by(StripeCall.version)))
        db.session.expunge_all()
        return found


def test_case_22_a_500_that_is_replayed_for_ever(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    key = firm.invoice()
    firm.begin(key)
    fake.fault("POST /v1/invoices$", "error_500")
    assert work_off(app) == [Ending.FAILED]
    with freeze(now() + timedelta(minutes=1)):
        assert work_off(app) == [Ending.DONE]
    assert [call.state for call in calls(app, key, "create")] == [CallState.SPENT, CallState.DONE]
    assert len(theirs(sdk_client, firm)) == 1


def test_case_23_too_many_requests(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.adapters.stripe.client.PAUSES", (0.01, 0.01, 0.01))
    key = firm.invoice()
    firm.begin(key)
    fake.fault("POST /v1/invoiceitems", "rate_limit", times=2)
    assert work_off(app) == [Ending.DONE]
    other = firm.invoice()
    firm.begin(other)
    fake.fault("POST /v1/invoiceitems", "rate_limit", times=4)
    assert work_off(app) == [Ending.FAILED]
    with freeze(now() + timedelta(minutes=1)):
        assert work_off(app) == [Ending.DONE]
    assert [len(one.lines.data) for one in theirs(sdk_client, firm)] == [2, 2]


def test_case_24_the_same_key_with_other_values(app: Flask, firm: Firm, finance: str) -> None:
    key = firm.invoice()
    firm.push(key)
    with app.app_context(), transaction():
        row = db.session.scalar(select(StripeCall).where(StripeCall.subject == f"inv:{key}:create"))
        assert row is not None
        row.fingerprint = "of other values"
    firm.push(key)
    push = firm.push_row(key)
    assert push.state is PushState.BLOCKED
    assert "other values" in push.reason
    with app.app_context():
        query = select(func.count()).where(Mail.recipient == finance)
        assert db.session.scalar(query)


def paid(firm: Firm, fake: FakeStripe, tell: Tell, **invoice: Any) -> tuple[UUID, str, str]:
    """A paid invoice, its id at Stripe and its payment."""
    key = firm.invoice(**invoice)
    stripe_id = firm.push(key)
    fake.do("pay", invoice=stripe_id, kind="card", number=CARD)
    tell(stripe_id)
    (payment,) = fake.client().v1.invoice_payments.list({"invoice": stripe_id}).data
    return key, stripe_id, str(payment.payment.payment_intent)


def test_case_25_two_partial_refunds(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    key, _, intent = paid(firm, fake, tell)
    for amount in (1_000, 900):
        sdk_client.v1.refunds.create({"payment_intent": intent, "amount": amount})
    tell(intent)
    tell(intent)
    assert firm.payments(key) == [11_900, -900, -1_000] or firm.payments(key) == [
        11_900, -1_000, -900,
    ]  # fmt: skip
    seen = firm.seen(key)
    assert (seen.amount_paid_minor, seen.payment_state) == (10_000, PaymentState.PARTLY_PAID)


def debited(app: Flask, firm: Firm, fake: FakeStripe, iban: str, tell: Tell) -> tuple[UUID, str]:
    named(firm, fake, "sepa_debit", iban, tell)
    key = firm.invoice(due_in=1)
    stripe_id = firm.push(key)
    tell(stripe_id)
    return key, stripe_id


@pytest.fixture
def own_fake(app: Flask) -> Iterator[FakeStripe]:
    """One whose clock goes on without the others."""
    before = stripe.settings()
    with fake_stripe() as made:
        stripe.configure(
            replace(before, secret_key=KEY, webhook_secrets=(SECRET,), api_base=made.url)
        )
        yield made
    stripe.configure(before)


def catch_up(app: Flask) -> None:
    with app.app_context():
        looking.catch_up()
    work_off(app)


def dun(app: Flask, *, days: int) -> int:
    with freeze(now() + timedelta(days=days)), app.app_context(), transaction():
        return dunning.dun()


def mails(app: Flask, firm: Firm) -> list[str]:
    with app.app_context():
        query = select(Mail.template).where(Mail.tenant_id == firm.ref.id).order_by(Mail.id)
        return list(db.session.scalars(query))


def test_case_26_a_direct_debit_is_on_its_way_fails_or_is_taken_back(
    app: Flask, settings: Settings, own_fake: FakeStripe, make_firm: Callable[[], Firm],
    tell_of: Callable[[FakeStripe], Tell], admin_of: Callable[[Firm], str],
) -> None:  # fmt: skip
    tell = tell_of(own_fake)
    fails, taken_back = make_firm(), make_firm()
    admin_of(fails)
    failing, _ = debited(app, fails, own_fake, IBAN_FAILS, tell)
    returned, _ = debited(app, taken_back, own_fake, IBAN_DISPUTED, tell)
    assert fails.seen(failing).collection_state is CollectionState.PROCESSING
    dun(app, days=10)
    assert mails(app, fails) == []
    own_fake.later(days=8)
    catch_up(app)
    assert fails.seen(failing).collection_state is CollectionState.FAILED
    assert taken_back.seen(returned).payment_state is PaymentState.PAID
    dun(app, days=10)
    assert "invoice_reminder_1" in mails(app, fails)
    assert mails(app, taken_back) == []
    own_fake.later(weeks=7)
    catch_up(app)
    seen = taken_back.seen(returned)
    assert (seen.payment_state, seen.amount_paid_minor) == (PaymentState.OPEN, 0)
    assert taken_back.payments(returned) == [11_900, -11_900]
    assert seen.collection_state is CollectionState.FAILED


@pytest.mark.parametrize("won", [True, False])
def test_case_27_a_dispute_lost_and_won(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell, *, won: bool
) -> None:
    key, _, intent = paid(firm, fake, tell)
    charge = sdk_client.v1.payment_intents.retrieve(intent).latest_charge
    dispute = fake.do("dispute", charge=charge)
    tell(intent)
    seen = firm.seen(key)
    assert (seen.payment_state, seen.collection_state) == (
        PaymentState.OPEN, CollectionState.DISPUTED,
    )  # fmt: skip
    fake.do("dispute/close", dispute=dispute["id"], won=won)
    tell(intent)
    expected = [11_900, -11_900] + ([11_900] if won else [])
    assert firm.payments(key) == expected
    assert firm.seen(key).payment_state is (PaymentState.PAID if won else PaymentState.OPEN)


def test_case_28_a_transfer_short_and_over(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell
) -> None:
    key = firm.invoice(charged=False)
    stripe_id, customer = firm.push(key), firm.customer().customer_id
    fake.do("transfer", customer=customer, amount=10_000, currency="eur")
    tell(stripe_id, customer)
    seen = firm.seen(key)
    assert (seen.payment_state, seen.amount_paid_minor) == (PaymentState.PARTLY_PAID, 10_000)
    fake.do("transfer", customer=customer, amount=2_500, currency="eur")
    tell(stripe_id, customer)
    assert firm.payments(key) == [10_000, 1_900]
    assert firm.seen(key).payment_state is PaymentState.PAID
    left = sdk_client.v1.customers.cash_balance.retrieve(customer).available
    assert left is not None
    assert left["eur"] == 600


@pytest.mark.parametrize(
    ("currency", "net", "vat", "at"),
    [("JPY", 333, 33, 366), ("KWD", 1_230, 10, 1_240), ("UGX", 5_000, 900, 590_000),
     ("HUF", 10_001, 2_700, 12_701), ("EUR", 3, 1, 4)],
)  # fmt: skip
def test_case_29_currencies_and_the_single_cent(
    firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell, currency: str,
    net: int, vat: int, at: int,
) -> None:  # fmt: skip
    key, stripe_id, _ = paid(firm, fake, tell, net=net, vat=vat, currency=currency)
    seen = sdk_client.v1.invoices.retrieve(stripe_id)
    assert (seen.total, seen.currency) == (at, currency.lower())
    assert firm.payments(key) == [net + vat]
    assert from_stripe(at, currency.lower()) == Money(net + vat, currency)


def test_an_amount_that_stripe_cannot_write_needs_a_look(firm: Firm) -> None:
    with pytest.raises(Conflict):
        at_stripe(Money(1_234, "KWD"))
    key = firm.invoice(net=1_234, vat=0, currency="KWD")
    firm.begin(key)
    firm.work()
    assert firm.push_row(key).state is PushState.BLOCKED


def state_of(app: Flask, firm: Firm) -> TenantState:
    with app.app_context():
        return by_id(firm.ref.id).state


def test_case_30_dunned_read_only_paid_and_unlocked(
    app: Flask, firm: Firm, fake: FakeStripe, tell: Tell, admin_of: Callable[[Firm], str]
) -> None:
    admin_of(firm)
    key = firm.invoice(due_in=1)
    stripe_id = firm.push(key)
    for days, told in ((3, []), (4, ["reminder_1"]), (10, ["reminder_1"]),
                       (11, ["reminder_1", "reminder_2"]),
                       (21, ["reminder_1", "reminder_2", "read_only"])):  # fmt: skip
        dun(app, days=days)
        dun(app, days=days)
        assert mails(app, firm) == [f"invoice_{kind}" for kind in told]
    assert state_of(app, firm) is TenantState.SUSPENDED
    fake.do("pay", invoice=stripe_id, kind="card", number=CARD)
    tell(stripe_id)
    assert firm.seen(key).payment_state is PaymentState.PAID
    assert state_of(app, firm) is TenantState.READY


def test_a_client_suspended_by_hand_stays_so(
    app: Flask, firm: Firm, fake: FakeStripe, tell: Tell
) -> None:
    from sqlalchemy import update

    from tenants.models import Tenant

    with app.app_context(), transaction():
        db.session.execute(
            update(Tenant).where(Tenant.id == firm.ref.id).values(state=TenantState.SUSPENDED)
        )
    key, *_ = paid(firm, fake, tell)
    assert firm.seen(key).payment_state is PaymentState.PAID
    assert state_of(app, firm) is TenantState.SUSPENDED


def test_case_30_more_lines_than_stripe_takes(firm: Firm, sdk_client: sdk.StripeClient) -> None:
    key = firm.invoice(lines=[100] * 251, vat=4_769)
    stripe_id = firm.push(key)
    seen = sdk_client.v1.invoices.retrieve(stripe_id)
    assert seen.total == 25_100 + 4_769
    assert firm.push_row(key).state is PushState.PUSHED


@pytest.mark.parametrize("was_paid", [True, False])
def test_a_correction_is_a_credit_note(
    app: Flask, firm: Firm, fake: FakeStripe, sdk_client: sdk.StripeClient, tell: Tell, *,
    was_paid: bool,
) -> None:  # fmt: skip
    if was_paid:
        key, stripe_id, _ = paid(firm, fake, tell)
    else:
        key = firm.invoice()
        stripe_id = firm.push(key)
    correction = firm.invoice()
    with app.app_context():
        for _ in range(2):
            crediting.credit(key, correction)
    (note,) = sdk_client.v1.credit_notes.list({"invoice": stripe_id}).data
    assert note.total == 11_900
    assert firm.payments(key) == ([11_900, -11_900] if was_paid else [])


def test_the_nightly_comparison_lists_every_difference(
    app: Flask, firm: Firm, fake: FakeStripe, tell: Tell
) -> None:
    key = firm.invoice()
    stripe_id = firm.push(key)
    fake.do("pay", invoice=stripe_id, kind="card", number=CARD)

    def mine() -> list[str]:
        with app.app_context():
            looking.reconcile()
            return [one.kind for one in queries.differences(most=1000) if one.invoice_id == key]

    assert mine() == ["paid"]
    tell(stripe_id)
    assert mine() == []


def test_a_debit_that_succeeds_is_paid_after_days(
    app: Flask, own_fake: FakeStripe, make_firm: Callable[[], Firm],
    tell_of: Callable[[FakeStripe], Tell],
) -> None:  # fmt: skip
    firm = make_firm()
    key, _ = debited(app, firm, own_fake, IBAN, tell_of(own_fake))
    own_fake.later(days=8)
    catch_up(app)
    assert firm.seen(key).payment_state is PaymentState.PAID
