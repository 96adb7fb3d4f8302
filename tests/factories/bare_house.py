"""A house with its ground floor, jobs and audit only: for tests that kill processes and servers."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy import create_engine

import app.audit.models
import app.jobs.models  # noqa: F401  their tables
from app.kernel.clock import now
from app.web.flask_app import Kontor
from config import Settings
from tenants import bootstrap, grants, provisioning
from tenants.context import TenantRef
from tenants.db import ProviderModel, db
from tenants.driver import connect, engine_options, owner_options

PASSWORD = "only-for-tests-0123456789"
_FIRST = 1_000_000  # leaves t_1 and on to the `app` of tests/conftest, whoever comes first
SECRET = "a-secret-for-tests-only-0123456789abcdef"


def bare_app(settings: Settings) -> Flask:
    """An application with its pools and nothing else."""
    application = Kontor("bare")
    application.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(pool_size=3),
        SQLALCHEMY_BINDS={
            "cell_1_0": {"url": settings.tenant_url(0), **engine_options(pool_size=3)},
            "owner": {"url": settings.database_direct_url, **owner_options()},
        },
        TENANT_LOGINS=1,
    )
    db.init_app(application)
    return application


def build_house(superuser_url: str, *, database: str, slugs: tuple[str, ...]) -> list[TenantRef]:
    """The provider's tables and a client for each slug, made from the models."""
    bootstrap.prepare_cluster(
        superuser_url,
        passwords=dict.fromkeys(bootstrap.login_names(1), PASSWORD),
        database=database,
    )
    owner = _url(superuser_url, bootstrap.OWNER, database)
    with connect(owner) as connection:
        connection.execute("drop schema if exists provider cascade")
        connection.execute("create schema provider")
    engine = create_engine("postgresql+psycopg://" + owner.split("://", 1)[1], **owner_options())
    ProviderModel.metadata.create_all(engine)
    with connect(owner) as connection:
        for statement in grants.statements():
            connection.execute(statement.encode())
        number_apart(connection)
        return [_open(connection, slug) for slug in slugs]


def number_apart(connection: Connection[TupleRow]) -> None:
    """Number this database's clients from 8,000,000: roles are shared by the whole cluster."""
    connection.execute(
        "select setval('provider.tenant_id_seq', greatest(8000000, (select"
        " max(substr(rolname, 3)::bigint) from pg_roles where rolname ~ '^t_8[0-9]{6}$')))"
    )


def _open(connection: Connection[TupleRow], slug: str) -> TenantRef:
    row = connection.execute(
        "insert into provider.tenant (slug, code, name, state, cell_id, locale, zone, trade,"
        " guidance, colour, schema_version, created_at) values (%s, %s, %s, 'ready', 1, 'de',"
        " 'Europe/Berlin', '', '', 0, '', %s) returning id",
        (slug, slug.upper(), slug.title(), now()),
    ).fetchone()
    assert row is not None
    provisioning.build(connection, row[0], tenant_logins=1)
    return TenantRef(id=row[0], slug=slug, code=slug.upper(), name=slug.title())


def environment(
    superuser_url: str, redis_url: str, *, database: str, data_dir: Path
) -> dict[str, str]:
    """The environment that leads a process into this house."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "DATABASE_URL": _url(superuser_url, bootstrap.PROVIDER, database),
        "TENANT_DATABASE_URL": _url(superuser_url, "LOGIN", database).replace("LOGIN", "{login}"),
        "DATABASE_DIRECT_URL": _url(superuser_url, bootstrap.OWNER, database),
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET,
        "KONTOR_ENVIRONMENT": "test",
        "KONTOR_DATA_DIR": str(data_dir),
    }


def _url(superuser_url: str, login: str, database: str) -> str:
    place = superuser_url.rsplit("@", 1)[1].split("/", maxsplit=1)[0]
    return f"postgresql://{login}:{PASSWORD}@{place}/{database}"


@contextmanager
def house(
    superuser_url: str, redis_url: str, *, database: str, data_dir: Path, slugs: tuple[str, ...]
) -> Iterator[tuple[Flask, list[TenantRef], Mapping[str, str]]]:
    """Build the house and yield its application, its clients and the way in."""
    refs = build_house(superuser_url, database=database, slugs=slugs)
    values = environment(superuser_url, redis_url, database=database, data_dir=data_dir)
    application = bare_app(Settings.from_mapping(values))
    try:
        yield application, refs, values
    finally:
        with application.app_context():
            for engine in db.engines.values():
                engine.dispose()
