"""The client's admin sets webhooks up, tries them and looks after them."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import app.portal
from app.webhooks import queries, rules
from app.webhooks.models import WebhookDelivery
from app.webhooks.rules import DeliveryState
from app.webhooks.sending import Outcome, begin, end
from tenants.db import db, transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.portal_visitor import Visitor

BASE = "/p/sommer/webhooks"
URL = "https://erp.sommer.example/kontor"
FORM = {"url": URL, "event_types": ["work.opened", "work.delivered"], "description": "ERP Sommer"}


@pytest.fixture
def endpoint(app: Flask, admin: Visitor) -> str:
    page = admin.post(BASE, data=FORM)
    assert page.status_code == 200
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", page.text)
    found = re.search(rf"{BASE}/([0-9a-f-]{{36}})", page.text)
    assert found is not None
    return found[1]


def message(app: Flask, endpoint_id: str) -> WebhookDelivery:
    from uuid import UUID

    with in_scope(app, by_slug("sommer")):
        return queries.deliveries(UUID(endpoint_id))[0]


def fail(app: Flask, delivery: WebhookDelivery) -> None:
    with in_scope(app, by_slug("sommer")), transaction():
        sent = begin(delivery.id, job_id=delivery.job_id)
        assert sent is not None
        outcome = Outcome(status=404, why=rules.Why.STATUS, text="<b>no such place</b>")
        end(delivery.id, attempt=sent.attempt, outcome=outcome)
        row = db.session.get(WebhookDelivery, delivery.id)
        assert row is not None
        row.state = DeliveryState.FAILED


def test_added_and_the_secret_is_shown_once(admin: Visitor, endpoint: str) -> None:
    assert "whsec_" not in admin.page(f"{BASE}/{endpoint}")
    assert "ERP Sommer" in admin.page(BASE)
    again = admin.post(f"{BASE}/{endpoint}/rotate")
    assert "whsec_" in again.text


def test_a_form_with_faults_says_so(admin: Visitor) -> None:
    page = admin.post(BASE, data={"url": "http://192.168.0.1/", "event_types": "work.opened"})
    assert page.status_code == 422
    assert "192.168.0.1" in page.text
    assert admin.post(BASE, data={"url": URL}).status_code == 422


def test_changed(admin: Visitor, endpoint: str) -> None:
    address = f"{BASE}/{endpoint}/edit"
    assert URL in admin.page(address)
    assert admin.post(address, data={**FORM, "url": "nowhere"}).status_code == 422
    changed = {**FORM, "description": "Warenwirtschaft", "ordered": "1"}
    assert admin.post(address, data=changed).status_code == 303
    assert "Warenwirtschaft" in admin.page(f"{BASE}/{endpoint}")


def test_a_test_message_fails_and_is_sent_again(app: Flask, admin: Visitor, endpoint: str) -> None:
    assert admin.post(f"{BASE}/{endpoint}/test").status_code == 303
    with app.app_context():
        delivery = message(app, endpoint)
        fail(app, delivery)
    page = admin.get(f"{BASE}/messages/{delivery.id}").text
    assert "404" in page
    assert "&lt;b&gt;no such place" in page
    assert f"msg_{delivery.id.hex}" in page
    assert str(delivery.id) in admin.page(f"{BASE}/{endpoint}?shelf=failed")
    assert admin.post(f"{BASE}/messages/{delivery.id}/replay").status_code == 303
    assert str(delivery.id) in admin.page(f"{BASE}/{endpoint}?shelf=waiting")
    with app.app_context():
        fail(app, message(app, endpoint))
    admin.post(f"{BASE}/{endpoint}/replay", data={"hours": "1"})
    with app.app_context():
        assert message(app, endpoint).state is DeliveryState.WAITING


def test_disabled_enabled_removed(app: Flask, admin: Visitor, endpoint: str) -> None:
    admin.post(f"{BASE}/{endpoint}/test")
    assert admin.post(f"{BASE}/{endpoint}/disable").status_code == 303
    with app.app_context():
        assert message(app, endpoint).why is rules.Why.DISABLED
    assert admin.post(f"{BASE}/{endpoint}/test").status_code == 409
    assert admin.post(f"{BASE}/{endpoint}/enable").status_code == 303
    assert admin.post(f"{BASE}/{endpoint}/test").status_code == 303
    assert admin.post(f"{BASE}/{endpoint}/remove").status_code == 303
    assert admin.get(f"{BASE}/{endpoint}").status_code == 404


def test_only_the_admin(requester: Visitor, approver: Visitor, stranger: Visitor) -> None:
    for visitor, status in ((requester, 403), (approver, 403), (stranger, 404)):
        assert visitor.get(BASE).status_code == status
        assert visitor.post(BASE, data=FORM).status_code == status


def test_the_example_of_the_help_verifies_our_signatures(admin: Visitor) -> None:
    folder = Path(app.portal.__file__).parent / "templates" / "portal" / "webhooks"
    source = (folder / "verify.py.txt").read_text()
    assert "def verify" in admin.page(f"{BASE}/help")
    shown: dict[str, Any] = {}
    exec(source, shown)  # noqa: S102  the example that customers copy
    # The vector of the reference libraries (standard-webhooks/libraries).
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    known = rules.signature(
        secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body
    )
    assert known == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    at = int(time.time())
    given = rules.signature(secret, message_id="msg_1", timestamp=at, body=body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": given}
    assert shown["verify"](secret, headers, body)
    assert not shown["verify"](secret, headers, body + b" ")
    assert not shown["verify"](secret, {**headers, "webhook-timestamp": str(at - 999)}, body)
