"""What the ticker does for work items without anybody asking."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.kernel.actor import Actor, Side
from app.kernel.clock import freeze, now
from app.work import idempotency, tasks
from app.work.actions import handling
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.flows.test_work_item import ANNA, complete_checklist, contract, order

__all__ = ["contract"]
MACHINE = Actor(id=uuid4(), name="ERP", side=Side.CLIENT, permissions=frozenset())


@pytest.mark.usefixtures("contract")
def test_an_acceptance_that_was_given_up_is_not_tried_every_minute(
    app: Flask, acme: TenantRef
) -> None:
    item_id = order(app, acme)
    with in_scope(app, acme), transaction():
        item = handling.take(actor=ANNA, item_id=item_id)
        complete_checklist(ANNA, item)
        handling.hand_over(actor=ANNA, item_id=item_id)
    mine = (Job.kind == "work.accept_overdue", Job.dedupe_key == str(item_id))
    with app.app_context(), freeze(now() + timedelta(days=60)):
        tasks.accept_what_was_not_answered()
        with transaction():
            db.session.execute(update(Job).where(*mine).values(state=JobState.DEAD))
        tasks.accept_what_was_not_answered()
        with transaction():
            assert db.session.scalar(select(func.count()).select_from(Job).where(*mine)) == 1
            # Given up for good, so that it bothers no other test.
            db.session.execute(update(Job).where(*mine).values(state=JobState.CANCELLED))


def test_keys_of_old_requests_are_forgotten(app: Flask, acme: TenantRef) -> None:
    item_id, moment = uuid4(), now()
    with in_scope(app, acme):
        for days, key in ((31, "old"), (29, "young")):
            with transaction(), freeze(moment - timedelta(days=days)):
                idempotency.remember(actor=MACHINE, key=key, request_hash="1", item_id=item_id)
    with in_scope(app, acme), transaction():
        tasks.forget_old_keys()
    with in_scope(app, acme), transaction():
        assert idempotency.find(actor=MACHINE, key="old", request_hash="2") is None
        assert idempotency.find(actor=MACHINE, key="young", request_hash="1") == item_id
