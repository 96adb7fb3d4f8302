"""A house of jobs around which processes and Redis may be killed."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from devtools import embedded
from tenants.context import TenantRef
from tests.factories.bare_house import house
from tests.factories.mortal import MortalRedis, World

Mortal = tuple[Flask, TenantRef, dict[str, str], MortalRedis]


@pytest.fixture(scope="session")
def mortal_house(
    servers: tuple[embedded.Postgres, embedded.Redis], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mortal]:
    redis = MortalRedis()
    with ExitStack() as stack:
        stack.callback(redis.kill)
        app, refs, environment = stack.enter_context(
            house(
                servers[0].superuser_url,
                redis.url,
                database="kontor_crashes",
                data_dir=tmp_path_factory.mktemp("crashes"),
                slugs=("cat",),
            )
        )
        yield app, refs[0], dict(environment), redis


@pytest.fixture
def world(mortal_house: Mortal, tmp_path: Path) -> Iterator[World]:
    app, tenant, environment, redis = mortal_house
    made = World(
        app=app,
        tenant=tenant,
        folder=tmp_path,
        redis=redis,
        environment={**environment, "KONTOR_DATA_DIR": str(tmp_path)},
    )
    made.truncate()
    if not redis.answers():
        redis.start()
    connection = Redis.from_url(redis.url)
    connection.flushall()
    connection.close()
    yield made
    made.stop()
