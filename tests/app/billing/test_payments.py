"""Money for an invoice: what came twice is noted once, and what is paid says so."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.billing import queries
from app.billing.actions.payments import note_collection, record_payment
from app.billing.rules.kinds import CollectionState, InvoiceState, PaymentState
from app.jobs.models import ProviderFact
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import new_id
from app.kernel.money import Money
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.factories import billing_book


def test_a_payment_is_noted_once_and_the_last_cent_pays_the_invoice(
    app: Flask, acme: TenantRef
) -> None:
    with app.app_context():
        with transaction():
            invoice_id = billing_book.an_invoice(acme, gross_minor=11_900, period=date(2024, 1, 1))
        for source, minor, state in (
            ("bank:1", 5_000, PaymentState.PARTLY_PAID),
            ("bank:1", 5_000, PaymentState.PARTLY_PAID),
            ("bank:2", 6_899, PaymentState.PARTLY_PAID),
            ("bank:3", 1, PaymentState.PAID),
            ("bank:4", 1, PaymentState.OVERPAID),
            ("bank:5", -11_900, PaymentState.PARTLY_PAID),
        ):
            with transaction():
                pay(invoice_id, minor, source)
            assert queries.invoice(invoice_id).payment_state is state, source
        facts = db.session.scalars(
            select(ProviderFact.name).where(
                ProviderFact.payload["invoice_id"].as_string() == str(invoice_id)
            )
        )
        assert list(facts) == ["InvoicePaid"], "what was paid is told once"


def pay(invoice_id, minor, source, currency="EUR"):  # type: ignore[no-untyped-def]
    amount = Money(minor, currency)
    record_payment(actor=SYSTEM, invoice_id=invoice_id, amount=amount, at=now(), source=source)


def test_other_currencies_drafts_and_strangers_are_refused(app: Flask, acme: TenantRef) -> None:
    with app.app_context(), transaction():
        issued = billing_book.an_invoice(acme, gross_minor=100, period=date(2024, 2, 1))
        draft = billing_book.an_invoice(
            acme, gross_minor=100, period=date(2024, 3, 1), state=InvoiceState.DRAFT
        )
        with pytest.raises(Conflict):
            pay(issued, 100, "bank:1", "JPY")
        with pytest.raises(Conflict):
            pay(draft, 100, "bank:1")
        with pytest.raises(NotFound):
            pay(new_id(), 100, "bank:1")


def test_a_late_failure_does_not_touch_what_is_paid(app: Flask, acme: TenantRef) -> None:
    with app.app_context(), transaction():
        invoice_id = billing_book.an_invoice(acme, gross_minor=100, period=date(2024, 4, 1))
        for state in (CollectionState.PROCESSING, CollectionState.FAILED):
            noted = note_collection(actor=SYSTEM, invoice_id=invoice_id, state=state)
            assert noted.collection_state is state
        pay(invoice_id, 100, "stripe:pi_1")
        noted = note_collection(actor=SYSTEM, invoice_id=invoice_id, state=CollectionState.FAILED)
        assert noted.collection_state is CollectionState.NONE
        disputed = CollectionState.DISPUTED
        noted = note_collection(actor=SYSTEM, invoice_id=invoice_id, state=disputed)
        assert noted.collection_state is disputed
