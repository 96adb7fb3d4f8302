"""TENANCY's case 13: a job whose client was closed in the meantime."""

from flask import Flask
from redis import Redis

from app.jobs import enqueue
from app.kernel.clock import now
from config import Settings
from tenants import opening
from tenants.context import TenantRef, TenantState
from tenants.db import transaction
from tenants.scope import tenant_scope
from tests.app.jobs.conftest import effects, rows, tick, work_off


def test_it_does_nothing_and_is_done_when_the_client_is_reopened(
    job_app: Flask, ant: TenantRef, bee: TenantRef, job_settings: Settings, redis: Redis
) -> None:
    owner = job_settings.database_direct_url
    for tenant in (ant, bee):
        with tenant_scope(tenant), transaction():
            enqueue("test.effect", args={"name": "a"})
    tick(job_settings, redis)  # both are on their way to a worker
    opening.change_state(owner, slug="ant", state=TenantState.CLOSED, at=now())
    try:
        work_off(job_app, job_settings)
        states = {row.tenant_id: row.state for row in rows()}
        assert states == {ant.id: "pending", bee.id: "done"}
        assert (effects(ant), effects(bee)) == ([], ["a"])
        assert tick(job_settings, redis) == 0, "a closed client's job is not sent out again"
    finally:
        opening.change_state(owner, slug="ant", state=TenantState.READY, at=now())
    tick(job_settings, redis)
    work_off(job_app, job_settings)
    assert effects(ant) == ["a"]
