"""Finance at the desk and the client in its portal see what is behind an invoice, and act on it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ProviderAuditEntry
from app.collecting import inbox
from app.collecting.models import StripeEvent
from app.collecting.rules import EventState, PushState
from app.identity.permissions import ClientRole, StaffRole
from tenants.db import db, transaction
from tests.app.collecting.conftest import SECRET, named
from tests.factories.bills import Firm
from tests.factories.fake_stripe import CARD, CARD_DECLINED, IBAN, KEY, FakeStripe
from tests.factories.people import Browser, a_person, signed_in

Tell = Callable[..., list[str]]
SEE_OTHER, FORBIDDEN = HTTPStatus.SEE_OTHER, HTTPStatus.FORBIDDEN


@pytest.fixture
def set_up(app: Flask, fake: FakeStripe) -> Iterator[FakeStripe]:
    """The pages know of the key as well."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        before, stripe_secret_key=KEY, stripe_webhook_secrets=(SECRET,), stripe_api_base=fake.url
    )
    yield fake
    app.config["SETTINGS"] = before


@pytest.fixture
def paul(app: Flask) -> Browser:
    return signed_in(app, a_person(app, roles={StaffRole.FINANCE}))


@pytest.fixture
def at_portal(app: Flask, firm: Firm) -> Callable[..., Browser]:
    def person(role: ClientRole = ClientRole.CLIENT_ADMIN) -> Browser:
        return signed_in(app, a_person(app, member_of={firm.ref: role}))

    return person


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == HTTPStatus.OK, (path, answer.text[:500])
    return unescape(answer.text)


def test_everything_behind_a_paid_invoice(
    firm: Firm, set_up: FakeStripe, tell: Tell, paul: Browser
) -> None:
    named(firm, set_up, "card", CARD, tell)
    key = firm.invoice()
    theirs = firm.push(key)
    tell(theirs)
    shown = page(paul, f"/desk/stripe/invoices/{key}")
    assert theirs in shown
    assert f"inv:{key}:create:v1" in shown
    for word in ("invoice.paid", "payment_intent", "€119.00", "done", "applied", "at Stripe"):
        assert word in shown, word
    seen = firm.events()
    (event,) = [one for one in seen if one.object_id == theirs and one.type == "invoice.paid"]
    assert f"/desk/stripe/events/{event.id}" in shown
    assert theirs in page(paul, f"/desk/stripe/events/{event.id}")
    assert firm.seen(key).number in page(paul, "/desk/stripe/")


def test_what_waits_says_so_and_is_brought_again(
    app: Flask, firm: Firm, set_up: FakeStripe, paul: Browser
) -> None:
    key = firm.invoice()
    shown = page(paul, f"/desk/stripe/invoices/{key}")
    assert "not at Stripe" in shown
    assert "No money has come yet." in shown
    assert paul.post(f"/desk/stripe/invoices/{key}/push").status_code == SEE_OTHER
    firm.work()
    assert firm.push_row(key).state is PushState.PUSHED
    anna = signed_in(app, a_person(app, roles={StaffRole.OPERATOR}))
    assert anna.get(f"/desk/stripe/invoices/{key}").status_code == FORBIDDEN
    assert anna.post(f"/desk/stripe/invoices/{key}/push").status_code == FORBIDDEN


def test_the_key_is_tried(set_up: FakeStripe, paul: Browser, app: Flask) -> None:
    assert paul.post("/desk/stripe/test").status_code == SEE_OTHER
    shown = page(paul, "/desk/stripe/")
    assert "the key works" in shown
    assert "test mode" in shown
    assert f"{app.config['SETTINGS'].base_url}/hooks/stripe" in shown
    set_up.fault("GET /v1/balance", "drop", times=4)
    assert paul.post("/desk/stripe/test").status_code == SEE_OTHER
    assert "Stripe did not answer" in page(paul, "/desk/stripe/")
    set_up.do("calm")


def put_aside(app: Flask, firm: Firm) -> UUID:
    """An event of another API version, about the firm's customer."""
    with app.app_context():
        from app.collecting import customers

        customer = customers.ensure(firm.ref.id)
        event = {
            "id": f"evt_{uuid4().hex}", "object": "event", "type": "customer.updated",
            "api_version": "2001-01-01", "created": 1_790_000_000, "livemode": False,
            "data": {"object": {"id": customer, "object": "customer"}},
        }  # fmt: skip
        with transaction():
            assert inbox.keep(json.loads(json.dumps(event)), found_by="webhook")
            query = select(StripeEvent.id).where(StripeEvent.event_id == event["id"])
            return db.session.scalars(query).one()


def test_an_event_that_was_put_aside_is_looked_at_and_replayed(
    app: Flask, firm: Firm, set_up: FakeStripe, paul: Browser
) -> None:
    key = put_aside(app, firm)
    assert f"/desk/stripe/events/{key}" in page(paul, "/desk/stripe/events?state=quarantined")
    assert "another API version" in page(paul, f"/desk/stripe/events/{key}")
    anna = signed_in(app, a_person(app, roles={StaffRole.TEAM_LEAD}))
    assert anna.post(f"/desk/stripe/events/{key}/replay").status_code == FORBIDDEN
    assert paul.post(f"/desk/stripe/events/{key}/replay").status_code == SEE_OTHER
    firm.work()
    with app.app_context():
        row = db.session.get_one(StripeEvent, key)
        assert (row.state, row.reason, row.tenant_id) == (EventState.APPLIED, "", firm.ref.id)
        told = select(ProviderAuditEntry.verb).where(ProviderAuditEntry.subject_id == str(key))
        assert list(db.session.scalars(told)) == ["stripe_event.replayed"]
    assert paul.post(f"/desk/stripe/events/{uuid4()}/replay").status_code == HTTPStatus.NOT_FOUND


def test_the_client_pays_an_open_invoice_on_stripes_page(
    firm: Firm, set_up: FakeStripe, tell: Tell, at_portal: Callable[..., Browser]
) -> None:
    key = firm.invoice(charged=False)
    theirs = firm.push(key)
    room = f"/p/{firm.ref.slug}/payment"
    admin = at_portal()
    shown = page(admin, room)
    assert firm.seen(key).number in shown
    assert f"{room}/{key}/pay" in shown
    led = admin.get(f"{room}/{key}/pay")
    assert led.location == firm.push_row(key).page_url
    set_up.do("pay", invoice=theirs, kind="card", number=CARD)
    tell(theirs)
    shown = page(admin, room)
    assert "Nothing is open." in shown
    assert "Paid invoices" in shown
    assert admin.get(f"{room}/{key}/pay").status_code == HTTPStatus.NOT_FOUND
    assert at_portal(ClientRole.REQUESTER).get(room).status_code == FORBIDDEN


def test_a_card_and_a_mandate_are_named_by_who_may(
    app: Flask, firm: Firm, set_up: FakeStripe, tell: Tell, at_portal: Callable[..., Browser]
) -> None:
    room = f"/p/{firm.ref.slug}/payment"
    admin, approver = at_portal(), at_portal(ClientRole.APPROVER)
    assert "Nothing is named yet" in page(admin, room)
    led = admin.get(f"{room}/method")
    assert led.location.startswith(set_up.url)
    assert approver.get(f"{room}/method").status_code == FORBIDDEN
    assert approver.get(f"{room}/own-page").status_code == FORBIDDEN
    assert f"{room}/method" not in page(approver, room)
    named(firm, set_up, "sepa_debit", IBAN, tell)
    shown = page(admin, room)
    assert "… 3000" in shown
    assert "Mandate" in shown
    assert "active" in shown
    assert admin.get(f"{room}/own-page").location.startswith(set_up.url)


def test_a_declined_card_is_said_to_both_sides(
    firm: Firm, set_up: FakeStripe, tell: Tell, paul: Browser, at_portal: Callable[..., Browser]
) -> None:
    named(firm, set_up, "card", CARD_DECLINED, tell)
    key = firm.invoice()
    tell(firm.push(key))
    assert "Failed" in page(paul, f"/desk/stripe/invoices/{key}")
    assert "Failed" in page(at_portal(), f"/p/{firm.ref.slug}/payment")


def test_nobody_is_led_to_another_clients_bill(
    firm: Firm, make_firm: Callable[[], Firm], set_up: FakeStripe, at_portal: Callable[..., Browser]
) -> None:
    assert set_up
    other = make_firm()
    key = other.invoice(charged=False)
    other.push(key)
    admin = at_portal()
    gone = admin.get(f"/p/{firm.ref.slug}/payment/{key}/pay")
    assert gone.status_code == HTTPStatus.NOT_FOUND
    assert admin.get(f"/p/{other.ref.slug}/payment").status_code == HTTPStatus.NOT_FOUND
