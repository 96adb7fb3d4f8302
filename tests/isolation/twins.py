"""Two clients with equal primary keys everywhere and a canary text in every text of each.

Lark's rows are made by the actions. Wren's are the same rows with its own canary for Lark's, so
that whatever reaches into the wrong schema finds a row, and gives itself away.
"""

import json
import re
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection, sql
from psycopg.rows import TupleRow
from sqlalchemy import Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.adapters import storage
from app.documents.queries import content_key, store
from tenants import grants
from tenants.context import TenantRef
from tenants.db import TenantModel
from tenants.scope import tenant_scope

CANARY = {"lark": "larkcanary", "wren": "wrencanary"}
CODES = {
    "service_key", "type_key", "media_type", "sha256", "retention_class", "fingerprint", "name",
    "verb", "subject_type", "request_hash", "template", "locale", "kind", "cause", "key",
    "calendar_key", "policy_key", "code", "place", "accept_by", "zone",
}  # fmt: skip
"""Texts that are codes or keys of the program: nothing that a client wrote. `name` is poisoned
where it is a person's or a file's (NAMES)."""
NAMES = {("document", "name")}
SEALED = {"staff_access", "audit_entry", "audit_head", "fact", "sla_terms"}
"""What would no longer verify; their canaries come with the actions that wrote them."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9T:.+Z-]+|[0-9.,]+|[A-Z]{2,3}|")


def poison(connection: Connection[TupleRow], tenant: TenantRef) -> None:
    """Put the client's canary into every text of its schema that is not a code."""
    for table in TenantModel.metadata.sorted_tables:
        if table.name in SEALED:
            continue
        for column in table.columns:
            name = sql.SQL("{}.{}").format(
                sql.Identifier(tenant.schema), sql.Identifier(table.name)
            )
            kind = getattr(column.type, "impl", column.type)
            if isinstance(kind, Text) and _is_free(table, column.name):
                connection.execute(
                    sql.SQL("update {0} set {1} = {1} || {2} where {1} is not null").format(
                        name, sql.Identifier(column.name), sql.Literal(f" {CANARY[tenant.slug]}")
                    )
                )
            elif isinstance(kind, JSONB) and column.name not in CODES:
                _poison_json(connection, table=table, column=column.name, tenant=tenant)


def _is_free(table: Table, column: str) -> bool:
    if table.columns[column].primary_key or table.columns[column].foreign_keys:
        return False
    return column not in CODES or (table.name, column) in NAMES


def _poison_json(
    connection: Connection[TupleRow], *, table: Table, column: str, tenant: TenantRef
) -> None:
    name = sql.SQL("{}.{}").format(sql.Identifier(tenant.schema), sql.Identifier(table.name))
    column_name = sql.Identifier(column)
    found = connection.execute(sql.SQL("select ctid::text, {} from {}").format(column_name, name))
    for place, value in found.fetchall():
        poisoned = json.dumps(_poisoned(value, CANARY[tenant.slug]))
        connection.execute(
            sql.SQL("update {} set {} = %s where ctid = %s::tid").format(name, column_name),
            (poisoned, place),
        )


def _poisoned(value: Any, canary: str) -> Any:
    if isinstance(value, dict):
        return {key: _poisoned(inner, canary) for key, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, canary) for inner in value]
    if isinstance(value, str) and not _ID.fullmatch(value):
        return f"{value} {canary}"
    return value


def copy_client(connection: Connection[TupleRow], source: TenantRef, target: TenantRef) -> None:
    """Give the target the source's rows, keys and all, with its own canary in their texts."""
    tables = TenantModel.metadata.sorted_tables
    names = sql.SQL(", ").join(
        sql.SQL("{}.{}").format(sql.Identifier(target.schema), sql.Identifier(table.name))
        for table in tables
    )
    connection.execute(sql.SQL("truncate {}").format(names))
    for table in tables:
        _copy_rows(connection, table=table, source=source, target=target)
    for table in grants.shared_tables():
        if "insert" in table.info["clients_may"]:
            _copy_shared(connection, table=table, source=source, target=target)


def _copy_rows(
    connection: Connection[TupleRow], *, table: Table, source: TenantRef, target: TenantRef
) -> None:
    left = sql.SQL("{}.{}").format(sql.Identifier(source.schema), sql.Identifier(table.name))
    right = sql.SQL("{}.{}").format(sql.Identifier(target.schema), sql.Identifier(table.name))
    rows = connection.execute(sql.SQL("select row_to_json(t)::text from {} t").format(left))
    for (row,) in rows.fetchall():
        connection.execute(
            sql.SQL("insert into {0} select * from json_populate_record(null::{0}, %s)").format(
                right
            ),
            (_in_the_name_of(row, source, target),),
        )


def _in_the_name_of(row: str, source: TenantRef, target: TenantRef) -> str:
    found = re.compile(CANARY[source.slug], re.IGNORECASE)
    return found.sub(CANARY[target.slug], row).replace(source.code, target.code)


def _copy_shared(
    connection: Connection[TupleRow], *, table: Table, source: TenantRef, target: TenantRef
) -> None:
    """Rows of the provider's shared tables: keys that must be unique over all are made anew."""
    name = sql.SQL("provider.{}").format(sql.Identifier(table.name))
    connection.execute(sql.SQL("delete from {} where tenant_id = %s").format(name), (target.id,))
    rows = connection.execute(
        sql.SQL("select row_to_json(t)::text from {} t where tenant_id = %s").format(name),
        (source.id,),
    )
    for (row,) in rows.fetchall():
        values = json.loads(_in_the_name_of(row, source, target)) | {"tenant_id": target.id}
        for column in _unique_alone(table):
            values[column] = str(uuid4())
        columns = [column.name for column in table.columns if column.identity is None]
        connection.execute(
            sql.SQL(
                "insert into {0} ({1}) select {1} from json_populate_record(null::{0}, %s)"
            ).format(name, sql.SQL(", ").join(map(sql.Identifier, columns))),
            (json.dumps(values),),
        )


def _unique_alone(table: Table) -> set[str]:
    alone = {
        next(iter(constraint.columns)).name
        for constraint in table.constraints
        if type(constraint).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")
        and len(constraint.columns) == 1  # type: ignore[attr-defined]
    }
    return {name for name in alone if isinstance(table.columns[name].type, Uuid)}


def copy_files(source: TenantRef, target: TenantRef, hashes: list[str]) -> None:
    """The target's objects under the same names, with its own canary in them."""
    for digest in hashes:
        with tenant_scope(source):
            content = storage.get(store(), content_key(digest))
        changed = re.sub(
            CANARY[source.slug].encode(), CANARY[target.slug].encode(), content, flags=re.IGNORECASE
        )
        with tenant_scope(target):
            storage.put(store(), content_key(digest), changed)


def duplicate(
    connection: Connection[TupleRow], tenant: TenantRef, table: str, key: UUID, **changes: object
) -> UUID:
    """Another row like that one, under a key that the other client does not have."""
    name = sql.SQL("{}.{}").format(sql.Identifier(tenant.schema), sql.Identifier(table))
    made = uuid4()
    connection.execute(
        sql.SQL(
            "insert into {0} select (json_populate_record(t, %s)).* from {0} t where id = %s"
        ).format(name),
        (json.dumps({"id": str(made), **changes}), key),
    )
    return made
