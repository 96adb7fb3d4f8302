"""Open, suspend, reopen and close a client: one clean client or none, whatever crashes."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from tenants import provisioning
from tenants.context import CODE, SLUG, TenantRef, TenantState
from tenants.driver import connect
from tenants.migrations import head

SPARES_WANTED = 20
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_DEFAULTS: dict[str, Any] = {
    "name": "",
    "cell_id": 1,
    "locale": "de",
    "zone": "Europe/Berlin",
    "trade": "",
    "guidance": "",
    "colour": 0,
}
_MAY_BECOME = {
    TenantState.READY: (TenantState.SUSPENDED, TenantState.CLOSED),
    TenantState.SUSPENDED: (TenantState.READY, TenantState.CLOSED),
    TenantState.CLOSED: (TenantState.READY, TenantState.SUSPENDED),
}
"""New state: from which others. Reopening is becoming ready again."""


class BadName(ValueError):
    """A slug, code or name that is not of the allowed form, or that nobody has."""


class NameTaken(ValueError):
    """Another client has this slug or code."""


class NotPossible(ValueError):
    """The client's state does not allow this."""


def default_code(slug: str) -> str:
    """A code made from the slug's letters: `acme-gmbh` → `ACMEGMBH`."""
    letters = re.sub(r"[^A-Z]", "", slug.upper())[:8]
    return letters if len(letters) > 1 else f"K{letters or 'X'}"


def open_client(
    owner_url: str,
    *,
    slug: str,
    name: str,
    at: datetime,
    code: str | None = None,
    tenant_logins: int = 1,
    **facts: Any,
) -> TenantRef:
    """Open a client under `slug`, from a spare schema if one is ready, else from the script.

    `facts`: further columns of provider.tenant (locale, zone, trade, guidance, colour, cell_id).
    One transaction: after a crash there is the whole client or nothing of it.
    Raises BadName, NameTaken.
    """
    _check_names(slug=slug, code=code or default_code(slug), name=name)
    with connect(owner_url) as connection:
        return open_client_on(
            connection, slug=slug, name=name, at=at, code=code, tenant_logins=tenant_logins, **facts
        )


def open_client_on(
    connection: Connection[TupleRow],
    *,
    slug: str,
    name: str,
    at: datetime,
    code: str | None = None,
    tenant_logins: int = 1,
    **facts: Any,
) -> TenantRef:
    """The same on a connection of the owner's that is there already; the caller commits."""
    code = code or default_code(slug)
    _check_names(slug=slug, code=code, name=name)
    row = {**_DEFAULTS, **facts, "slug": slug, "code": code, "name": name, "opened_at": at}
    try:
        tenant_id = _take_spare(connection, row)
        if tenant_id is None:
            tenant_id = _insert(connection, {**row, "state": TenantState.READY}, at=at)
            provisioning.build(connection, tenant_id, tenant_logins=tenant_logins)
    except psycopg.errors.UniqueViolation as taken:
        if taken.diag.table_name != "tenant":
            raise
        raise NameTaken(f"There is already a client called {slug} or numbered {code}.") from taken
    known = {key: row[key] for key in ("slug", "code", "name", "cell_id", "locale", "zone")}
    return TenantRef(id=tenant_id, **known)


def _check_names(*, slug: str, code: str, name: str) -> None:
    if not SLUG.fullmatch(slug):
        raise BadName(f"{slug!r} cannot be a client's short name: a-z, 0-9 and -, at most 40.")
    if not CODE.fullmatch(code):
        raise BadName(f"{code!r} cannot be a client's code: 2 to 8 letters A-Z.")
    if not name.strip() or not _NAME.fullmatch(name):
        raise BadName(f"{name!r} cannot be a client's name: one line, at most 200 characters.")


def _take_spare(connection: Connection[TupleRow], row: Mapping[str, Any]) -> int | None:
    statement = sql.SQL(
        "update provider.tenant set state = 'ready', {columns} where id = ("
        " select id from provider.tenant"
        " where state = 'spare' and schema_version = %(head)s and cell_id = %(cell_id)s"
        " order by id limit 1 for update skip locked) returning id"
    ).format(
        columns=sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(key), sql.Placeholder(key)) for key in row
        )
    )
    taken = connection.execute(statement, {**row, "head": head("tenant")}).fetchone()
    return int(taken[0]) if taken else None


def _insert(connection: Connection[TupleRow], row: Mapping[str, Any], *, at: datetime) -> int:
    values = {**row, "schema_version": head("tenant"), "created_at": at}
    statement = sql.SQL("insert into provider.tenant ({}) values ({}) returning id").format(
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
    )
    inserted = connection.execute(statement, values).fetchone()
    assert inserted is not None  # noqa: S101  insert … returning gives its row
    return int(inserted[0])


def fill_spares(
    owner_url: str, *, at: datetime, wanted: int = SPARES_WANTED, tenant_logins: int = 1
) -> int:
    """Keep `wanted` spare schemas at the head ready; returns how many were made."""
    made = 0
    with connect(owner_url, autocommit=True) as connection:
        while _spares(connection) < wanted:
            with connection.transaction():
                row = {**_DEFAULTS, "state": TenantState.SPARE}
                tenant_id = _insert(connection, row, at=at)
                provisioning.build(connection, tenant_id, tenant_logins=tenant_logins)
            made += 1
    return made


def _spares(connection: Connection[TupleRow]) -> int:
    row = connection.execute(
        "select count(*) from provider.tenant where state = 'spare' and schema_version = %s",
        (head("tenant"),),
    ).fetchone()
    return int(row[0]) if row else 0


def change_state(owner_url: str, *, slug: str, state: TenantState, at: datetime) -> None:
    """Suspend (read-only), close (404, the schema is kept for its retention) or reopen (READY).

    A client that is in this state already stays so. Raises BadName if there is no such client,
    NotPossible for a state that is not a client's.
    """
    if state not in _MAY_BECOME:
        raise NotPossible(f"A client cannot be made {state}.")
    with connect(owner_url) as connection:
        found = connection.execute(
            "select state from provider.tenant where slug = %s for update", (slug,)
        ).fetchone()
        if found is None:
            raise BadName(f"There is no client called {slug}.")
        if found[0] == state:
            return
        if found[0] not in _MAY_BECOME[state]:
            raise NotPossible(f"{slug} is {found[0]} and cannot be made {state}.")
        connection.execute(
            "update provider.tenant set state = %s, suspended_at = %s, closed_at = %s"
            " where slug = %s",
            (
                state,
                at if state is TenantState.SUSPENDED else None,
                at if state is TenantState.CLOSED else None,
                slug,
            ),
        )


def drop_client(owner_url: str, *, tenant_id: int) -> None:
    """Remove schema, role and register entry for good, in one transaction.

    What the provider's books say about the client (usage, jobs, index) is not touched.
    """
    with connect(owner_url) as connection:
        provisioning.demolish(connection, tenant_id)
        connection.execute("delete from provider.tenant where id = %s", (tenant_id,))
