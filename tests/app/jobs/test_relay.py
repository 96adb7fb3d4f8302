"""The relay: caps, suspended clients, a forgetful Redis, lost tickets; ticker and housekeeping."""

import threading
from datetime import timedelta

from flask import Flask
from redis import Redis
from sqlalchemy import select, update

from app.jobs import enqueue, housekeeping, registry
from app.jobs.dispatch import next_jobs
from app.jobs.models import Job, JobAttempt
from app.jobs.relay import EPOCH_KEY
from app.jobs.rules import JobClass, JobState
from app.jobs.ticker import Ticker
from app.kernel.clock import now
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, rows, tick, work_off
from tests.factories.waiting import until


def test_a_suspended_clients_jobs_wait(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    tick(job_settings, redis)
    _state_of(ant, "suspended", job_settings)
    try:
        work_off(job_app, job_settings)
        assert rows()[0].state == "pending"
        assert tick(job_settings, redis) == 0
    finally:
        _state_of(ant, "ready", job_settings)
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert effects(ant) == ["a"]


def _state_of(tenant: TenantRef, state: str, settings: Settings) -> None:
    with connect(settings.database_direct_url) as connection:
        connection.execute(
            "update provider.tenant set state = %s where id = %s", (state, tenant.id)
        )


def test_caps_leave_room_for_the_small_client(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings
) -> None:
    with tenant_scope(ant), transaction():
        for number in range(60):
            enqueue("test.effect", args={"name": str(number)})
    with tenant_scope(bee), transaction():
        for number in range(3):
            enqueue("test.effect", args={"name": str(number)})
    with connect(job_settings.database_direct_url, autocommit=True) as connection:
        first = next_jobs(connection, JobClass.DEFAULT, at=now(), lease=timedelta(seconds=30))
        again = next_jobs(connection, JobClass.DEFAULT, at=now(), lease=timedelta(seconds=30))
    clients = [ticket.tenant_id for ticket in first]
    assert (clients.count(ant.id), clients.count(bee.id)) == (20, 3)
    assert again == []


def test_a_redis_that_forgot_is_noticed(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    assert tick(job_settings, redis) == 1
    assert tick(job_settings, redis) == 0
    redis.flushdb()
    assert tick(job_settings, redis) == 1
    assert redis.exists(EPOCH_KEY)
    work_off(job_app, job_settings)
    assert effects(ant) == ["a"]


def test_a_ticket_that_only_waits_is_not_lost(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    tick(job_settings, redis)
    _expire_leases(job_settings)
    assert tick(job_settings, redis) == 0
    assert redis.llen("rq:queue:kontor-default") == 1
    assert rows()[0].lease_until > now()


def test_a_job_whose_worker_dies_three_times_is_dead(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    for _ in range(3):
        with connect(job_settings.database_direct_url) as connection:
            connection.execute("update provider.job set run_at = now() - interval '1 s'")
        tick(job_settings, redis)
        redis.lmove("rq:queue:kontor-default", "rq:queue:kontor-default:intermediate")
        _expire_leases(job_settings)
        assert tick(job_settings, redis) == 0, "it may be on its way from the queue to its row"
        tick(job_settings, redis, taking=timedelta(0))
    (row,) = rows()
    assert (row.state, row.deaths) == (JobState.DEAD, 3)
    assert db.session.scalars(select(JobAttempt.outcome)).all() == ["lost"] * 3


def _expire_leases(settings: Settings) -> None:
    with connect(settings.database_direct_url) as connection:
        connection.execute("update provider.job set lease_until = now() - interval '1 second'")


def test_what_was_done_long_ago_is_swept(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "old"})
        enqueue("test.effect", args={"name": "young"})
        enqueue("test.effect", args={"name": "waiting"})
    old, young, waiting = (row.id for row in rows())
    with transaction():
        for job_id, age in ((old, 15), (young, 13)):
            db.session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(state=JobState.DONE, finished_at=now() - timedelta(days=age))
            )
    assert housekeeping.sweep() == 1
    assert [row.id for row in rows()] == [young, waiting]


def test_the_ticker_calls_what_is_due_whatever_fails_beside_it(
    job_app: Flask, job_settings: Settings
) -> None:
    calls: list[str] = []

    def failing() -> None:
        calls.append("failing")
        raise RuntimeError("a bad day")

    def periodic(name: str, function: object, seconds: float) -> registry.Periodic:
        return registry.Periodic(
            name=name,
            function=function,  # type: ignore[arg-type]
            every=timedelta(seconds=seconds),
        )

    ticker = Ticker(
        app=job_app,
        database_url=job_settings.database_direct_url,
        beat=0.02,
        periodic={
            "failing": periodic("failing", failing, 0),
            "often": periodic("often", lambda: calls.append("often"), 0),
            "rarely": periodic("rarely", lambda: calls.append("rarely"), 3600),
        },
    )
    thread = threading.Thread(target=ticker.run)
    thread.start()
    try:
        until(lambda: calls.count("often") > 2, what="the ticker")
    finally:
        ticker.stop.set()
        thread.join()
    assert calls.count("failing") > 2
    assert calls.count("rarely") == 1
