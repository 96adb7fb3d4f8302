"""Opening clients and migrating a thousand of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg.rows import TupleRow
from sqlalchemy import Connection, create_engine, event, text

from app.kernel.clock import now
from benchmarks import django_tenants
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, at_most, calm, milliseconds, typical
from tenants import migrations, opening, provisioning, trees
from tenants.db import TenantModel
from tenants.driver import connect, owner_options

_ENVIRONMENT = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
"""
_REVISION = '''"""One column and one index more."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "{name}", "{below}"


def upgrade():
    op.add_column("draft", sa.Column("{name}", sa.Text()))
    op.create_index("ix_draft_{name}", "draft", ["{name}"])
'''


def run(installation: Installation, size: Size) -> list[Figure]:
    """The gates of the issue; all on one server, one after the other."""
    owner = installation.owner_url
    tables = len(TenantModel.metadata.tables)
    replay, script = _replays(owner, times=size.replays)
    theirs = django_tenants.measure(installation, tables=tables, clients=size.django_tenants)
    many = _open_many(owner, count=size.clients)
    spare = _from_spares(owner)
    window = min(25, len(many) // 3)
    early, late = calm(many[:window]), calm(many[-window:])
    return [
        at_most(
            f"open a client of {tables} tables from the script",
            value=script, unit="ms", of=("Alembic in-process", replay), gate=1 / 2,
        ),
        at_most(
            "the same against django-tenants",
            value=script, unit="ms", of=("django-tenants", theirs.opening), gate=1 / 4,
        ),
        at_most(
            "open a client from a spare",
            value=spare, unit="ms", of=("Alembic in-process", replay), gate=1 / 50,
        ),
        at_most(
            f"the last {window} of {len(many)} openings",
            value=late, unit="ms", of=(f"the first {window}", early), gate=1.5,
        ),
        *_migrate(owner, theirs=theirs.migrating),
    ]  # fmt: skip


def _replays(owner: str, *, times: int) -> tuple[float, float]:
    """What a new client costs by `alembic upgrade head` in this process, and by the script.

    In turn, so that both see the same machine.
    """
    engine = create_engine(owner, **owner_options())
    replayed, prepared = [], []
    with (
        connect(owner, autocommit=True) as connection,
        engine.connect() as live,
        _alembic() as config,
    ):
        for number in range(times):
            key = 900_000 + number
            replayed.append(milliseconds(lambda key=key: _replay(live, config, key)))
            prepared.append(milliseconds(lambda number=number: _open(connection, "r", number)))
            with connection.transaction():
                provisioning.demolish(connection, key)
    return calm(replayed), calm(prepared)


def _replay(live: Connection, config: Config, key: int) -> None:
    def fill(_c: Any, _u: Any, line: str, values: Any, _x: Any, _m: Any) -> tuple[str, Any]:
        return line.replace(trees.PLACEHOLDER, f"t_{key}"), values

    role = provisioning.role_script(key, tenant_logins=1)
    with live.begin():
        for line in (*role.split(";\n"), f"create schema t_{key}"):
            live.execute(text(line))
        live.execute(text(f"set local search_path = t_{key}"))
        event.listen(live, "before_cursor_execute", fill, retval=True)
        config.attributes["connection"] = live
        command.upgrade(config, "head")
        event.remove(live, "before_cursor_execute", fill)


@contextmanager
def _alembic() -> Iterator[Config]:
    with TemporaryDirectory(prefix="kontor-bench-") as folder:
        (Path(folder) / "env.py").write_text(_ENVIRONMENT)
        config = Config()
        config.set_main_option("script_location", folder)
        config.set_main_option("version_locations", str(trees.TENANT.folder))
        config.set_main_option("path_separator", "os")
        yield config


def _open_many(owner: str, *, count: int) -> list[float]:
    with connect(owner, autocommit=True) as connection:
        return [
            milliseconds(lambda number=number: _open(connection, "c", number))
            for number in range(count)
        ]


def _open(connection: psycopg.Connection[TupleRow], prefix: str, number: int) -> None:
    with connection.transaction():
        opening.open_client_on(
            connection,
            slug=f"{prefix}{number}",
            code=f"{prefix.upper()}{_letters(number)}",
            name="x",
            at=now(),
        )


def _letters(number: int) -> str:
    letters = ""
    for _ in range(6):
        number, digit = divmod(number, 26)
        letters += chr(ord("A") + digit)
    return letters


def _from_spares(owner: str) -> float:
    opening.fill_spares(owner, at=now(), wanted=20)
    with connect(owner, autocommit=True) as connection:
        return calm(
            [
                milliseconds(lambda number=number: _open(connection, "s", number))
                for number in range(20)
            ]
        )


def _migrate(owner: str, *, theirs: float) -> list[Figure]:
    with connect(owner) as connection:
        ids = [int(row[0]) for row in connection.execute("select id from provider.tenant")]
    clients = len(ids)
    plain = _plain_loop(owner, ids)
    with _next_release("measured") as tree:
        start = perf_counter()
        report = migrations.upgrade_clients(owner, tree=tree)
        ours = (perf_counter() - start) * 1000 / clients
        assert report.ok
        assert len(report.migrated) == clients
        nothing = typical(lambda: migrations.upgrade_clients(owner, tree=tree), times=5)
    return [
        at_most(
            f"one column and one index for {clients} clients, each",
            value=ours, unit="ms", of=("a plain loop", plain), gate=3,
        ),
        at_most(
            "the same against django-tenants, each",
            value=ours, unit="ms", of=("django-tenants", theirs), gate=1 / 50,
        ),
        Figure(name="a run with nothing to do, all", value=nothing, unit="ms"),
    ]  # fmt: skip


def _plain_loop(owner: str, ids: list[int]) -> float:
    with connect(owner, autocommit=True) as connection:
        start = perf_counter()
        for key in ids:
            with connection.transaction():
                connection.execute(f"alter table t_{key}.draft add column plain text".encode())
                connection.execute(f"create index ix_plain on t_{key}.draft (plain)".encode())
        return (perf_counter() - start) * 1000 / len(ids)


@contextmanager
def _next_release(name: str) -> Iterator[trees.Tree]:
    with TemporaryDirectory(prefix="kontor-bench-") as folder:
        versions = Path(folder) / "versions"
        copytree(trees.TENANT.folder, versions, ignore=ignore_patterns("__pycache__"))
        revision = _REVISION.format(name=name, below=trees.TENANT.head)
        (versions / f"{name}.py").write_text(revision)
        yield trees.Tree(versions)
