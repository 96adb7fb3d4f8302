"""The client's own side of money: invoices down to the work, cost, allowance, credits, dispute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.rules.kinds import CreditState, LineKind
from app.billing.rules.terms import Month
from app.kernel.clock import freeze
from tenants.db import transaction
from tests.factories import billing_book
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import Visitor
from tests.factories.terms_book import a_line

JUNE = Month(first=date(2015, 6, 1))
"""Long ago: no other test's invoices are of this month."""
ROOM = "/p/sommer/invoices"


@pytest.fixture(scope="module")
def invoice_id(app: Flask, town: Town) -> Iterator[UUID]:
    """3 of 10 included units used, a fee of 50.00; and 12 units of July so far."""
    client = town.baker
    with billing_book.leaving_no_terms(app, 2015):
        with app.app_context(), transaction():
            billing_book.set_parties(client)
            fee = a_line(LineKind.RETAINER, amount_minor=5_000, title="Basic fee")
            included = a_line(
                LineKind.ALLOWANCE, service_key="general_request", included=Decimal(10)
            )
            billing_book.agreed_terms(client, fee, included, valid_from=JUNE.first)
            billing_book.an_entry(client, "3", datetime(2015, 6, 9, tzinfo=UTC))
            key = billing_book.issued(client, JUNE).id
            billing_book.an_entry(client, "12", datetime(2015, 7, 9, tzinfo=UTC))
        yield key


def test_an_invoice_leads_to_the_work_behind_it(
    admin: Visitor, requester: Visitor, invoice_id: UUID
) -> None:
    page = admin.page(f"{ROOM}/")
    assert f"{ROOM}/{invoice_id}" in page
    assert "€59.50" in page
    assert "Cost per month" in page
    assert 'class="chart"' in page
    page = admin.page(f"{ROOM}/{invoice_id}")
    assert "Basic fee" in page
    assert "1 accepted task" in page
    assert admin.get(f"{ROOM}/{invoice_id}/file/pdf").data.startswith(b"%PDF")
    assert admin.page(f"{ROOM}/{invoice_id}/file/xml").startswith("<?xml")
    refused = requester.get(f"{ROOM}/")
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "It belongs to: Approver, Admin." in refused.text


def test_before_the_allowance_is_used_up_the_client_is_warned(
    admin: Visitor, invoice_id: UUID
) -> None:
    assert invoice_id
    with freeze(datetime(2015, 6, 10, 12, tzinfo=UTC)):
        page = admin.page(f"{ROOM}/")
        assert "3 of 10 included units used, 9 expected" in page
        assert "will not last" not in page
    with freeze(datetime(2015, 6, 9, 12, tzinfo=UTC)):
        page = admin.page(f"{ROOM}/")
        assert "3 of 10 included units used, 10 expected" in page
    with freeze(datetime(2015, 7, 20, 12, tzinfo=UTC)):
        page = admin.page(f"{ROOM}/")
        assert "12 of 10 included units used" in page
        assert "further units are charged" in page


def test_a_credit_is_disputed_by_who_may_and_answered(
    app: Flask, town: Town, admin: Visitor, approver: Visitor, stranger: Visitor
) -> None:
    with app.app_context(), transaction():
        key = billing_book.a_credit(town.baker, date(2015, 3, 1), amount_minor=700)
    path = f"{ROOM}/credits/{key}/dispute"
    assert "€7.00" in admin.page(f"{ROOM}/credits")
    assert approver.post(path, data={"reason": "x"}).status_code == HTTPStatus.FORBIDDEN
    assert stranger.post(path, data={"reason": "x"}).status_code == HTTPStatus.NOT_FOUND
    theirs = f"/p/kern/invoices/credits/{key}/dispute"
    assert stranger.post(theirs, data={"reason": "x"}).status_code == HTTPStatus.NOT_FOUND
    sent = admin.post(path, data={"reason": "Two more were late"})
    assert sent.status_code == HTTPStatus.SEE_OTHER
    assert "Two more were late" in admin.page(f"{ROOM}/credits")
    with app.app_context(), transaction():
        assert billing_book.credit(key).state is CreditState.DISPUTED
    gone = admin.post(f"{ROOM}/credits/{uuid4()}/dispute", data={"reason": "x"})
    assert gone.status_code == HTTPStatus.NOT_FOUND


def test_another_clients_invoice_is_unknown(stranger: Visitor, invoice_id: UUID) -> None:
    for path in (f"/p/kern/invoices/{invoice_id}", f"/p/kern/invoices/{invoice_id}/file/pdf"):
        assert stranger.get(path).status_code == HTTPStatus.NOT_FOUND
