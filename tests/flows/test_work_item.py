"""A work item's life through the actions: ordered, worked, checked, delivered, counted."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.queries import usage_of
from app.billing.subscribers import record_usage
from app.clients import actions as clients
from app.documents.actions import store
from app.identity.permissions import CLIENT_PERMISSIONS, STAFF_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.work import desk_queries, index, queries
from app.work.actions import closing, handling, orders, talking
from app.work.actions.orders import Order
from app.work.models import WorkItem
from app.work.rules import WaitingFor, WorkStatus
from tenants.context import TenantRef
from tenants.db import transaction
from tests.conftest import in_scope


def operator(name: str, role: StaffRole = StaffRole.OPERATOR) -> Actor:
    return Actor(
        id=uuid4(), name=name, side=Side.PROVIDER, permissions=frozenset(STAFF_PERMISSIONS[role])
    )


ANNA, JAN = operator("Anna Krüger"), operator("Jan Brandt")
THOMAS = Actor(
    id=uuid4(),
    name="Thomas Sommer",
    side=Side.CLIENT,
    permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN]),
)
REQUEST = {"subject": "Bescheinigung für die Bank", "description": "Bitte bis Freitag."}


@pytest.fixture
def contract(app: Flask, acme: TenantRef) -> None:
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM,
            tenant_id=acme.id,
            number="V-1",
            valid_from=date(2020, 1, 1),
            services={"general_request": {"price_minor": 1200}, "accounts_payable": {}},
        )


def order(app: Flask, acme: TenantRef) -> UUID:
    with in_scope(app, acme), transaction():
        (item,) = orders.open_items(
            actor=THOMAS,
            order=Order(service_key="general_request", type_key="request", payload=REQUEST),
        )
        return item.id


def status(app: Flask, acme: TenantRef, item_id: UUID) -> WorkStatus:
    with in_scope(app, acme):
        return queries.item(item_id).status


def complete_checklist(actor: Actor, item: WorkItem) -> None:
    for entry in queries.checklist(item.id):
        handling.tick(actor=actor, item_id=item.id, key=entry.key, done=True)


@pytest.mark.usefixtures("contract")
def test_from_order_to_ledger(app: Flask, acme: TenantRef) -> None:
    item_id = order(app, acme)
    with app.app_context(), transaction():
        row = desk_queries.one(tenant_id=acme.id, item_id=item_id)
        assert row is not None
        assert row.number.startswith("ACME-")
        assert row.is_open
    with in_scope(app, acme), transaction():
        item = handling.claim(actor=ANNA, item_id=item_id, reason={"due": "soon"})
        assert item is not None
        assert handling.claim(actor=JAN, item_id=item_id, reason={}) is None
        with pytest.raises(Conflict):
            handling.hand_over(actor=ANNA, item_id=item_id)
        complete_checklist(ANNA, item)
    with in_scope(app, acme), transaction():
        handling.correct(actor=ANNA, item_id=item_id, values={"result": "Liegt bei."})
        handling.hand_over(actor=ANNA, item_id=item_id)
        (result,) = queries.documents(item_id, results=True)
        assert result.name.startswith("ACME-")
    assert status(app, acme, item_id) is WorkStatus.DELIVERED
    with in_scope(app, acme), transaction():
        item = closing.accept(actor=THOMAS, item_id=item_id)
        fact = closing._accepted(item)  # noqa: SLF001
        closing.accept(actor=THOMAS, item_id=item_id)
    for _ in range(2):
        with in_scope(app, acme), transaction():
            record_usage(fact)
    with app.app_context():
        (entry,) = usage_of(item_id, tenant_id=acme.id)
        assert (entry.unit_price_minor, entry.quantity) == (1200, 1)


@pytest.mark.usefixtures("contract")
def test_waiting_for_the_client_and_back(app: Flask, acme: TenantRef) -> None:
    item_id = order(app, acme)
    with in_scope(app, acme), transaction():
        item = talking.ask_client(actor=ANNA, item_id=item_id, body="Welche Bank?")
        assert (item.status, item.waiting_for) == (WorkStatus.WAITING, WaitingFor.CLIENT)
    with in_scope(app, acme), transaction():
        talking.say(actor=THOMAS, item_id=item_id, body="Die Sparkasse.")
        assert queries.item(item_id).status is WorkStatus.IN_PROGRESS


@pytest.mark.usefixtures("contract")
def test_who_worked_on_it_cannot_check_it(app: Flask, acme: TenantRef) -> None:
    item_id = order(app, acme)
    lead = operator("Mia Schulz", StaffRole.ADMIN)
    with in_scope(app, acme), transaction():
        item = handling.take(actor=lead, item_id=item_id)
        item.four_eyes = True
        complete_checklist(lead, item)
        handling.hand_over(actor=lead, item_id=item_id)
        with pytest.raises(Forbidden):
            handling.approve(actor=lead, item_id=item_id)
        with pytest.raises(Invalid):
            handling.reject(actor=JAN, item_id=item_id, reason=" ")
        assert (
            handling.reject(actor=JAN, item_id=item_id, reason="Datum fehlt").assignee_id == lead.id
        )
        handling.hand_over(actor=lead, item_id=item_id)
        handling.approve(actor=JAN, item_id=item_id)
    assert status(app, acme, item_id) is WorkStatus.DELIVERED


@pytest.mark.usefixtures("contract")
def test_a_complaint_reopens_and_later_makes_rework(app: Flask, acme: TenantRef) -> None:
    item_id = order(app, acme)
    with in_scope(app, acme), transaction():
        item = handling.take(actor=ANNA, item_id=item_id)
        complete_checklist(ANNA, item)
        handling.hand_over(actor=ANNA, item_id=item_id)
        same = closing.complain(actor=THOMAS, item_id=item_id, reason="Seite 2 fehlt")
        assert (same.id, same.status) == (item_id, WorkStatus.IN_PROGRESS)
        handling.hand_over(actor=ANNA, item_id=item_id)
        closing.accept(actor=THOMAS, item_id=item_id)
        rework = closing.complain(actor=THOMAS, item_id=item_id, reason="Doch falsch")
        assert rework.id != item_id
        assert not rework.billable
        assert index.number_of(rework) != index.number_of(item)


def test_files_are_stored_once_per_content(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    xml = b"<?xml version='1.0'?><Invoice/>"
    with in_scope(app, acme), transaction():
        first = store(actor=THOMAS, name="../../etc/a.xml", content=xml)
        second = store(actor=THOMAS, name="b.xml", content=xml)
        assert first.name == "a.xml"
        assert first.sha256 == second.sha256
        with pytest.raises(Invalid, match="not what its ending says"):
            store(actor=THOMAS, name="c.pdf", content=xml)
        with pytest.raises(Invalid, match="is empty"):
            store(actor=THOMAS, name="d.xml", content=b"")
