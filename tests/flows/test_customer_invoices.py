"""A client's own invoices: two at once never get one number; once accepted they are owed."""

from datetime import date

import pytest
from flask import Flask

from app.books import queries as books
from app.books.models import OpenKind
from app.clients import actions as clients
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.services.invoicing.samples import ISSUER, WORKSHOP, order, position
from app.work import queries
from app.work.actions import handling
from config import Settings
from tenants import opening
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.flows.test_money_flow import CHECKER, CLERK, Office


@pytest.fixture
def office(app: Flask, settings: Settings) -> Office:
    opening.open_client(
        settings.database_direct_url,
        slug="billing-own",
        name="Lagerhaus Nord GmbH",
        code="LHN",
        at=now(),
    )
    with app.app_context(), transaction():
        tenant = by_slug("billing-own")
        clients.agree(
            actor=SYSTEM,
            tenant_id=tenant.id,
            number="V-LHN",
            valid_from=date(2020, 1, 1),
            services={"invoicing": {}},
        )
    return Office(app, tenant)


def test_two_invoices_at_once_get_two_numbers_and_are_owed_once_accepted(office: Office) -> None:
    today = now().date()
    hours = [position("Beratung", "2", "HUR", "100.00")]
    payload = order(today, WORKSHOP, positions=hours, discount_percent="2", discount_days=7)
    first = office.order("invoicing", "invoice", payload)
    goods = [position("Ware", "1", "C62", "50.00", "7")]
    bare = {key: one for key, one in payload.items() if key not in ISSUER}
    second = office.order(
        "invoicing", "invoice", {**payload, "positions": goods, "discount_percent": "0",
                                 "discount_days": 0}
    )  # fmt: skip
    number = f"RE-{today.year}-0001"
    assert office.values(first)["invoice_number"] == number
    following = f"RE-{today.year}-0002"
    assert office.values(second)["invoice_number"] == following
    with in_scope(office.app, office.tenant), transaction():
        handling.take(actor=CLERK, item_id=second)
        values = {**queries.item(second).values, "invoice_number": number}
        handling.correct(actor=CLERK, item_id=second, values=values)
    office.hand_over(first)
    assert [name for name, _ in office.approve(first)] == [
        "preview.svg",
        f"{number}-zugferd.pdf",
        f"{number}-xrechnung.xml",
    ]
    office.hand_over(second)
    with pytest.raises(Conflict, match=number):
        office.approve(second)
    with in_scope(office.app, office.tenant), transaction():
        handling.reject(actor=CHECKER, item_id=second, reason="Nummer vergeben")
    with in_scope(office.app, office.tenant), transaction():
        handling.take(actor=CLERK, item_id=second)
        values = {**queries.item(second).values, "invoice_number": following}
        handling.correct(actor=CLERK, item_id=second, values=values)
        handling.hand_over(actor=CLERK, item_id=second)
    assert office.approve(second)[-1][0] == f"{following}-xrechnung.xml"
    third = office.order("invoicing", "invoice", bare)
    assert office.values(third)["invoice_number"] == f"RE-{today.year}-0003"
    assert office.values(third)["seller_city"] == "Hamburg", "as on the last invoice"
    office.accept(first)
    with in_scope(office.app, office.tenant), transaction():
        (owed,) = books.open_items(kind=OpenKind.RECEIVABLE)
        assert (owed.reference, owed.amount_minor, owed.discount_minor) == (number, 23_800, 476)
        (booked,) = books.bookings()
        assert (booked.debit, booked.credit, booked.amount_minor) == ("69999", "8400", 23_800)
