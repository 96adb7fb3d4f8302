"""What the client's people are told by mail, and what not."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.identity import accounts, team
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.kernel.actor import Actor, Side
from app.messages import mail
from app.work import index, queries
from app.work.actions import handling, orders, talking
from app.work.actions.orders import Order
from app.work.events import ClientAsked, WorkDelivered
from app.work.subscribers import tell_of_the_delivery, tell_of_the_question
from tenants.context import TenantRef
from tenants.db import transaction
from tests.conftest import in_scope
from tests.flows.test_work_item import ANNA, REQUEST, complete_checklist, contract

__all__ = ["contract"]


@pytest.fixture
def requester(app: Flask, acme: TenantRef) -> Actor:
    address = f"petra-{uuid4().hex[:8]}@acme.example"
    with app.app_context(), transaction():
        account_id = accounts.create(
            email=address, name="Petra Lange", password="Sommerweizen-77-hell"
        )
        team.add_member(account_id=account_id, client=acme, role=ClientRole.REQUESTER)
    return Actor(
        id=account_id,
        name=address,
        side=Side.CLIENT,
        permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.REQUESTER]),
    )


def ordered(requester: Actor) -> UUID:
    wanted = Order(service_key="general_request", type_key="request", payload=REQUEST)
    return orders.open_items(actor=requester, order=wanted)[0].id


@pytest.mark.usefixtures("contract")
def test_a_question_reaches_who_ordered(app: Flask, acme: TenantRef, requester: Actor) -> None:
    with in_scope(app, acme), transaction():
        item_id = ordered(requester)
        item = talking.ask_client(actor=ANNA, item_id=item_id, body="Welche Bank?")
        talking.jot(actor=ANNA, item_id=item_id, body="geheime Notiz")
        number = index.number_of(item)
        tell_of_the_question(ClientAsked(item_id=item_id, number=number, requester_id=requester.id))
        (sent,) = [one for one in mail.mails() if one.recipient == requester.name]
        text = mail.text_of(sent)
        assert number in text.subject
        assert f"/p/acme/requests/{item_id}" in text.text
        assert "geheime Notiz" not in text.text + text.html


@pytest.mark.usefixtures("contract")
def test_an_answered_question_is_not_mailed(app: Flask, acme: TenantRef, requester: Actor) -> None:
    with in_scope(app, acme), transaction():
        item_id = ordered(requester)
        item = talking.ask_client(actor=ANNA, item_id=item_id, body="Welche Bank?")
        talking.say(actor=requester, item_id=item_id, body="Die Sparkasse.")
        tell_of_the_question(
            ClientAsked(item_id=item_id, number=index.number_of(item), requester_id=requester.id)
        )
        assert [one for one in mail.mails() if one.recipient == requester.name] == []


@pytest.mark.usefixtures("contract")
def test_a_delivery_names_the_day_it_counts_as_accepted(
    app: Flask, acme: TenantRef, requester: Actor
) -> None:
    with in_scope(app, acme), transaction():
        item_id = ordered(requester)
        item = handling.take(actor=ANNA, item_id=item_id)
        complete_checklist(ANNA, item)
        handling.hand_over(actor=ANNA, item_id=item_id)
        fact = WorkDelivered(
            item_id=item_id, number=index.number_of(item), requester_id=requester.id
        )
        tell_of_the_delivery(fact)
        (sent,) = [one for one in mail.mails() if one.recipient == requester.name]
        accept_by = queries.item(item_id).accept_by
        assert accept_by is not None
        assert accept_by.strftime("%d.%m.%Y") in mail.text_of(sent).text
