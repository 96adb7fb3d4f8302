"""What people do to jobs: pause, resume, edit, stop, give up, one or many; and batches."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import delete, select, update

from app.audit import queries as audit
from app.jobs import enqueue, enqueue_batch, handling, pauses, queries
from app.jobs.models import Job, JobPause
from app.jobs.queries import Narrowed, View
from app.jobs.rules import JobState
from app.kernel.actor import SYSTEM
from app.kernel.errors import Conflict, Invalid, NotFound
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, rows, tick, work_off
from tests.factories import job_kinds


@pytest.fixture(autouse=True)
def _nothing_paused(job_app: Flask) -> None:
    with transaction():
        db.session.execute(delete(JobPause))


def ordered(tenant: TenantRef, *names: str, kind: str = "test.effect") -> list[UUID]:
    with tenant_scope(tenant), transaction():
        made = [enqueue(kind, args={"name": name}) for name in names]
    return [one for one in made if one]


def states() -> list[str]:
    return [row.state for row in rows()]


def test_a_paused_client_or_kind_is_held_and_goes_on(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    ordered(ant, "a")
    ordered(bee, "b")
    with transaction():
        enqueue("test.effect", args={"name": "own"})
        pauses.pause(actor=SYSTEM, tenant_id=ant.id, kind=None, reason="is moving")
        pauses.pause(actor=SYSTEM, tenant_id=0, kind="test.effect")
    assert tick(job_settings, redis) == 1
    work_off(job_app, job_settings)
    assert states() == ["held", "done", "held"]
    with transaction():
        assert [one.client for one in pauses.pauses()] == [None, "Ant"]
        with pytest.raises(Conflict):
            pauses.pause(actor=SYSTEM, tenant_id=ant.id, kind=None)
    with transaction():
        pauses.resume(actor=SYSTEM, tenant_id=ant.id, kind=None)
        pauses.resume(actor=SYSTEM, tenant_id=0, kind="test.effect")
        assert audit.latest(limit=1)[0].verb != "jobs.resumed"
    assert audit.latest(limit=1)[0].verb == "jobs.resumed"
    db.session.rollback()
    assert tick(job_settings, redis) == 2
    work_off(job_app, job_settings)
    assert states() == ["done", "done", "done"]


def test_nobody_pauses_everything_by_accident(job_app: Flask) -> None:
    with transaction():
        with pytest.raises(Invalid):
            pauses.pause(actor=SYSTEM, tenant_id=None, kind=None)
        with pytest.raises(Invalid):
            pauses.pause(actor=SYSTEM, tenant_id=None, kind="no.such")
        with pytest.raises(NotFound):
            pauses.resume(actor=SYSTEM, tenant_id=None, kind="test.effect")


def test_views_tell_waiting_delayed_held_and_dead_apart(job_app: Flask, ant: TenantRef) -> None:
    ids = ordered(ant, "a", "b", "c", "d")
    with transaction():
        _set(ids[1], state=JobState.HELD)
        _set(ids[2], state=JobState.DEAD)
        _set(ids[3], state=JobState.RUNNING)
    with transaction():
        found = queries.counts(Narrowed(tenant_id=ant.id, kind="test.effect"))
        assert [found[view] for view in View] == [1, 1, 1, 0, 1, 0]
        assert sum(queries.counts(Narrowed(tenant_id=0)).values()) == 0
        (group,) = queries.groups()
        shown = {view: found[view] for view in queries.OPEN_VIEWS}
        assert (group.tenant_id, group.kind, group.numbers) == (ant.id, "test.effect", shown)


def _set(job_id: UUID, **values: object) -> None:
    db.session.execute(update(Job).where(Job.public_id == job_id).values(**values))


def test_many_at_once_and_what_is_refused_is_counted(job_app: Flask, ant: TenantRef) -> None:
    ids = ordered(ant, "a", "b", "c")
    with transaction():
        _set(ids[0], state=JobState.DEAD, attempts=5)
        _set(ids[1], state=JobState.DONE)
    with transaction():
        tally = handling.for_each(
            lambda one: handling.retry(actor=SYSTEM, job_id=one), [*ids, uuid4()]
        )
    assert (tally.done, sum(tally.refused.values()), len(tally.refused)) == (2, 2, 2)
    assert [(row.state, row.attempts) for row in rows()] == [
        ("pending", 0),
        ("done", 0),
        ("pending", 0),
    ]


def test_arguments_are_changed_only_to_what_the_job_can_take(
    job_app: Flask, ant: TenantRef
) -> None:
    with tenant_scope(ant), transaction():
        job_id = enqueue("test.typed", args={"lamp_id": uuid4(), "at": "2026-01-01T00:00:00+00:00"})
    assert job_id is not None
    new = str(uuid4())
    with transaction():
        handling.edit(actor=SYSTEM, job_id=job_id, args={"lamp_id": new})
    assert rows()[0].args["lamp_id"] == new
    refused = [{"lamp_id": "no id"}, {"other": "x"}]
    for args in refused:
        with transaction(), pytest.raises(Invalid):
            handling.edit(actor=SYSTEM, job_id=job_id, args=args)
    with transaction():
        _set(job_id, state=JobState.RUNNING)
    with transaction(), pytest.raises(Conflict):
        handling.edit(actor=SYSTEM, job_id=job_id, args={"lamp_id": new})
    entry = audit.latest(limit=1)[0]
    assert (entry.verb, entry.detail["after"]["lamp_id"]) == ("job.edited", new)


def test_a_job_in_a_workers_hands_is_not_waited_for(
    job_app: Flask, ant: TenantRef, job_settings: Settings
) -> None:
    (job_id,) = ordered(ant, "a")
    with connect(job_settings.database_direct_url) as worker:
        worker.execute("select 1 from provider.job for update")
        with transaction(), pytest.raises(Conflict):
            handling.discard(actor=SYSTEM, job_id=job_id)


def test_a_long_job_that_is_given_up_stops_at_its_next_checkpoint(
    job_app: Flask,
    ant: TenantRef,
    job_settings: Settings,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (job_id,) = ordered(ant, "a", kind="test.steps")
    monkeypatch.setattr(job_kinds, "BETWEEN", [lambda: _give_up_from_outside(job_settings)])
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    (row,) = rows()
    assert (row.state, row.lease_token, row.progress) == ("cancelled", None, {"done": 2, "of": 3})
    assert row.public_id == job_id
    assert effects(ant) == ["a1", "a2"]


def _give_up_from_outside(settings: Settings) -> None:
    with connect(settings.database_direct_url) as other:
        other.execute("update provider.job set cancel_requested_at = now()")


def test_a_batch_is_followed_once_all_its_parts_have_ended(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        parts = [{"name": name} for name in "abc"]
        enqueue_batch("test.effect", parts=parts, then="test.report", then_args={})
    assert states() == ["waiting", "pending", "pending", "pending"]
    assert tick(job_settings, redis) == 3
    work_off(job_app, job_settings)
    assert states()[0] == "pending"
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert states() == ["done"] * 4
    assert sorted(effects(ant)) == ["a", "b", "c", "{'done': 3}"]


def test_a_part_that_fails_for_good_lets_the_batch_go_on(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue_batch("test.fails", parts=[{"name": "a"}], then="test.report", then_args={})
    with transaction():
        db.session.execute(update(Job).values(attempts=1))
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert states() == ["pending", "dead"]
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert effects(ant) == ["{'dead': 1}"]


def test_a_part_done_again_is_waited_for_again(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        parts = [{"name": "a"}, {"name": "b"}]
        enqueue_batch("test.effect", parts=parts, then="test.report", then_args={})
    ids = [row.public_id for row in rows()]
    with transaction():
        handling.discard(actor=SYSTEM, job_id=ids[1])
    assert rows()[0].waits_for == 1
    with transaction():
        handling.retry(actor=SYSTEM, job_id=ids[1])
    assert (rows()[0].waits_for, states()) == (2, ["waiting", "pending", "pending"])


def test_a_batch_given_up_gives_up_what_is_left_of_it(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        parts = [{"name": name} for name in "abcd"]
        batch = enqueue_batch("test.effect", parts=parts, then="test.report", then_args={})
    ids = [row.public_id for row in rows()]
    with transaction():
        _set(ids[1], state=JobState.DONE)
        _set(ids[2], state=JobState.RUNNING)
    with transaction():
        handling.discard(actor=SYSTEM, job_id=batch)
    assert states() == ["cancelled", "done", "running", "cancelled", "cancelled"]
    assert rows()[2].cancel_requested_at is not None


def test_an_empty_batch_is_followed_at_once(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        enqueue_batch("test.effect", parts=[], then="test.report", then_args={})
    assert states() == ["pending"]
    assert db.session.scalar(select(Job.waits_for)) == 0
