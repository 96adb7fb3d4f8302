"""Finance at the desk: terms are drafted and agreed, a month is billed by two people."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from uuid import UUID

from app.billing import agreed, overview
from app.billing.actions import months
from app.billing.rules.terms import Month
from app.clients import actions as clients
from app.kernel.actor import SYSTEM
from tenants.db import db, transaction
from tests.factories import billing_book
from tests.factories.desk_house import House

MARCH = Month(first=date(2022, 3, 1))
"""Long ago: no other test's clients had terms then."""
FORM = {
    "valid_from": "2022-03-01",
    "currency": "EUR",
    "terms_days": "10",
    "billing_day": "1",
    "zone": "Europe/Berlin",
    "vat_treatment": "standard",
    "vat_percent": "19",
    "collection": "send_invoice",
    "reminder_days": "3, 14",
    "read_only_days": "30",
    "credit_percent": "5",
    "credit_cap": "15",
    "key": ["", ""],
    "kind": ["retainer", "unit_price"],
    "service_key": ["", "general_request"],
    "role": ["", ""],
    "title": ["Basic fee", ""],
    "amount": ["100,00", ""],
    "price_model": ["flat", "graduated"],
    "unit_price": ["", ""],
    "tiers": ["", "2: 3.00; : 2.50"],
    "included": ["", ""],
    "roll_over": ["", ""],
    "vat_percent_line": ["", ""],
}


def test_a_portal_that_is_never_locked_stays_so_when_its_terms_are_drafted_anew(
    house: House,
) -> None:
    paul = house.visitor("paul")
    terms = f"/desk/c/{house.south.slug}/terms"
    with house.app.app_context(), transaction():
        billing_book.a_contract(house.south, date(2022, 3, 1))
    kept = paul.post(f"{terms}/new", data={**FORM, "read_only_days": ""})
    assert kept.status_code == HTTPStatus.SEE_OTHER, kept.text
    version_id = UUID(kept.location.rpartition("/")[2])
    with house.app.app_context():
        plan = overview.version(version_id, tenant_id=house.south.id).dunning
    assert plan == {"reminder_days": [3, 14]}


def test_from_terms_to_a_corrected_invoice(house: House) -> None:
    client, app = house.south, house.app
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM, tenant_id=client.id, number="BILL-1",
            valid_from=date(2022, 1, 1), services={},
        )  # fmt: skip
        billing_book.set_parties(client)
        billing_book.an_entry(client, "3", datetime(2022, 3, 8, 9, tzinfo=UTC))
    paul, sabine = house.visitor("paul"), house.visitor("sabine")
    terms = f"/desk/c/{client.slug}/terms"
    assert "Draft terms" in paul.page(f"{terms}/new")
    wrong = paul.post(f"{terms}/new", data={**FORM, "tiers": ["", "2: 3.00"]})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "no upper bound" in wrong.text
    kept = paul.post(f"{terms}/new", data=FORM)
    assert kept.status_code == HTTPStatus.SEE_OTHER, kept.text
    page = paul.page(f"{kept.location}?month=2022-03")
    assert "€129.12" in page, "100 + 2 units of 3.00 + 1 of 2.50, and 19 %"
    assert paul.post(f"{kept.location}/agree").status_code == HTTPStatus.SEE_OTHER
    with app.app_context(), transaction():
        assert agreed.versions(client.id)[-1].agreed_by == "Paul Reuter"
        months.rate_month(actor=house.actor("sabine"), month=MARCH, told=lambda *_: None)
        (row,) = overview.month_rows(MARCH)
        assert row.invoice is not None
        assert row.is_notable, "a first invoice"
        invoice = f"/desk/invoices/{row.invoice.id}"
    assert "€129.12" in paul.page("/desk/invoices/?month=2022-03")
    assert sabine.post(f"{invoice}/approve").status_code == HTTPStatus.FORBIDDEN
    assert "has to approve" in sabine.page(invoice)
    approved = paul.post("/desk/invoices/approve", data={"month": "2022-03", "all": "1"})
    assert approved.status_code == HTTPStatus.SEE_OTHER
    paul.post(f"{invoice}/draft")
    paul.post(f"{invoice}/approve")
    paul.post(f"{invoice}/issue")
    page = paul.page(invoice)
    assert "XRechnung" in page
    by_hand = f"{invoice}/payments/new"
    sent = {"way": "in", "amount": "100,00", "on": "2022-04-11", "reference": "17/4"}
    assert "129.12" in paul.page(by_hand), "what is open is proposed"
    for wrong in ({"amount": "0"}, {"amount": "1.005"}, {"on": "2999-01-01"}, {"reference": " "},
                  {"way": "back"}):  # fmt: skip
        refused = paul.post(by_hand, data={**sent, **wrong})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, wrong
    assert paul.post(by_hand, data=sent).status_code == HTTPStatus.SEE_OTHER
    again = paul.post(by_hand, data=sent)
    assert "noted already" in again.text
    assert "29.12" in paul.page(by_hand)
    assert "17/4" in paul.page(invoice)
    assert house.visitor("anna").get(by_hand).status_code == HTTPStatus.FORBIDDEN
    assert "1 accepted task" in page
    assert paul.page(f"{invoice}/file/xml").startswith("<?xml")
    answer = paul.post(f"{invoice}/correct", data={"reason": "Wrong address"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "Wrong address" in paul.page(answer.location)
    sabine.post(f"{answer.location}/approve")
    paul.post(f"{answer.location}/issue")
    assert ">Open<" not in paul.page(answer.location), "a correction asks for nothing"
    assert "Partly paid" in paul.page(invoice), "what came in has to go back"
    back = {**sent, "way": "back", "reference": "18/1"}
    assert paul.post(by_hand, data=back).status_code == HTTPStatus.SEE_OTHER
    assert ">Open<" not in paul.page(invoice)
    assert house.visitor("anna").post(f"{invoice}/issue").status_code == HTTPStatus.FORBIDDEN
    with app.app_context():
        db.session.remove()
