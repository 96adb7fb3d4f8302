"""A bare house of the jobs' own, and jobs whose effects can be counted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import delete, select, text

from app.jobs import limits
from app.jobs.models import Fact, Job, JobAttempt, JobRelay
from app.jobs.relay import TAKING, Relay
from app.jobs.rules import JobClass
from app.jobs.tickets import Ticket
from app.jobs.turns import next_jobs
from app.jobs.working import work
from app.kernel.clock import now
from config import Settings
from devtools import embedded
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.bare_house import house

House = tuple[Flask, list[TenantRef], dict[str, str]]


@pytest.fixture(scope="session")
def job_house(
    servers: tuple[embedded.Postgres, embedded.Redis], tmp_path_factory: Any
) -> Iterator[House]:
    postgres, redis = servers
    folder: Path = tmp_path_factory.mktemp("jobs")
    with house(
        postgres.superuser_url,
        redis.url,
        database="kontor_jobs",
        data_dir=folder,
        slugs=("ant", "bee"),
    ) as (application, refs, values):
        yield application, refs, dict(values)


@pytest.fixture
def job_app(job_house: House) -> Iterator[Flask]:
    application, refs, values = job_house
    with application.app_context():
        with transaction():
            for table in (JobAttempt, Job, JobRelay):
                db.session.execute(delete(table))
        db.session.remove()
        with connect(values["DATABASE_DIRECT_URL"]) as owner:
            for ref in refs:
                owner.execute(f"truncate {ref.schema}.fact".encode())
            owner.execute("truncate provider.fact")
        Redis.from_url(values["REDIS_URL"]).flushdb()
        yield application
        db.session.remove()


@pytest.fixture
def ant(job_house: House) -> TenantRef:
    return job_house[1][0]


@pytest.fixture
def bee(job_house: House) -> TenantRef:
    return job_house[1][1]


@pytest.fixture
def job_settings(job_house: House) -> Settings:
    return Settings.from_mapping(job_house[2])


@pytest.fixture
def redis(job_house: House) -> Iterator[Redis]:
    connection = Redis.from_url(job_house[2]["REDIS_URL"])
    yield connection
    connection.close()


def rows() -> list[Any]:
    """Every job, as the provider sees it."""
    found = db.session.execute(text("select * from provider.job order by id")).all()
    db.session.rollback()
    return list(found)


def tick(settings: Settings, redis: Redis, *, taking: timedelta = TAKING) -> int:
    relay = Relay(
        database_url=settings.database_direct_url,
        redis=redis,
        secret=settings.secret_key,
        taking=taking,
    )
    with connect(settings.database_direct_url, autocommit=True) as connection:
        return relay.tick(connection)


def handed_out(settings: Settings) -> list[Ticket]:
    """What one look for the next jobs marks as enqueued."""
    with connect(settings.database_direct_url, autocommit=True) as connection:
        return next_jobs(
            connection,
            JobClass.DEFAULT,
            limits=limits.at_present(connection),
            at=now(),
            lease=timedelta(seconds=30),
        )


def work_off(app: Flask, settings: Settings, job_class: JobClass = JobClass.DEFAULT) -> None:
    work(app, job_class, redis_url=settings.redis_url, secret=settings.secret_key, burst=True)


def effects(tenant: TenantRef) -> list[str]:
    with tenant_scope(tenant):
        found = db.session.scalars(select(Fact.name).where(Fact.name.like("effect:%")))
        return [name.removeprefix("effect:") for name in found]
