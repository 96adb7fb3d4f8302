"""What an e-invoice would not take of the parties is found by our own rules, also in production."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.adapters.einvoice import checking
from app.billing import parties
from app.billing.rules.kinds import InvoiceState, LineKind
from app.billing.rules.parties import BuyerDetails, SellerDetails
from app.billing.rules.terms import Month
from tenants.db import transaction
from tests.app.billing.conftest import MakeClient
from tests.factories import billing_book
from tests.factories.billing_book import BUYER, ROSA, SELLER
from tests.factories.terms_book import a_line

GOOD_SELLER, GOOD_BUYER = SellerDetails.of(SELLER), BuyerDetails.of(BUYER)
JULY = Month(first=date(2018, 7, 1))


@pytest.fixture(autouse=True)
def nothing_stays_agreed(app: Flask) -> Iterator[None]:
    with billing_book.leaving_no_terms(app, 2018):
        yield


def test_what_the_tests_use_is_right() -> None:
    assert [*GOOD_SELLER.wrong(), *GOOD_BUYER.wrong()] == []
    assert list(SellerDetails().wrong()) == [], "what is empty is missing, not wrong"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "Germany"), ("country", "de"), ("vat_id", "136695976"), ("vat_id", "D"),
        ("email", "rechnung.kontor.example"), ("email", "a b@c"), ("phone", "none"),
        ("iban", "DE75512108001245126198"), ("iban", "12345"),
    ],
)  # fmt: skip
def test_a_malformed_field_is_named(field: str, value: str) -> None:
    assert list(replace(GOOD_SELLER, **{field: value}).wrong()) == [field]


def test_without_the_validator_our_own_rules_block_the_issue(
    app: Flask, new_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_validator", lambda: None)  # as in production
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client, email="nobody")
        billing_book.agreed_terms(
            client, a_line(LineKind.RETAINER, amount_minor=100), valid_from=JULY.first
        )
        blocked = billing_book.issued(client, JULY)
        assert (blocked.state, blocked.number) == (InvoiceState.APPROVED, "")
        assert blocked.blocked_because == [{"code": "buyer_wrong", "detail": "email"}]
        parties.set_buyer(actor=ROSA, client=client, details=BUYER)
        from app.billing.actions import issuing

        assert issuing.issue(actor=ROSA, invoice_id=blocked.id).number
