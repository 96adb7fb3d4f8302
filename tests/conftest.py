"""Real servers for the tests: an embedded PostgreSQL and Redis, a provider and two clients."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from app.factory import create_app
from app.kernel.clock import now
from config import Settings
from devtools import demo, embedded
from tenants import bootstrap, migrations, opening
from tenants.context import TenantRef
from tenants.db import db
from tenants.registry import by_slug
from tenants.scope import tenant_scope

ROOT = Path(__file__).parent.parent
REFERENCE_DATA = Path(os.environ.get("KONTOR_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
PASSWORD = "only-for-tests-0123456789"


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[embedded.Postgres, embedded.Redis]]:
    with ExitStack() as stack:
        yield (
            stack.enter_context(embedded.postgres(fast=True)),
            stack.enter_context(embedded.redis(fast=True)),
        )


def make_settings(
    servers: tuple[embedded.Postgres, embedded.Redis], database: str, data_dir: str, **more: object
) -> Settings:
    """Prepare a database of this name and give the settings that lead to it."""
    postgres, redis = servers
    logins = int(str(more.get("tenant_logins", 1)))
    bootstrap.prepare_cluster(
        postgres.superuser_url,
        passwords=dict.fromkeys(bootstrap.login_names(logins), PASSWORD),
        database=database,
        tenant_logins=logins,
    )

    def url(login: str) -> str:
        return postgres.url(login=login, password=PASSWORD, database=database)

    return Settings.from_mapping(
        {
            "DATABASE_URL": url(bootstrap.PROVIDER),
            "TENANT_DATABASE_URL": url("LOGIN").replace("LOGIN", "{login}"),
            "DATABASE_DIRECT_URL": url(bootstrap.OWNER),
            "REDIS_URL": redis.url,
            "SECRET_KEY": "a-secret-for-tests-only-0123456789abcdef",
            "KONTOR_ENVIRONMENT": "test",
            "KONTOR_TENANT_LOGINS": str(logins),
            "KONTOR_DATA_DIR": data_dir,
            "KONTOR_POOL_SIZE": str(more.get("pool_size", 2)),
        }
    )


@pytest.fixture(scope="session")
def settings(servers: tuple[embedded.Postgres, embedded.Redis]) -> Iterator[Settings]:
    data_dir = tempfile.mkdtemp(prefix="kontor-test-")
    yield make_settings(servers, "kontor", data_dir)
    shutil.rmtree(data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    application = create_app(settings)
    migrations.upgrade_provider(settings.database_direct_url)
    for slug, name, code in (("acme", "Acme GmbH", "ACME"), ("bolt", "Bolt & Söhne KG", "BOLT")):
        opening.open_client(settings.database_direct_url, slug=slug, name=name, code=code, at=now())
    yield application
    with application.app_context():
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def another_app(settings: Settings, *, back: Settings) -> Iterator[Flask]:
    """An application beside `app`; the process's store, mail and limits are given back after."""
    application = create_app(settings)
    yield application
    with application.app_context():
        for engine in db.engines.values():
            engine.dispose()
    create_app(back)


@pytest.fixture(scope="session")
def demo_town(settings: Settings) -> Iterator[tuple[Settings, str]]:
    """The demo, loaded once, and what it says about signing in; open it with `another_app`.

    On servers of its own: roles of clients belong to the whole server.
    """
    with (
        tempfile.TemporaryDirectory(prefix="kontor-demo-") as folder,
        embedded.postgres(fast=True) as postgres,
        embedded.redis(fast=True) as redis,
    ):
        own = make_settings((postgres, redis), "kontor", folder, pool_size=4)
        migrations.upgrade_provider(own.database_direct_url)
        with another_app(own, back=settings) as filled:
            said = demo.load(filled)
        yield own, said


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """An application context left open would make the next tests share one request's memory."""
    before = has_app_context()
    yield
    assert has_app_context() == before, "this test left an application context open"


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def acme(app: Flask) -> TenantRef:
    with app.app_context():
        return by_slug("acme")


@pytest.fixture
def bolt(app: Flask) -> TenantRef:
    with app.app_context():
        return by_slug("bolt")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@contextmanager
def in_scope(app: Flask, tenant: TenantRef) -> Iterator[None]:
    """An application context inside the client's scope."""
    with app.app_context(), tenant_scope(tenant):
        yield
