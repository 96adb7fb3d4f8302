"""Open, suspend, reopen and close a client: one clean client or none, whatever crashes."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from tenants import provisioning
from tenants.context import TenantRef, TenantState
from tenants.driver import connect
from tenants.migrations import head

SPARES_WANTED = 20
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_CODE = re.compile(r"[A-Z]{2,8}")


class BadName(ValueError):
    """A slug or code that is not of the allowed form."""


class NameTaken(ValueError):
    """Another client has this slug or code."""


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
    Raises BadName, NameTaken.
    """
    code = code or default_code(slug)
    if not _SLUG.fullmatch(slug):
        raise BadName(f"{slug!r} cannot be a client's short name: a-z, 0-9 and -, at most 40.")
    if not _CODE.fullmatch(code):
        raise BadName(f"{code!r} cannot be a client's code: 2 to 8 letters A-Z.")
    values = {"slug": slug, "code": code, "name": name, "opened_at": at, **facts}
    try:
        with connect(owner_url) as connection:
            tenant_id = _take_spare(connection, values)
            if tenant_id is None:
                tenant_id = _insert(connection, {**values, "state": TenantState.READY}, at=at)
                provisioning.build(connection, tenant_id, tenant_logins=tenant_logins)
    except psycopg.errors.UniqueViolation as taken:
        raise NameTaken(f"There is already a client called {slug} or numbered {code}.") from taken
    known = {key: facts[key] for key in ("cell_id", "locale", "zone") if key in facts}
    return TenantRef(id=tenant_id, slug=slug, code=code, name=name, **known)


def _take_spare(connection: Connection[TupleRow], values: Mapping[str, Any]) -> int | None:
    columns = psycopg.sql.SQL(", ").join(
        psycopg.sql.SQL("{} = {}").format(psycopg.sql.Identifier(key), psycopg.sql.Literal(value))
        for key, value in values.items()
    )
    # No sequential scan over clients: the partial index knows the spares.
    row = connection.execute(
        psycopg.sql.SQL(
            "update provider.tenant set state = 'ready', {} where id = ("
            " select id from provider.tenant where state = 'spare' and schema_version = {}"
            " order by id limit 1 for update skip locked) returning id"
        ).format(columns, psycopg.sql.Literal(head("tenant")))
    ).fetchone()
    return int(row[0]) if row else None


def _insert(connection: Connection[TupleRow], values: Mapping[str, Any], *, at: datetime) -> int:
    row = {
        "name": "",
        "cell_id": 1,
        "locale": "de",
        "zone": "Europe/Berlin",
        "trade": "",
        "guidance": "",
        "colour": 0,
        "schema_version": head("tenant"),
        "created_at": at,
        **values,
    }
    statement = psycopg.sql.SQL("insert into provider.tenant ({}) values ({}) returning id").format(
        psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, row)),
        psycopg.sql.SQL(", ").join(psycopg.sql.Placeholder() * len(row)),
    )
    inserted = connection.execute(statement, tuple(row.values())).fetchone()
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
                tenant_id = _insert(connection, {"state": TenantState.SPARE}, at=at)
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
    """Suspend, reopen or close. A closed client answers 404 and keeps its schema for retention."""
    column = {TenantState.SUSPENDED: "suspended_at", TenantState.CLOSED: "closed_at"}.get(state)
    stamps = {"suspended_at": None, "closed_at": None, **({column: at} if column else {})}
    with connect(owner_url) as connection:
        done = connection.execute(
            "update provider.tenant set state = %s, suspended_at = %s, closed_at = %s"
            " where slug = %s and state <> 'spare'",
            (state, stamps["suspended_at"], stamps["closed_at"], slug),
        )
        if done.rowcount == 0:
            raise BadName(f"There is no client called {slug}.")


def drop_client(owner_url: str, *, tenant_id: int) -> None:
    """Remove schema, role and register entry for good, in one transaction."""
    with connect(owner_url) as connection:
        provisioning.demolish(connection, tenant_id)
        connection.execute("delete from provider.tenant where id = %s", (tenant_id,))
