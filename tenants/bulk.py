"""Write many rows by one statement with one parameter: rows travel as JSON.

A ticker writes a few rows for each of a thousand clients; what a statement costs before it does
anything counts there.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Result, Table, TextClause, text
from sqlalchemy.dialects import postgresql

from tenants.db import db

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_into(table: Any, names: Sequence[str], *, then: str = "") -> TextClause:
    """Insert the columns of these names; `then`: `on conflict …`, `returning …`."""
    columns = ", ".join(names)
    return text(
        f"insert into {_name(table)} ({columns}) select {columns}"  # noqa: S608  our own names
        f" from {_rows(table, names)} {then}"
    )


def change(table: Any, names: Sequence[str], *, key: str) -> TextClause:
    """Write the columns of these names into the rows with that key."""
    values = ", ".join(f"{name} = v.{name}" for name in names)
    return text(
        f"update {_name(table)} as t set {values}"  # noqa: S608  our own names
        f" from {_rows(table, [key, *names])} where t.{key} = v.{key}"
    )


def carry_out(statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> Result[Any]:
    """In the caller's transaction."""
    return db.session.execute(statement, {"rows": json.dumps(rows, default=_plain)})


def _rows(table: Table, names: Sequence[str]) -> str:
    types = (f"{name} {table.c[name].type.compile(dialect=_DIALECT)}" for name in names)
    return f"jsonb_to_recordset(cast(:rows as jsonb)) as v({', '.join(types)})"


def _name(table: Table) -> str:
    return f"{table.schema}.{table.name}" if table.schema else table.name


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} has no JSON")
