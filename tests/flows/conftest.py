"""A house of jobs around which processes and Redis may be killed."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from devtools import embedded
from devtools.child import Server
from tenants.context import TenantRef
from tests.factories.bare_house import house
from tests.factories.mortal import MortalRedis, World

Mortal = tuple[Flask, list[TenantRef], dict[str, str], MortalRedis]


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
                slugs=("cat", "dog"),
            )
        )
        yield app, refs, dict(environment), redis


@pytest.fixture(scope="session")
def frail_house(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Mortal, embedded.Postgres]]:
    """A house whose PostgreSQL may be killed too: one of its own, that keeps what it committed."""
    redis = MortalRedis()
    with ExitStack() as stack:
        stack.callback(redis.kill)
        postgres = stack.enter_context(embedded.postgres())
        app, refs, environment = stack.enter_context(
            house(
                postgres.superuser_url,
                redis.url,
                database="kontor_frail",
                data_dir=tmp_path_factory.mktemp("frail"),
                slugs=("cat", "dog"),
            )
        )
        yield (app, refs, dict(environment), redis), postgres


@pytest.fixture
def world(mortal_house: Mortal, tmp_path: Path) -> Iterator[World]:
    yield from _world(mortal_house, tmp_path)


@pytest.fixture
def frail_world(
    frail_house: tuple[Mortal, embedded.Postgres], tmp_path: Path
) -> Iterator[tuple[World, Server]]:
    house, postgres = frail_house
    if postgres.server is None:
        pytest.skip("somebody else's PostgreSQL is not ours to kill")
    for made in _world(house, tmp_path):
        yield made, postgres.server
        postgres.server.restart_if_ended()


def _world(house: Mortal, folder: Path) -> Iterator[World]:
    app, (tenant, other), environment, redis = house
    made = World(
        app=app,
        tenant=tenant,
        other=other,
        folder=folder,
        redis=redis,
        environment={**environment, "KONTOR_DATA_DIR": str(folder)},
    )
    made.truncate()
    if not redis.answers():
        redis.start()
    connection = Redis.from_url(redis.url)
    connection.flushall()
    connection.close()
    yield made
    made.stop()
