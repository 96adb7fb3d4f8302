"""A statement too long for a request is booked by a job: once, also where its worker dies."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.books import actions as books
from app.books import queries
from app.clients import actions as clients
from app.jobs import running
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.running import Ending
from app.jobs.tickets import Ticket
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.services.reconciliation import books as keeping
from app.services.reconciliation.samples import OPEN, mt940
from app.work import queries as work
from app.work import service_books
from app.work.queries import WRITE_BOOKS
from app.work.rules import WorkStatus
from config import Settings
from tenants import opening
from tenants.db import db, transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.office import Office
from tests.factories.running_checks import run_so_far, wait_again

LINES = 5
MOVED = 61280
"""Of the sample statement: what the bank account grows by, in cents."""


@pytest.fixture(scope="module")
def office(app: Flask, settings: Settings) -> Office:
    owner = settings.database_direct_url
    opening.open_client(owner, slug="long", name="Long GmbH", code="LNG", at=now())
    with app.app_context(), transaction():
        tenant = by_slug("long")
        clients.agree(
            actor=SYSTEM,
            tenant_id=tenant.id,
            number="V-LNG",
            valid_from=date(2020, 1, 1),
            services={"reconciliation": {}},
        )
    return Office(app, tenant)


def run_again(office: Office) -> tuple[Ending, dict[str, int] | None]:
    """Do the job; how it ended, and how far it says to be."""
    with office.app.app_context():
        mine = (Job.tenant_id == office.tenant.id, Job.kind == WRITE_BOOKS)
        with transaction():
            job = db.session.scalars(select(Job).where(*mine)).one()
            ticket = Ticket(job_id=job.id, attempt=job.attempts, tenant_id=office.tenant.id)
            db.session.execute(
                update(Job)
                .where(*mine, Job.state == JobState.PENDING)
                .values(state=JobState.ENQUEUED)
            )
        ending = running.carry_out(ticket)
        with transaction():
            return ending, db.session.scalars(select(Job.progress).where(*mine)).one()


def test_it_is_booked_once_and_goes_on_where_it_died(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    files = (("auszug.sta", mt940(date(2026, 11, 25))), ("posten.csv", OPEN.encode()))
    item = office.order("reconciliation", "statement", {"bank_account": "1200"}, *files)
    office.hand_over(item)
    office.approve(item)
    office.accept(item)

    def booked() -> tuple[int, int]:
        with in_scope(office.app, office.tenant), transaction():
            rows = queries.bookings(item_id=item)
            moved = sum(
                one.amount_minor * ((one.debit == "1200") - (one.credit == "1200")) for one in rows
            )
            return queries.count_lines(item, booked=True), moved

    # The acceptance did not wait for it.
    assert office.status(item) is WorkStatus.ACCEPTED
    assert booked() == (0, 0)

    # It dies in its second part: the first one stays, and is told.
    whole, parts = books.book, []

    def dying(**part: object) -> None:
        parts.append(part)
        if len(parts) == 2:
            raise RuntimeError("the worker is gone")
        whole(**part)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(books, "book", dying)
        ending, progress = run_again(office)
    assert ending is Ending.FAILED
    assert progress == {"done": 2, "of": LINES}
    run_so_far(settings, item, done=2, of=LINES)
    with in_scope(office.app, office.tenant), transaction():
        assert work.how_far_booked(work.item(item)) == (2, LINES)
    wait_again(settings, item)
    assert booked() == (2, 23800 + 119000)

    # Another one goes on from there; a third time there is nothing left to do.
    assert run_again(office)[0] is Ending.DONE
    assert booked() == (LINES, MOVED)
    assert run_again(office)[0] is Ending.SKIPPED
    with in_scope(office.app, office.tenant):
        service_books.write(item_id=item)
    assert booked() == (LINES, MOVED)


def test_a_short_one_is_booked_at_once(office: Office) -> None:
    files = (("auszug.sta", mt940(date(2026, 11, 24), account="0000202077")),)
    item = office.order("reconciliation", "statement", {"bank_account": "1200"}, *files)
    office.hand_over(item)
    office.approve(item)
    office.accept(item)
    with in_scope(office.app, office.tenant), transaction():
        assert queries.count_lines(item, booked=True) == LINES
