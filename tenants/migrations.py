"""Migrate the provider's schema and every client's: ledgered, parallel, resumable.

A client's schema at the head costs nothing (one query over the ledger column
`provider.tenant.schema_version`); one that is behind is migrated in one transaction of its own,
together with its entry in the ledger.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError

from tenants import grants, trees
from tenants.context import schema_name
from tenants.driver import connect, owner_options
from tenants.trees import Tree

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "300s"
TRIES = 5
_ADVISORY_LOCK = 0x6B6F6E746F72  # "kontor": one migration run at a time
_PROVIDER_STAMP = sql.SQL("update provider.schema_version set version = {}, rights = ''")
_CLIENT_STAMP = sql.SQL("update provider.tenant set schema_version = {} where id = {}")
_BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def head(name: str) -> str:
    """The newest revision of the tree `provider` or `tenant`."""
    return {"provider": trees.PROVIDER, "tenant": trees.TENANT}[name].head


@dataclass(slots=True)
class Report:
    """What a run over all clients did, by schema name."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Schema to reason; such a client is as it was before."""
    untouched: list[str] = field(default_factory=list)
    """Not tried, because the canary failed."""

    @property
    def ok(self) -> bool:
        return not self.failed


def upgrade_provider(owner_url: str, *, tree: Tree = trees.PROVIDER) -> bool:
    """Bring the schema `provider` to the head and renew its rights. True if anything changed.

    Raises psycopg.Error, sqlalchemy.exc.DBAPIError or UnknownRevision; then nothing has changed.
    """
    with connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        _lay_ledger(connection)
        since = provider_version(connection)
        if since != tree.head:
            # Forgetting the rights with the same stamp: new tables need new ones.
            stamp = _PROVIDER_STAMP.format(tree.head).as_string()
            change = _Change(owner_url, tree=tree, schema="provider", since=since, stamp=stamp)
            change.apply(connection)
        renewed = _renew_rights(connection)
    return renewed or since != tree.head


def _lay_ledger(connection: Connection[TupleRow]) -> None:
    with connection.transaction():
        connection.execute("create schema if not exists provider")
        connection.execute(
            "create table if not exists provider.schema_version"
            " (version text primary key, rights text not null default '')"
        )
        connection.execute(
            "insert into provider.schema_version (version)"
            " select '' where not exists (select from provider.schema_version)"
        )


def _renew_rights(connection: Connection[TupleRow]) -> bool:
    """Grants and policies lock the tables they are on: only when they differ from what stands."""
    wanted = list(grants.statements())
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    row = connection.execute("select rights from provider.schema_version").fetchone()
    if row is not None and row[0] == digest:
        return False
    with connection.transaction():
        connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'".encode())
        for statement in wanted:
            connection.execute(statement.encode())
        connection.execute("update provider.schema_version set rights = %s", (digest,))
    return True


def provider_version(connection: Connection[TupleRow]) -> str:
    """The revision the provider's schema stands at, "" before the first."""
    row = connection.execute("select version from provider.schema_version").fetchone()
    return str(row[0]) if row else ""


def upgrade_clients(
    owner_url: str, *, workers: int = 2, canary: int | None = None, tree: Tree = trees.TENANT
) -> Report:
    """Migrate every client that is behind: one as the canary, then the others in parallel.

    `canary`: the id of the client to begin with, the oldest if not given. If it fails nothing
    else is touched. Any other client that fails stays as it was and is named in the report; the
    others go on. Running again resumes. A second run at the same time waits for the first.
    """
    report = Report()
    with connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        behind = connection.execute(
            "select id, schema_version from provider.tenant"
            " where schema_version <> %s and state <> 'failed' order by id <> %s, id",
            (tree.head, canary or 0),
        ).fetchall()
        if not behind:
            return report
        changes = [_client_change(owner_url, tree, int(key), str(since)) for key, since in behind]
        _note(report, changes[0], _attempt(connection, changes[0]))
        if report.failed:
            report.untouched = [change.schema for change in changes[1:]]
            return report
        shares = [changes[1 + offset :: workers] for offset in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            for share, reasons in zip(shares, pool.map(_attempt_all, shares), strict=True):
                for change, reason in zip(share, reasons, strict=True):
                    _note(report, change, reason)
    return report


def _client_change(owner_url: str, tree: Tree, tenant_id: int, since: str) -> "_Change":
    stamp = _CLIENT_STAMP.format(tree.head, tenant_id).as_string()
    schema = schema_name(tenant_id)
    return _Change(owner_url, tree=tree, schema=schema, since=since, stamp=stamp)


def _note(report: Report, change: "_Change", reason: str) -> None:
    if reason:
        report.failed[change.schema] = reason
    else:
        report.migrated.append(change.schema)


def _attempt_all(share: Sequence["_Change"]) -> list[str]:
    if not share:
        return []
    with connect(share[0].owner_url, autocommit=True) as connection:
        return [_attempt(connection, change) for change in share]


def _attempt(connection: Connection[TupleRow], change: "_Change") -> str:
    """Migrate one client, waiting for a lock a few times. Returns why it failed, or ""."""
    for pause in _pauses():
        try:
            change.apply(connection)
        except Exception as failure:  # one client's trouble is not the others'
            if pause is None or not _is_busy(failure):
                return str(failure).strip() or type(failure).__name__
            sleep(pause)
        else:
            return ""
    raise AssertionError("the last pause is None")


def _is_busy(failure: Exception) -> bool:
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    return isinstance(cause, _BUSY)


def _pauses() -> Iterator[float | None]:
    for attempt in range(TRIES - 1):
        yield 0.2 * 2**attempt
    yield None


@dataclass(frozen=True, slots=True)
class _Change:
    """One schema's way to the head, with the stamp in its ledger: one transaction."""

    owner_url: str
    tree: Tree
    schema: str
    since: str
    stamp: str

    def _frame(self) -> tuple[str, ...]:
        return (
            f"set local lock_timeout = '{LOCK_TIMEOUT}'",
            f"set local statement_timeout = '{STATEMENT_TIMEOUT}'",
            f'set local search_path = "{self.schema}", pg_temp',
        )

    def apply(self, connection: Connection[TupleRow]) -> None:
        """By one text in one round trip; step by step where a revision must see rows."""
        changes = self.tree.sql(self.since)
        if changes is None:
            self._apply_live()
            return
        script = ";\n".join([*self._frame(), self._named(changes), self.stamp])
        with connection.transaction():
            connection.execute(script.encode())

    def _named(self, statements: str) -> str:
        return statements.replace(trees.PLACEHOLDER, self.schema)

    def _apply_live(self) -> None:
        engine = create_engine(self.owner_url, **owner_options())

        @event.listens_for(engine, "before_cursor_execute", retval=True)
        def _name(_c: Any, _u: Any, line: str, values: Any, _x: Any, _m: Any) -> tuple[str, Any]:
            return self._named(line), values

        with engine.begin() as connection:
            for statement in self._frame():
                connection.exec_driver_sql(statement)
            self.tree.run(connection, since=self.since)
            connection.exec_driver_sql(self.stamp)
