"""Broken promises become credits: with evidence, under a cap, disputed, on one invoice only."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.billing import crediting, queries
from app.billing.actions import credits as deciding
from app.billing.actions.contracts import Conditions
from app.billing.credit_models import ServiceCredit
from app.billing.rules.kinds import CreditState, LineKind
from app.billing.rules.terms import Month
from app.identity.permissions import Permission
from app.jobs import running
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.running import Ending
from app.jobs.tickets import Ticket
from app.kernel.actor import Actor, Side
from app.kernel.clock import freeze
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.kernel.ids import new_id
from config import Settings
from tenants.db import db, transaction
from tests.factories import billing_book, promise_book
from tests.factories.billing_book import EMIL
from tests.factories.promise_book import Book
from tests.factories.terms_book import a_line

OCTOBER = Month(first=date(2026, 10, 1))
LADDER = {
    "clauses": [{"name": "late", "metrics": ["resolution"], "percent": "10"}],
    "cap_percent": "15",
}
CLARA = Actor(
    id=new_id(),
    name="Clara Client",
    side=Side.CLIENT,
    permissions=frozenset({Permission.CREDIT_DISPUTE}),
)


@pytest.fixture(scope="module")
def book(app: Flask, settings: Settings) -> Book:
    return promise_book.build(app, settings, "credited")


def carry_out(app: Flask, kind: str) -> None:
    """The newest job of this kind, as the worker does it."""
    with app.app_context():
        with transaction():
            jobs = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)
            job = db.session.scalars(jobs).one()
            job.state = JobState.ENQUEUED
            ticket = Ticket(job_id=job.id, attempt=job.attempts, tenant_id=job.tenant_id)
        assert running.carry_out(ticket) is Ending.DONE


def test_a_broken_promise_is_credited_once_on_the_next_invoice(app: Flask, book: Book) -> None:
    client = book.ref
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        line = a_line(LineKind.RETAINER, amount_minor=10_000)
        billing_book.agreed_terms(
            client, line, valid_from=OCTOBER.first, conditions=Conditions(credits=LADDER)
        )
        issued = billing_book.issued(client, OCTOBER)
        invoice_id, fee = issued.id, queries.lines(issued.id)[0].net_minor
    with freeze(datetime(2026, 11, 3, 10, tzinfo=UTC)):
        carry_out(app, "billing.look_for_credits")
        carry_out(app, crediting.JOB)
    with book.scope("2026-11-03 10:00"):
        (shown,) = crediting.all_credits(tenant_id=client.id)
        proposed = shown.credit
        assert shown.breaches
        assert all(one.minutes_late > 0 and one.item_number for one in shown.breaches)
        uncapped = len(shown.breaches) * fee // 10
        assert proposed.uncapped_minor == uncapped
        assert proposed.amount_minor == min(uncapped, fee * 15 // 100)
        amount, credit_id = proposed.amount_minor, proposed.id
    with book.scope("2026-11-03 10:00"):
        assert crediting.propose(invoice_id) is None, "a breach counts once"
    with book.scope("2026-11-04 10:00"):
        with pytest.raises(Invalid):
            deciding.dispute(actor=CLARA, credit_id=credit_id, reason=" ")
        with pytest.raises(Forbidden):
            deciding.approve(actor=CLARA, credit_id=credit_id)
        deciding.dispute(actor=CLARA, credit_id=credit_id, reason="One is missing")
    with app.app_context(), transaction():
        with pytest.raises(Invalid):
            deciding.refuse(actor=EMIL, credit_id=credit_id, answer="")
        row = deciding.approve(actor=EMIL, credit_id=credit_id, answer="Both are in it")
        assert (row.state, row.dispute) == (CreditState.APPROVED, "One is missing")
        with pytest.raises(Conflict):
            deciding.refuse(actor=EMIL, credit_id=credit_id, answer="No")
        november_id = billing_book.issued(client, Month(first=OCTOBER.following)).id
        last = queries.lines(november_id)[-1]
        assert (last.kind, last.quantity, last.net_minor) == ("credit", -1, -amount)
        december = billing_book.issued(client, Month(first=date(2026, 12, 1)))
        assert [one.kind for one in queries.lines(december.id)] == ["retainer"]
    with app.app_context():
        row = db.session.scalars(select(ServiceCredit).where(ServiceCredit.id == credit_id)).one()
        assert (row.state, row.invoice_id) == (CreditState.CREDITED, november_id)
    with book.scope("2026-11-05 10:00"), pytest.raises(Conflict):
        deciding.dispute(actor=CLARA, credit_id=credit_id, reason="Too late")
