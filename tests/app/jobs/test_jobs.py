"""Publishing, enqueuing and carrying out, with real PostgreSQL and Redis in one process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select, text

from app.jobs import codec, enqueue, publish, registry, running
from app.jobs.models import Job, JobAttempt
from app.jobs.registry import UnknownKind
from app.jobs.running import Ending
from app.jobs.tickets import Ticket
from app.kernel.clock import now
from app.kernel.money import Money
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, handed_out, rows, tick, work_off
from tests.factories.job_kinds import SEEN, Colour, LampLit


def lamp() -> LampLit:
    return LampLit(
        lamp_id=uuid4(),
        colour=Colour.RED,
        price=Money(1250, "EUR"),
        factor=Decimal("1.10"),
        due_at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        rooms=("hall", "stairs"),
    )


def test_a_fact_survives_the_way_into_the_table_and_back() -> None:
    event = lamp()
    assert codec.decode(LampLit, codec.encode(event)) == event


def test_a_subscriber_and_a_task_of_one_name_do_not_take_each_others_jobs() -> None:
    def of_room(name: str) -> Callable[[], None]:
        def function() -> None:
            """Does nothing."""

        function.__module__, function.__qualname__ = f"app.lamps.{name}", "light"
        return function

    registry.job("lamps.light")(of_room("tasks"))
    try:
        with pytest.raises(ValueError, match=r"lamps\.light"):
            registry.job("lamps.light")(of_room("subscribers"))
    finally:
        registry.TASKS.pop("lamps.light")


def test_a_fact_of_an_older_release_is_read_with_defaults() -> None:
    values = codec.encode(lamp()) | {"gone_by_now": 1}
    del values["rooms"]
    assert codec.decode(LampLit, values).rooms == ()


def test_a_fact_that_lacks_a_value_is_refused() -> None:
    with pytest.raises(codec.Undecodable):
        codec.decode(LampLit, {"colour": "red"})


def test_one_failing_subscriber_neither_blocks_nor_repeats_another(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    SEEN.clear()
    event = lamp()
    with tenant_scope(ant), transaction():
        publish(event)
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    work_off(job_app, job_settings)
    assert [event] == SEEN
    states = {row.kind.rsplit(".", 1)[1]: row.state for row in rows()}
    assert states == {"remember": "done", "stumble": "dead"}
    dead = next(row for row in rows() if row.state == "dead")
    assert dead.last_error == "ValueError: cannot bear red"
    attempt = db.session.scalars(select(JobAttempt)).one()
    assert "Traceback" in attempt.error
    assert attempt.tenant_id == ant.id


def test_nothing_is_left_of_what_was_rolled_back(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction() as tx:
        publish(lamp())
        enqueue("test.effect", args={"name": "a"})
        tx.doom()
    assert rows() == []


def test_jobs_work_inside_and_outside_a_client(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with transaction():
        enqueue("test.effect", args={"name": "provider"})
    db.session.remove()
    for tenant in (ant, bee):
        with tenant_scope(tenant), transaction():
            enqueue("test.effect", args={"name": tenant.slug})
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert [row.state for row in rows()] == ["done"] * 3
    assert effects(ant) == ["ant"]
    assert effects(bee) == ["bee"]
    assert db.session.execute(text("select name from provider.fact")).scalars().all() == [
        "effect:provider"
    ]


def test_a_client_sees_its_own_jobs_only(job_app: Flask, ant: TenantRef, bee: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    with tenant_scope(bee):
        assert db.session.scalars(select(Job)).all() == []
    with tenant_scope(ant):
        assert len(db.session.scalars(select(Job)).all()) == 1


def test_ids_come_typed(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.typed", args={"lamp_id": uuid4(), "at": now()})
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert effects(ant) == ["UUID:UTC"]


def test_an_equal_job_is_taken_once_while_active(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), transaction():
        taken = [enqueue("test.effect", args={"name": "a"}, dedupe_key="k") for _ in range(3)]
    assert [one is not None for one in taken] == [True, False, False]
    with transaction():
        assert enqueue("test.effect", args={"name": "a"}, dedupe_key="k") is not None
        assert enqueue("test.effect", args={"name": "a"}, dedupe_key="k") is None
    assert len(rows()) == 2


def test_an_unknown_kind_is_refused_at_once(job_app: Flask, ant: TenantRef) -> None:
    with tenant_scope(ant), pytest.raises(UnknownKind):
        enqueue("test.nobody", args={})


def test_a_failure_is_rolled_back_and_tried_later(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.fails", args={"name": "a"})
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    (row,) = rows()
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.run_at > now() + timedelta(minutes=50)
    assert row.last_error == "RuntimeError: the lamp is broken"
    assert effects(ant) == []
    assert tick(job_settings, redis) == 0


def test_a_careless_job_is_stopped_at_its_time_limit(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.hangs", args={})
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    (row,) = rows()
    assert (row.state, row.last_error) == ("dead", "OutOfTime: longer than 0 s")


def test_a_second_dispatch_does_nothing(
    job_app: Flask, ant: TenantRef, job_settings: Settings
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    (ticket,) = handed_out(job_settings)
    assert running.carry_out(ticket) is Ending.DONE
    assert running.carry_out(ticket) is Ending.SKIPPED
    assert effects(ant) == ["a"]


def test_a_ticket_for_another_client_finds_nothing(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    (ticket,) = handed_out(job_settings)
    stranger = Ticket(job_id=ticket.job_id, attempt=0, tenant_id=bee.id)
    assert running.carry_out(stranger) is Ending.SKIPPED
    assert rows()[0].state == "enqueued"
    assert effects(ant) == effects(bee) == []


@pytest.mark.parametrize("tampering", ["hmac", "tenant", "function", "callback"])
def test_a_tampered_ticket_is_refused(
    job_app: Flask,
    ant: TenantRef,
    bee: TenantRef,
    job_settings: Settings,
    redis: Redis,
    tampering: str,
) -> None:
    with tenant_scope(ant), transaction():
        enqueue("test.effect", args={"name": "a"})
    tick(job_settings, redis)
    (key,) = redis.keys("rq:job:*")
    change = {
        "hmac": ("meta", b'{"attempt": 0, "tenant": %d, "version": 1, "hmac": "0"}' % ant.id),
        "tenant": ("meta", redis.hget(key, "meta").replace(b"%d" % ant.id, b"%d" % bee.id)),
        "function": ("data", b'["os.system", null, ["true"], {}]'),
        "callback": ("success_callback_name", b"os.system"),
    }
    redis.hset(key, *change[tampering])
    work_off(job_app, job_settings)
    assert rows()[0].state == "enqueued"
    assert effects(ant) == effects(bee) == []
