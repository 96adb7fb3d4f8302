"""The statements that make and unmake a client's schema, role and rights."""

from functools import cache

from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy.dialects.postgresql import dialect as postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from tenants.bootstrap import CLIENT_GROUP, tenant_login
from tenants.context import schema_name
from tenants.db import TenantModel
from tenants.trees import PLACEHOLDER

_SCHEMA = f'"{PLACEHOLDER}"'


@cache
def head_script() -> str:
    """The SQL that makes an empty client at the head of the client tree.

    Prepared once per process from the models; a test proves it equal to replaying the
    migrations. `@schema@` stands for the client's schema and role.
    """
    if not TenantModel.metadata.tables:
        raise RuntimeError("no table of a client is known: import app.wiring first")
    # Not the driver's own style of parameters: that one doubles every %.
    dialect = postgresql(paramstyle="named")  # type: ignore[no-untyped-call]
    lines = [f"create schema {_SCHEMA}", f"set local search_path = {_SCHEMA}, pg_temp"]
    tables = TenantModel.metadata.sorted_tables
    for table in tables:
        lines.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        lines += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    lines += grants()
    return ";\n".join(line.strip() for line in lines)


def grants() -> list[str]:
    """What the client's role may do with its own tables; append-only tables cannot be changed.

    Named one by one: `GRANT … ON ALL TABLES` costs 2.4 times as much.
    """
    tables = TenantModel.metadata.sorted_tables
    plain = [f'"{t.name}"' for t in tables if not t.info.get("append_only")]
    append_only = [f'"{t.name}"' for t in tables if t.info.get("append_only")]
    lines = [f"grant usage on schema {_SCHEMA} to {_SCHEMA}"]
    if plain:
        lines.append(f"grant select, insert, update, delete on {', '.join(plain)} to {_SCHEMA}")
    if append_only:
        lines.append(f"grant select, insert on {', '.join(append_only)} to {_SCHEMA}")
    return lines


_MEMBERS = r"""
select client.rolname, login.rolname
from pg_auth_members grouped
join pg_roles client on client.oid = grouped.member and client.rolname ~ '^t_[1-9][0-9]*$'
left join pg_auth_members membership on membership.roleid = client.oid
    and membership.member in (select oid from pg_roles where rolname ~ '^kontor_tenant_[0-9]+$')
left join pg_roles login on login.oid = membership.member
where grouped.roleid = %(group)s::regrole
order by client.rolname
"""


def role_script(tenant_id: int, *, tenant_logins: int) -> str:
    """The client's role: may sign in nowhere (no password), owns nothing, creates nothing.

    LOGIN because Citus' schema-based sharding needs it of the roles it moves.
    """
    role = schema_name(tenant_id)
    return (
        f'create role "{role}" login inherit in role {CLIENT_GROUP};\n'
        f"{_membership(tenant_id, tenant_logins=tenant_logins)}"
    )


def _membership(tenant_id: int, *, tenant_logins: int) -> str:
    login = tenant_login(tenant_id % tenant_logins)
    return f'grant "{schema_name(tenant_id)}" to {login} with inherit false, set true'


def spread(connection: Connection[TupleRow], *, tenant_logins: int) -> int:
    """Make every client's role a member of the one login it is reached by, after the number of
    logins was raised; how many moved. In the owner's transaction.
    """
    members = connection.execute(_MEMBERS, {"group": CLIENT_GROUP}).fetchall()
    moved = 0
    for role, login in members:
        tenant_id = int(role.removeprefix("t_"))
        if login != tenant_login(tenant_id % tenant_logins):
            grant = _membership(tenant_id, tenant_logins=tenant_logins)
            revoke = f'revoke "{schema_name(tenant_id)}" from {login}' if login else "select 1"
            connection.execute(f"{revoke};\n{grant}".encode())
            moved += 1
    return moved


def build(connection: Connection[TupleRow], tenant_id: int, *, tenant_logins: int) -> None:
    """Role, schema, tables and rights, inside the caller's transaction (as the owner)."""
    schema = schema_name(tenant_id)
    script = role_script(tenant_id, tenant_logins=tenant_logins)
    script += ";\n" + head_script().replace(PLACEHOLDER, schema)
    connection.execute(script.encode())


def demolish(connection: Connection[TupleRow], tenant_id: int) -> None:
    """Drop schema and role, in whatever state a crash left them, in the caller's transaction."""
    name = schema_name(tenant_id)
    connection.execute(f'drop schema if exists "{name}" cascade'.encode())
    exists = connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone()
    if exists is not None:
        connection.execute(f'drop role "{name}"'.encode())
