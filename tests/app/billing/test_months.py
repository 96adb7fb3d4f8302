"""A month over all clients: started twice, and killed in the middle, each is billed once."""

import os
import signal
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Thread

from flask import Flask
from sqlalchemy import func, select

from app.billing.actions import months, rating
from app.billing.invoice_models import BilledEntry, Invoice, RatingRun
from app.billing.rules.kinds import LineKind, RunState
from app.billing.rules.terms import Month
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.app.billing.conftest import MakeClient
from tests.factories import billing_book
from tests.factories.billing_book import ROSA
from tests.factories.terms_book import a_line

MAY = Month(first=date(2023, 5, 1))
"""Long ago: few other tests' clients had terms then."""
UNITS = a_line(LineKind.UNIT_PRICE, service_key="general_request", unit_price=Decimal(2))


def begin(app: Flask, clients: list[TenantRef]) -> None:
    with app.app_context(), transaction():
        for client in clients:
            billing_book.agreed_terms(client, UNITS, valid_from=MAY.first)
            billing_book.an_entry(client, "3", datetime(2023, 5, 9, 9, tzinfo=UTC))


def counted(app: Flask, clients: list[TenantRef]) -> tuple[int, int, int]:
    ids = [client.id for client in clients]
    with app.app_context():
        found = [
            db.session.scalar(select(func.count()).where(model.tenant_id.in_(ids))) or 0
            for model in (RatingRun, Invoice, BilledEntry)
        ]
    return found[0], found[1], found[2]


def rate(app: Flask, *, dies_at_third_of: Sequence[int] = ()) -> None:
    """As the job does it, one commit a client; perhaps dead, as by kill -9, before the third's."""
    mine = select(func.count()).where(RatingRun.tenant_id.in_(dies_at_third_of))
    with app.app_context():

        def told(_done: int, _of: int) -> None:
            if db.session.scalar(mine) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            db.session.commit()

        months.rate_month(actor=ROSA, month=MAY, told=told)
        db.session.remove()


def test_case_31_killed_in_the_middle_and_started_twice_each_client_is_billed_once(
    app: Flask, new_client: MakeClient
) -> None:
    clients = [new_client() for _ in range(4)]
    begin(app, clients)
    child = os.fork()
    if child == 0:
        try:
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose(close=False)
            rate(app, dies_at_third_of=[client.id for client in clients])
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert counted(app, clients) == (2, 2, 2), "what was committed is there, the rest is not"
    threads = [Thread(target=rate, args=(app,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counted(app, clients) == (4, 4, 4)


def test_a_client_that_cannot_be_rated_does_not_stop_the_others(
    app: Flask, new_client: MakeClient
) -> None:
    bad, good = new_client(), new_client()
    begin(app, [bad, good])
    with app.app_context(), transaction():
        for version in rating.agreed.versions(bad.id):
            version.valid_until = date(2023, 5, 8)
    rate(app)
    with app.app_context():
        failed, done = (rating.latest_run(one.id, MAY) for one in (bad, good))
        assert failed is not None
        assert done is not None
        assert (failed.state, done.state) == (RunState.FAILED, RunState.DRAFT)
        assert failed.trouble[0]["params"] == {"day": "2023-05-09"}
