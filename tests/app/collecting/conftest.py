"""A fake Stripe, an application that collects through it, and a client that pays."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe as sdk
from flask import Flask

from app.adapters import stripe
from app.collecting import customers
from app.identity.permissions import ClientRole, StaffRole
from config import Settings
from tests.factories.bills import Firm, a_firm, forget_jobs, work_off
from tests.factories.fake_stripe import KEY, FakeStripe, fake_stripe
from tests.factories.people import a_person

SECRET = "whsec_for_tests"


@pytest.fixture(scope="session")
def fake_process() -> Iterator[FakeStripe]:
    with fake_stripe() as made:
        yield made


@pytest.fixture
def fake(app: Flask, fake_process: FakeStripe) -> Iterator[FakeStripe]:
    """The fake, and the process's way to it; given back after."""
    before = stripe.settings()
    stripe.configure(
        replace(before, secret_key=KEY, webhook_secrets=(SECRET,), api_base=fake_process.url)
    )
    yield fake_process
    stripe.configure(before)
    forget_jobs(app)


@pytest.fixture
def sdk_client(fake: FakeStripe) -> sdk.StripeClient:
    return fake.client()


@pytest.fixture
def firm(app: Flask, settings: Settings, fake: FakeStripe) -> Firm:
    return a_firm(app, settings)


@pytest.fixture
def make_firm(app: Flask, settings: Settings) -> Callable[[], Firm]:
    return lambda: a_firm(app, settings)


@pytest.fixture
def admin_of(app: Flask) -> Callable[[Firm], str]:
    """Somebody at the client who is told of invoices."""

    def added(firm: Firm) -> str:
        return a_person(app, member_of={firm.ref: ClientRole.CLIENT_ADMIN}).email

    return added


@pytest.fixture
def tell(tell_of: Callable[[FakeStripe], Callable[..., list[str]]], fake: FakeStripe) -> Any:
    """Have Stripe tell us of everything about these objects, in an order, and apply it."""
    return tell_of(fake)


@pytest.fixture
def tell_of(app: Flask) -> Callable[[FakeStripe], Callable[..., list[str]]]:
    return lambda fake: _teller(app, fake.client())


def named(firm: Firm, fake: FakeStripe, kind: str, number: str, tell: Any) -> str:
    """Name a card or bank account on Stripe's page, as the client does; its customer's id."""
    with firm.app.app_context():
        customer = customers.ensure(firm.ref.id)
        page = stripe.door().setup_page(
            customer=customer, success_url="http://x/", cancel_url="http://x/", is_german=True
        )
    session = page.rpartition("/")[2]
    fake.do("checkout", session=session, kind=kind, number=number)
    tell(customer, session)
    return customer


def _teller(app: Flask, sdk_client: sdk.StripeClient) -> Callable[..., list[str]]:
    def told(*keys: str, order: Callable[[list[Any]], list[Any]] = list) -> list[str]:
        every = sdk_client.v1.events.list({"limit": 100}).auto_paging_iter()
        wanted = [one for one in every if _about(one.to_dict(), keys)][::-1]
        kinds = []
        for event in order(wanted):
            body = str(event)
            answer = app.test_client().post(
                "/hooks/stripe", data=body, headers={"Stripe-Signature": signed(body)}
            )
            assert answer.status_code == 200
            kinds.append(event.type)
        work_off(app)
        return kinds

    return told


def signed(body: str, *, secret: str = SECRET, at: int | None = None) -> str:
    """As Stripe signs."""
    header: str = sdk.WebhookSignature.generate_signature_header(body, secret, at)
    return header


def _about(event: dict[str, Any], keys: tuple[str, ...]) -> bool:
    thing = event["data"]["object"]
    found = {thing.get(name) for name in ("id", "invoice", "customer", "payment_intent", "charge")}
    return bool(found & set(keys))


@pytest.fixture
def finance(app: Flask) -> str:
    """Somebody who is told of what needs a look."""
    return a_person(app, roles={StaffRole.FINANCE}).email
