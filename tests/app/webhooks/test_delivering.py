"""Messages reach the client's programs: signed, again after failures, in order, never twice new."""

import hmac
import json
from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.identity.permissions import ClientRole
from app.jobs.actions import publish
from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict, Invalid
from app.messages import mail
from app.webhooks import actions, queries, sending
from app.webhooks.models import WebhookDelivery
from app.webhooks.rules import (
    PAUSES,
    DeliveryState,
    DisabledBecause,
    Why,
    pause,
    wish,
)
from app.webhooks.tasks import forget_old_messages
from app.work.events import ClientAsked, WorkDelivered, WorkOpened
from tenants.context import TenantRef
from tenants.db import transaction
from tests.app.webhooks.conftest import ADMIN, Work
from tests.conftest import in_scope
from tests.factories.people import a_person
from tests.factories.receiver import Receiver

ALL = ("work.opened", "work.question_asked", "work.delivered", "work.accepted", "promise.breached")


def reference_verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the reference library of standardwebhooks.com does it."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return any(
        version == "v1" and hmac.compare_digest(given, expected)
        for version, given in (one.split(",", 1) for one in headers["webhook-signature"].split(" "))
    )


def add(app: Flask, firm: TenantRef, receiver: Receiver, **more: Any) -> tuple[UUID, str]:
    values: dict[str, Any] = {"url": receiver.url, "event_types": ALL, "ordered": False, **more}
    with in_scope(app, firm), transaction():
        endpoint, secret = actions.add(actor=ADMIN, **values)
        return endpoint.id, secret


def happen(app: Flask, firm: TenantRef, *kinds: type, number: str = "X-1") -> None:
    with in_scope(app, firm):
        for kind in kinds:
            more: dict[str, Any] = (
                {"service_key": "general_request"} if kind is WorkOpened else {"requester_id": None}
            )
            with transaction():
                publish(kind(item_id=uuid4(), number=number, **more))


def told(app: Flask, firm: TenantRef, endpoint_id: UUID) -> list[WebhookDelivery]:
    with in_scope(app, firm):
        return list(reversed(queries.deliveries(endpoint_id)))


def test_a_message_is_signed_and_thin(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    endpoint_id, secret = add(app, firm, receiver)
    happen(app, firm, WorkDelivered, number="ACME-7")
    work_off()
    ((headers, body),) = receiver.heard
    assert reference_verify(secret, headers, body)
    assert not reference_verify(secret, headers, body + b" ")
    message = json.loads(body)
    assert message["type"] == "work.delivered"
    assert set(message) == {"type", "timestamp", "data"}
    assert set(message["data"]) == {"work_item_id", "number", "state"}
    assert message["data"]["number"] == "ACME-7"
    (delivery,) = told(app, firm, endpoint_id)
    assert headers["webhook-id"] == f"msg_{delivery.id.hex}"
    assert (delivery.state, delivery.status) == (DeliveryState.DELIVERED, 204)
    assert work_off(ahead=timedelta(days=9)) == 0


def test_only_what_was_asked_for(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    add(app, firm, receiver, event_types=["work.question_asked"])
    happen(app, firm, WorkOpened, ClientAsked, WorkDelivered)
    work_off()
    assert [json.loads(body)["type"] for _, body in receiver.heard] == ["work.question_asked"]


def test_both_secrets_count_while_one_replaces_the_other(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    endpoint_id, old = add(app, firm, receiver)
    with in_scope(app, firm), transaction():
        new = actions.rotate(actor=ADMIN, endpoint_id=endpoint_id)
    happen(app, firm, WorkOpened)
    work_off()
    assert new != old
    assert reference_verify(old, *receiver.heard[0])
    assert reference_verify(new, *receiver.heard[0])
    with freeze(now() + timedelta(hours=25)):
        happen(app, firm, WorkOpened)
        work_off()
    assert not reference_verify(old, *receiver.heard[1])
    assert reference_verify(new, *receiver.heard[1])


def test_it_is_sent_again_for_three_days_and_then_the_admins_hear_of_it(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    admin = a_person(app, member_of={firm: ClientRole.CLIENT_ADMIN})
    a_person(app, member_of={firm: ClientRole.REQUESTER})
    receiver.answers = [(500, {}, b"broken\0" + b"x" * 9000)]
    endpoint_id, _ = add(app, firm, receiver)
    happen(app, firm, WorkOpened)
    start = moment = now()
    while True:
        with freeze(moment):
            work_off()
        (delivery,) = told(app, firm, endpoint_id)
        if delivery.next_at is None:
            break
        moment = delivery.next_at
    assert delivery.state is DeliveryState.FAILED
    assert len(receiver.heard) == len(PAUSES) + 1
    assert set(receiver.ids) == {f"msg_{delivery.id.hex}"}
    assert timedelta(days=2.5) < moment - start < timedelta(days=3.5)
    assert delivery.answer.startswith("broken\ufffd")
    assert len(delivery.answer) <= 1000
    with in_scope(app, firm):
        endpoint = queries.endpoint(endpoint_id)
        assert endpoint.disabled_because is DisabledBecause.FAILING
        (sent,) = [one for one in mail.mails() if one.template == "webhook_disabled"]
        assert sent.recipient == admin.email
        assert f"/p/{firm.slug}/webhooks/{endpoint_id}" in mail.text_of(sent).text


def test_gone_disables_at_once_and_nothing_is_lost(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(410, {}, b""), (204, {}, b"")]
    endpoint_id, _ = add(app, firm, receiver)
    started = now()
    happen(app, firm, WorkOpened)
    work_off()
    happen(app, firm, WorkDelivered)
    work_off()
    assert len(receiver.heard) == 1
    assert [one.why for one in told(app, firm, endpoint_id)] == [Why.STATUS, Why.DISABLED]
    with in_scope(app, firm), pytest.raises(Conflict):
        actions.replay_failed(actor=ADMIN, endpoint_id=endpoint_id, since=started)
    with in_scope(app, firm), transaction():
        actions.switch(actor=ADMIN, endpoint_id=endpoint_id, on=True)
        assert actions.replay_failed(actor=ADMIN, endpoint_id=endpoint_id, since=started) == 2
    work_off()
    assert [one.state for one in told(app, firm, endpoint_id)] == [DeliveryState.DELIVERED] * 2
    assert receiver.ids[0] in receiver.ids[1:]


def test_a_retry_after_is_respected(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(503, {"Retry-After": "3600"}, b""), (200, {}, b"")]
    endpoint_id, _ = add(app, firm, receiver)
    happen(app, firm, WorkOpened)
    work_off()
    (delivery,) = told(app, firm, endpoint_id)
    assert delivery.next_at is not None
    assert delivery.next_at - now() > timedelta(minutes=59)
    assert work_off(ahead=timedelta(minutes=58)) == 0
    assert work_off(ahead=timedelta(minutes=61)) == 1


def test_in_order_one_after_the_other(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(500, {}, b""), (204, {}, b"")]
    add(app, firm, receiver, ordered=True)
    happen(app, firm, WorkOpened, ClientAsked, WorkDelivered)
    work_off()
    assert len(receiver.heard) == 1  # the first failed: nobody overtakes it
    work_off(ahead=timedelta(seconds=9))
    kinds = [json.loads(body)["type"] for _, body in receiver.heard]
    assert kinds == ["work.opened", "work.opened", "work.question_asked", "work.delivered"]


def test_a_later_fact_written_down_first_waits_for_the_earlier_one(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    endpoint_id, _ = add(app, firm, receiver, ordered=True)
    happen(app, firm, WorkOpened)  # its job has not run yet
    with in_scope(app, firm), transaction():
        actions.send_test(actor=ADMIN, endpoint_id=endpoint_id)
        (test,) = queries.deliveries(endpoint_id)
        assert sending.begin(test.id, job_id=test.job_id) is None
    work_off(ahead=timedelta(seconds=2))
    kinds = [json.loads(body)["type"] for _, body in receiver.heard]
    assert kinds == ["work.opened", "webhook.test"]


def test_order_given_up_frees_what_waited(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(500, {}, b"")]
    endpoint_id, _ = add(app, firm, receiver, ordered=True)
    happen(app, firm, WorkOpened, ClientAsked)
    work_off()
    with in_scope(app, firm), transaction():
        actions.change(
            actor=ADMIN, endpoint_id=endpoint_id, url=receiver.url, event_types=ALL, ordered=False
        )
    work_off()
    assert len(set(receiver.ids)) == 2


def test_a_killed_worker_s_message_comes_again_under_its_id(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    endpoint_id, _ = add(app, firm, receiver)
    happen(app, firm, WorkOpened)
    work_off(at_most=1)
    (delivery,) = told(app, firm, endpoint_id)
    with in_scope(app, firm), transaction():  # and then the machine went dark
        first = sending.begin(delivery.id, job_id=delivery.job_id)
    assert first is not None
    with in_scope(app, firm), transaction():
        assert sending.begin(delivery.id, job_id=uuid4()) is None  # nobody else's job
    work_off()
    assert receiver.ids == [first.headers["webhook-id"]]
    with in_scope(app, firm), transaction():  # the dead man's word counts no more
        sending.end(
            delivery.id, attempt=first.attempt, outcome=sending.Outcome(status=500, why=Why.STATUS)
        )
    assert told(app, firm, endpoint_id)[0].state is DeliveryState.DELIVERED


def test_a_redirect_is_a_failure_that_is_not_followed(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(307, {"Location": receiver.url}, b"")]
    endpoint_id, _ = add(app, firm, receiver)
    happen(app, firm, WorkOpened)
    work_off()
    assert len(receiver.heard) == 1
    assert told(app, firm, endpoint_id)[0].why is Why.REDIRECT


def test_what_is_refused(app: Flask, firm: TenantRef, receiver: Receiver) -> None:
    for url in ("ftp://example.com/", "http://u:p@example.com/", "http://10.0.0.1/", "x", ""):
        with pytest.raises(Invalid) as faulty:
            add(app, firm, receiver, url=url)
        assert "url" in faulty.value.fields
    with pytest.raises(Invalid) as faulty:
        add(app, firm, receiver, event_types=["work.noted"])
    assert "event_types" in faulty.value.fields


def test_another_client_hears_nothing(
    app: Flask, firm: TenantRef, acme: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    endpoint_id, _ = add(app, firm, receiver)
    happen(app, acme, WorkOpened)
    work_off()
    assert receiver.heard == []
    with in_scope(app, acme):
        assert endpoint_id not in [one.id for one in queries.endpoints()]


def test_old_messages_are_forgotten_and_open_ones_kept(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work
) -> None:
    receiver.answers = [(204, {}, b""), (500, {}, b"")]
    endpoint_id, _ = add(app, firm, receiver)
    for _kind in range(2):
        happen(app, firm, WorkOpened)
        work_off()
    with freeze(now() + timedelta(days=89)), app.app_context():
        forget_old_messages()
    assert len(told(app, firm, endpoint_id)) == 2
    with freeze(now() + timedelta(days=91)), app.app_context():
        forget_old_messages()
    assert [one.state for one in told(app, firm, endpoint_id)] == [DeliveryState.WAITING]


def test_pauses_and_wishes() -> None:
    whole = sum((pause(n, chance=0.5) or timedelta() for n in range(1, 12)), timedelta())
    assert timedelta(days=2.9) < whole <= timedelta(days=3)
    assert pause(len(PAUSES) + 1, chance=0.5) is None
    at = now().replace(microsecond=0)
    assert wish("120", at=at) == timedelta(minutes=2)
    assert wish("999999999", at=at) == timedelta(hours=24)
    date = (at + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert wish(date, at=at) == timedelta(minutes=5)
    assert wish("soon", at=at) == wish("", at=at) == wish("-3", at=at) == timedelta()
