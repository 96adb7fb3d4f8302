"""The relay: caps, suspended clients, a forgetful Redis, lost tickets; ticker and housekeeping."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select, update

from app.jobs import enqueue, housekeeping, registry
from app.jobs.models import Job, JobAttempt
from app.jobs.relay import EPOCH_KEY, Relay
from app.jobs.rules import ALLOWANCE, JobClass, JobState
from app.jobs.ticker import Ticker
from app.kernel.clock import now
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, handed_out, rows, tick, work_off
from tests.factories.waiting import until

Limited = Callable[..., None]


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


def test_who_leads_again_releases_what_another_leader_held(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    relay = Relay(
        database_url=job_settings.database_direct_url,
        redis=redis,
        secret=job_settings.secret_key,
        beat=0.05,
    )
    with connect(job_settings.database_direct_url, autocommit=True) as connection:
        relay.tick(connection)
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    with connect(job_settings.database_direct_url) as connection:
        connection.execute("update provider.job set state = 'held'")
    leading = threading.Thread(target=relay.run)
    leading.start()
    try:
        until(lambda: rows()[0].state == "enqueued", what="the job's release", patience=5)
    finally:
        relay.stop.set()
        leading.join()


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
    first = _handed_out(job_settings)
    assert (first[ant.id, "test.effect"], first[bee.id, "test.effect"]) == (20, 3)
    assert not _handed_out(job_settings)


def _handed_out(settings: Settings) -> Counter[tuple[int | None, str]]:
    """Whose jobs, of which kind, one look marks as enqueued."""
    ids = [ticket.job_id for ticket in handed_out(settings)]
    with connect(settings.database_direct_url) as connection:
        found = connection.execute(
            b"select tenant_id, kind from provider.job where id = any(%s)", (ids,)
        )
        return Counter(found.fetchall())


def _waiting(tenant: TenantRef | None, *, jobs: int, kind: str = "test.effect") -> None:
    with tenant_scope(tenant) if tenant else nullcontext(), transaction():
        for number in range(jobs):
            enqueue(kind, args={"name": str(number)})


@pytest.fixture
def limited(job_settings: Settings) -> Iterator[Callable[..., None]]:
    """Set a limit; all are gone afterwards."""

    def limit(
        tenant: TenantRef | None,
        *,
        kind: str | None = None,
        cap: int | None = None,
        weight: int = 1,
    ) -> None:
        with connect(job_settings.database_direct_url) as owner:
            owner.execute(
                "insert into provider.job_limit (id, tenant_id, kind, cap, weight)"
                " values (gen_random_uuid(), %s, %s, %s, %s)",
                (tenant.id if tenant else None, kind, cap, weight),
            )

    yield limit
    with connect(job_settings.database_direct_url) as owner:
        owner.execute("truncate provider.job_limit")


def test_a_kind_keeps_to_its_cap_and_nobody_waits_behind_it(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, limited: Limited
) -> None:
    limited(None, kind="test.fails", cap=3)
    _waiting(ant, jobs=30, kind="test.fails")
    _waiting(bee, jobs=30, kind="test.fails")
    _waiting(ant, jobs=2)
    first = _handed_out(job_settings)
    assert first[ant.id, "test.fails"] + first[bee.id, "test.fails"] == 3
    assert first[ant.id, "test.fails"] in {1, 2}, "they share it"
    assert _handed_out(job_settings) == {(ant.id, "test.effect"): 2}


def test_a_kind_of_one_client_that_is_full_blocks_neither_the_client_nor_the_kind(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, limited: Limited
) -> None:
    limited(ant, kind="test.fails", cap=1)
    _waiting(ant, jobs=30, kind="test.fails")
    _waiting(bee, jobs=4, kind="test.fails")
    _waiting(ant, jobs=2)
    handed_out = _handed_out(job_settings) + _handed_out(job_settings)
    assert handed_out == {
        (ant.id, "test.fails"): 1,
        (bee.id, "test.fails"): 4,
        (ant.id, "test.effect"): 2,
    }


def test_twice_the_weight_is_twice_the_turns(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, limited: Limited
) -> None:
    limited(ant, cap=500)
    limited(bee, cap=500, weight=2)
    _waiting(ant, jobs=300)
    _waiting(bee, jobs=300)
    first = _handed_out(job_settings)
    assert first.total() == ALLOWANCE[JobClass.DEFAULT].window
    assert first[bee.id, "test.effect"] == pytest.approx(2 * first[ant.id, "test.effect"], abs=2)


def test_the_providers_own_jobs_wait_in_a_line_as_well(
    job_app: Flask, ant: TenantRef, job_settings: Settings
) -> None:
    _waiting(None, jobs=60)
    assert _handed_out(job_settings) == {(None, "test.effect"): 20}
    _waiting(ant, jobs=1)
    assert _handed_out(job_settings) == {(ant.id, "test.effect"): 1}, (
        "the provider's cap is reached"
    )


def test_what_is_put_off_is_not_read_before_its_time_and_joins_its_line_then(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "b"}, run_at=now() + timedelta(hours=1))
    assert tick(job_settings, redis) == 0
    assert not rows()[0].is_ripe
    with connect(job_settings.database_direct_url) as owner:
        owner.execute("update provider.job set run_at = now()")
    assert tick(job_settings, redis) == 1
    work_off(job_app, job_settings)
    assert effects(ant) == ["b"]


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
