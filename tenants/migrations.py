"""Migrate the provider's schema and every client's: ledgered, parallel, resumable.

Two Alembic trees are for authoring; the runner is ours. A client's schema at the head costs
nothing (one query over the ledger column `provider.tenant.schema_version`); one that is behind is
migrated in one transaction of its own, from SQL that was compiled once for all clients, in which
`@schema@` stands for the client's schema and role.
"""

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy import create_engine

from tenants import grants
from tenants.context import schema_name
from tenants.driver import connect, owner_options

TREES = Path(__file__).parent.parent / "migrations"
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "300s"
TRIES = 5
_ADVISORY_LOCK = 0x6B6F6E746F72  # "kontor": one migration run at a time
_RETRY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


class UnknownRevision(RuntimeError):
    """A schema stands at a revision that this release does not know."""


@cache
def tree(name: str) -> ScriptDirectory:
    """The Alembic scripts of `provider` or `tenant`."""
    return ScriptDirectory(str(TREES), version_locations=[str(TREES / name / "versions")])


@cache
def head(name: str) -> str:
    """The newest revision of a tree."""
    revision = tree(name).get_current_head()
    if revision is None:
        raise UnknownRevision(f"the tree {name} has no revision")
    return revision


def _path(name: str, *, since: str) -> list[Any]:
    scripts = tree(name)
    try:
        steps = list(scripts.iterate_revisions(head(name), since or "base"))
    except Exception as unknown:
        raise UnknownRevision(f"{since} is not a revision of the tree {name}") from unknown
    return list(reversed(steps))


@cache
def compiled(name: str, since: str) -> str | None:
    """SQL from revision `since` to the head; None where a step needs a live connection."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": buffer, "literal_binds": True},
    )
    with Operations.context(context):
        for step in _path(name, since=since):
            if getattr(step.module, "needs_connection", False):
                return None
            step.module.upgrade()
    return buffer.getvalue()


def upgrade_provider(owner_url: str) -> bool:
    """Bring the schema `provider` to the head and renew its rights. True if anything changed."""
    with connect(owner_url) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        connection.execute("create schema if not exists provider")
        connection.execute(
            "create table if not exists provider.schema_version (version text primary key)"
        )
        row = connection.execute("select version from provider.schema_version").fetchone()
        since = row[0] if row else ""
        changed = bool(since != head("provider"))
        if changed:
            connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'".encode())
            _run(connection, "provider", since=since, schema="provider")
            connection.execute("delete from provider.schema_version")
            connection.execute(
                "insert into provider.schema_version values (%s)", (head("provider"),)
            )
        for statement in grants.statements():
            connection.execute(statement.encode())
    return changed


def provider_version(connection: Connection[TupleRow]) -> str:
    """The revision the provider's schema stands at."""
    row = connection.execute("select version from provider.schema_version").fetchone()
    return str(row[0]) if row else ""


def _run(connection: Connection[TupleRow], name: str, *, since: str, schema: str) -> None:
    script = compiled(name, since)
    if script is not None:
        if script.strip():
            connection.execute(script.replace("@schema@", schema).encode())
        return
    engine = create_engine("postgresql+psycopg://", creator=lambda: connection, **owner_options())
    with engine.connect() as bound:
        context = MigrationContext.configure(bound, opts={"version_table_schema": schema})
        with Operations.context(context):
            for step in _path(name, since=since):
                step.module.upgrade()


@dataclass(slots=True)
class Report:
    """What a run over all clients did; `failed` maps schema to the reason."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.failed


def upgrade_clients(owner_url: str, *, workers: int = 2) -> Report:
    """Migrate every client that is behind: the oldest first as the canary, then in parallel.

    If the canary fails nothing else is touched. Otherwise a client that fails stays as it was
    and is named in the report; the others go on. Running again resumes.
    """
    report = Report()
    with connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        behind = [
            (int(row[0]), str(row[1]))
            for row in connection.execute(
                "select id, schema_version from provider.tenant"
                " where schema_version <> %s and state <> 'failed' order by id",
                (head("tenant"),),
            )
        ]
        if not behind:
            return report
        _note(report, *_upgrade(connection, *behind[0]))
        if report.failed:
            return report
        rest = behind[1:]
        shares = [rest[offset::workers] for offset in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            for outcomes in pool.map(lambda share: _upgrade_share(owner_url, share), shares):
                for outcome in outcomes:
                    _note(report, *outcome)
    return report


def _upgrade_share(owner_url: str, share: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    if not share:
        return []
    with connect(owner_url, autocommit=True) as connection:
        return [_upgrade(connection, tenant_id, since) for tenant_id, since in share]


def _note(report: Report, schema: str, failure: str) -> None:
    if failure:
        report.failed[schema] = failure
    else:
        report.migrated.append(schema)


def _upgrade(connection: Connection[TupleRow], tenant_id: int, since: str) -> tuple[str, str]:
    """Migrate one client. Returns its schema and, if it failed, why."""
    schema = schema_name(tenant_id)
    for pause in _pauses():
        try:
            with connection.transaction():
                _upgrade_once(connection, tenant_id, since)
        except _RETRY as busy:
            if pause is None:
                return schema, str(busy).strip()
            sleep(pause)
        except (psycopg.Error, UnknownRevision) as failure:
            return schema, str(failure).strip()
        else:
            return schema, ""
    raise AssertionError("unreachable")


def _pauses() -> Iterator[float | None]:
    for attempt in range(TRIES - 1):
        yield 0.2 * 2**attempt
    yield None


def _upgrade_once(connection: Connection[TupleRow], tenant_id: int, since: str) -> None:
    schema = schema_name(tenant_id)
    preamble = (
        f"set local lock_timeout = '{LOCK_TIMEOUT}';"
        f"set local statement_timeout = '{STATEMENT_TIMEOUT}';"
        f'set local search_path = "{schema}", pg_temp;'
    )
    stamp = f"update provider.tenant set schema_version = '{head('tenant')}' where id = {tenant_id}"
    script = compiled("tenant", since)
    if script is not None:
        # One round trip a client: context, changes and ledger together.
        changes = script.replace("@schema@", schema)
        connection.execute(f"{preamble}{changes};{stamp}".encode())
        return
    connection.execute(preamble.encode())
    _run(connection, "tenant", since=since, schema=schema)
    connection.execute(stamp.encode())
