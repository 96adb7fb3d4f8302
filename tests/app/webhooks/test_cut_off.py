"""A message whose job will not go on is marked, and can be sent again."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.kernel.clock import now
from app.webhooks import actions, sending
from app.webhooks.models import WebhookDelivery
from app.webhooks.rules import DeliveryState, Why
from app.webhooks.tasks import mark_what_nobody_will_tell
from app.work.events import WorkOpened
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.app.webhooks.conftest import ADMIN, Work
from tests.app.webhooks.test_delivering import add, happen, told
from tests.conftest import in_scope
from tests.factories.receiver import Receiver


def look(app: Flask, firm: TenantRef, endpoint_id: UUID) -> WebhookDelivery:
    """The endpoint's first message after somebody has looked for what nobody will tell."""
    with app.app_context():
        mark_what_nobody_will_tell()
    return told(app, firm, endpoint_id)[0]


@pytest.mark.parametrize("state", [JobState.DEAD, JobState.CANCELLED])
def test_it_is_marked_and_sent_again_under_its_id(
    app: Flask, firm: TenantRef, receiver: Receiver, work_off: Work, state: JobState
) -> None:
    endpoint_id, _ = add(app, firm, receiver, ordered=True)
    happen(app, firm, WorkOpened)
    happen(app, firm, WorkOpened)
    work_off(at_most=1)
    first = told(app, firm, endpoint_id)[0]
    with in_scope(app, firm), transaction():
        assert sending.begin(first.id, job_id=first.job_id) is not None
    assert look(app, firm, endpoint_id).state is DeliveryState.SENDING, "its job may go on"
    with app.app_context(), transaction():  # its workers have died too often
        job = update(Job).where(Job.public_id == first.job_id)
        db.session.execute(job.values(state=state, finished_at=now()))
    marked = look(app, firm, endpoint_id)
    assert (marked.state, marked.why) == (DeliveryState.FAILED, Why.CUT_OFF)
    work_off()
    assert len(set(receiver.ids)) == 1, "the next in order went on"
    with in_scope(app, firm), transaction():
        actions.replay(actor=ADMIN, delivery_id=first.id)
    assert look(app, firm, endpoint_id).state is DeliveryState.WAITING, "it has another job"
    work_off()
    assert told(app, firm, endpoint_id)[0].state is DeliveryState.DELIVERED
    assert f"msg_{first.id.hex}" in receiver.ids
