"""Tiny jobs: one ticket drains many of a client's, each in a savepoint of its own."""

from collections import Counter
from datetime import timedelta

from flask import Flask
from redis import Redis
from sqlalchemy import update

from app.jobs import enqueue
from app.jobs.drains import MOST
from app.jobs.models import Job
from app.jobs.turns import DRAINS
from app.kernel.clock import now
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, rows, tick, work_off


def order(tenant: TenantRef, *names: str) -> None:
    with tenant_scope(tenant), transaction():
        for name in names:
            enqueue("test.tiny", args={"name": name})


def test_a_few_tickets_drain_many_jobs(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    names = [f"{n:03}" for n in range(2 * MOST)]
    order(ant, *names)
    order(bee, "b")
    assert tick(job_settings, redis) == DRAINS + 1
    work_off(job_app, job_settings)
    assert sorted(effects(ant)) == names, "each once"
    assert effects(bee) == ["b"]
    assert {(row.state, row.attempts) for row in rows()} == {("done", 1)}


def test_one_transaction_does_no_more_than_fifty(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    order(ant, *(f"{n:03}" for n in range(4 * MOST)))
    tick(job_settings, redis)
    redis.ltrim("rq:queue:kontor-default", 0, 0)
    work_off(job_app, job_settings)
    assert len(effects(ant)) == MOST


def test_one_that_fails_is_rolled_back_alone(
    job_app: Flask, ant: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    order(ant, "bad first", "a", "bad", "b")
    with transaction():
        later = update(Job).where(Job.args["name"].astext == "b")
        db.session.execute(later.values(run_at=now() + timedelta(hours=1)))
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert effects(ant) == ["a"]
    states = [(row.args["name"], row.state, row.attempts, row.last_error) for row in rows()]
    assert states == [
        ("bad first", "pending", 1, "ValueError: bad from the start"),
        ("a", "done", 1, None),
        ("bad", "pending", 1, "ValueError: bad from the start"),
        ("b", "pending", 0, None),
    ]
    with transaction():
        db.session.execute(update(Job).where(Job.attempts == 1).values(run_at=now()))
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert Counter(row.state for row in rows()) == {"dead": 2, "done": 1, "pending": 1}


def test_paused_and_foreign_ones_are_left_alone(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    order(ant, "a", "held")
    order(bee, "b")
    tick(job_settings, redis)
    with transaction():
        held = update(Job).where(Job.args["name"].astext.in_(["held", "b"]))
        db.session.execute(held.values(state="held"))
    work_off(job_app, job_settings)
    assert (effects(ant), effects(bee)) == (["a"], [])
