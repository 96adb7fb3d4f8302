"""A second installation beside the first: its clients may be broken, migrated and dropped."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from time import monotonic, sleep

import pytest
from flask import Flask
from psycopg import Connection
from psycopg.rows import TupleRow

import app.wiring  # noqa: F401  every table is known once the parts are wired
from app.kernel.clock import now
from config import ROOT, Settings
from devtools import embedded
from tenants import migrations, opening, provisioning, trees
from tenants.context import TenantRef
from tenants.db import db
from tenants.driver import connect, engine_options
from tests.conftest import make_settings

Servers = tuple[embedded.Postgres, embedded.Redis]
_FIRST_ID = 700_000
"""Roles are the cluster's: this installation's clients must not be called like the other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A migrated database without clients."""

    settings: Settings
    superuser_url: str
    postgres: embedded.Postgres

    @property
    def owner_url(self) -> str:
        return self.settings.database_direct_url

    def open(self, slug: str) -> TenantRef:
        return opening.open_client(self.owner_url, slug=slug, name=slug.title(), at=now())

    def superuser(self) -> Connection[TupleRow]:
        """A connection to this database that sees everything."""
        return connect(self.superuser_url, autocommit=True, dbname="kontor_second")

    def rows(self, query: str, *values: object) -> list[TupleRow]:
        with self.superuser() as connection:
            found = connection.execute(query.encode(), values or None)
            return found.fetchall() if found.description else []

    def wait_for_lock(self, seconds: float = 20) -> None:
        """Until somebody in this database waits for a lock."""
        end = monotonic() + seconds
        while monotonic() < end:
            if self.rows(
                "select 1 from pg_stat_activity where datname = 'kontor_second'"
                " and wait_event_type = 'Lock'"
            ):
                return
            sleep(0.01)
        raise AssertionError("nobody waits for a lock")

    def wait_until_alone(self, seconds: float = 20) -> None:
        """Until the server has noticed that every other process has gone."""
        end = monotonic() + seconds
        while self.rows(
            "select 1 from pg_stat_activity"
            " where datname = 'kontor_second' and pid <> pg_backend_pid()"
        ):
            assert monotonic() < end, "somebody is still there"
            sleep(0.01)

    def start(self, code: str, **values: str) -> subprocess.Popen[str]:
        """Another process of Kontor that runs this code; `url` is the owner's address."""
        lines = [f"{name} = {value!r}" for name, value in {"url": self.owner_url, **values}.items()]
        source = "\n".join(["import app.wiring", *lines, code])
        return subprocess.Popen(
            [sys.executable, "-c", source],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def flask(self) -> Flask:
        """The smallest application with the session of this installation."""
        small = Flask("second")
        binds = {
            "cell_1_0": {"url": self.settings.tenant_url(0), **engine_options(pool_size=2)},
        }
        small.config.update(
            SQLALCHEMY_DATABASE_URI=self.settings.database_url,
            SQLALCHEMY_ENGINE_OPTIONS=engine_options(pool_size=2),
            SQLALCHEMY_BINDS=binds,
            TENANT_LOGINS=1,
        )
        db.init_app(small)
        return small


@pytest.fixture
def house(servers: Servers, settings: Settings, tmp_path: Path) -> Iterator[House]:
    """`settings` first: it prepares the cluster."""
    second = make_settings(servers, "kontor_second", str(tmp_path / "data"))
    migrations.upgrade_provider(second.database_direct_url)
    made = House(settings=second, superuser_url=servers[0].superuser_url, postgres=servers[0])
    made.rows(f"alter table provider.tenant alter id restart with {_FIRST_ID}")
    yield made
    _demolish(made)


def _demolish(house: House) -> None:
    """The database, and the roles that would outlive it."""
    with connect(house.owner_url) as connection:
        roles = connection.execute(
            "select rolname from pg_roles where rolname ~ '^t_7[0-9]{5}$'"
        ).fetchall()
        for (role,) in roles:
            provisioning.demolish(connection, int(role.removeprefix("t_")))
            connection.commit()
    with connect(house.superuser_url, autocommit=True) as connection:
        connection.execute("drop database kontor_second with (force)")


@pytest.fixture
def second_app(house: House) -> Iterator[Flask]:
    small = house.flask()
    yield small
    with small.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def release(tmp_path: Path) -> trees.Tree:
    """The client tree as the next release might have it: one column and one index more."""
    folder = tmp_path / "versions"
    copytree(trees.TENANT.folder, folder, ignore=lambda *_: ["__pycache__"])
    add_revision(
        folder,
        'op.add_column("draft", sa.Column("colour", sa.Text()))',
        'op.create_index("ix_draft_colour", "draft", ["colour"])',
    )
    return trees.Tree(folder)


def add_revision(folder: Path, *steps: str, needs_connection: bool = False) -> None:
    """Write the revision `tenant_next` on top of this release's head."""
    body = "\n    ".join(steps)
    (folder / "0002_next.py").write_text(
        f'"""The next release."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "tenant_next"\ndown_revision = "{trees.TENANT.head}"\nbranch_labels = None\n'
        f"depends_on = None\nneeds_connection = {needs_connection}\n\n\n"
        f"def upgrade():\n    {body}\n"
    )
