"""Finance at the desk hands our own bookings to the tax adviser."""

from datetime import date
from http import HTTPStatus

from app.billing.invoice_models import Invoice
from app.books.datev.batch import read_back
from app.collecting.accounting import ACCOUNTS, CHARTS
from tenants.db import db, transaction
from tests.factories import billing_book
from tests.factories.desk_house import House

PAGE = "/desk/invoices/datev/"
DAYS = {"since": "1999-03-01", "until": "1999-03-31"}
"""Long ago: no other test's bookings are of these days."""
BOOKS = {
    "adviser": "1001", "client": "456", "chart": "SKR03", "account_length": "4",
    "first_month": "1", **{f"account-{name}": CHARTS["SKR03"][name] for name in ACCOUNTS},
}  # fmt: skip


def test_from_the_books_to_the_file(house: House) -> None:
    with house.app.app_context(), transaction():
        billing_book.set_parties(house.south)
        key = billing_book.an_invoice(house.south, gross_minor=11_900, period=date(1999, 3, 1))
        db.session.get_one(Invoice, key).vat_groups = [
            {"category": "S", "percent": "19", "net_minor": 10_000, "vat_minor": 1_900}
        ]
    paul = house.visitor("paul")
    assert "8400" in paul.page(f"{PAGE}books?chart=SKR03")
    wrong = paul.post(f"{PAGE}books", data={**BOOKS, "adviser": "1", "account-bank": "12"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "4 to 7 digits" in wrong.text
    assert paul.post(f"{PAGE}books", data=BOOKS).status_code == HTTPStatus.SEE_OTHER
    other = paul.page(f"{PAGE}books?chart=SKR04")
    assert "4400" in other, "the chart that was asked for"
    assert "1001" in other, "beside what is kept"
    query = f"{PAGE}?since={DAYS['since']}&until={DAYS['until']}"
    assert "€119.00" in paul.page(query)
    made = paul.post(PAGE, data=DAYS)
    assert made.status_code == HTTPStatus.SEE_OTHER, made.text
    page = paul.page(made.location)
    assert "1 booking is in the file" in page
    assert f"/desk/invoices/{key}" in page
    file = paul.get(f"{made.location}/download").data
    assert [(credit, minor) for _, credit, minor, _ in read_back(file)] == [("8400", 11_900)]
    page = paul.page(query)
    assert "1 booking of these days was handed over already" in page
    assert "Nothing of these days waits" in page
    assert paul.post(PAGE, data=DAYS).status_code == HTTPStatus.CONFLICT
    crossing = paul.get(f"{PAGE}?since=1999-12-01&until=2000-01-31")
    assert crossing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "one fiscal year" in crossing.text


def test_operators_neither_see_nor_make_it(house: House) -> None:
    anna = house.visitor("anna")
    for path in (PAGE, f"{PAGE}books"):
        assert anna.get(path).status_code == HTTPStatus.FORBIDDEN
    assert anna.post(PAGE, data=DAYS).status_code == HTTPStatus.FORBIDDEN
    assert anna.post(f"{PAGE}books", data=BOOKS).status_code == HTTPStatus.FORBIDDEN
