"""Once per database, by a superuser: the login roles and what PostgreSQL itself must refuse.

Everything here may be run again; it changes nothing that already stands.
"""

from collections.abc import Mapping, Sequence

from psycopg import Connection, sql
from psycopg.rows import TupleRow

from tenants.driver import connect

OWNER = "kontor_owner"
"""Owns every schema; used by migrations and for opening clients, never by requests."""
PROVIDER = "kontor_provider"
"""The provider's own work: member of no client's role."""
CLIENT_GROUP = "kontor_client"
"""Group of all client roles: holds their rights on the provider's shared tables."""

_REVOKE_SQL_FROM_TEXT = tuple(
    f"revoke execute on function pg_catalog.{name}(text, boolean, boolean, text) from public"
    for name in ("query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema")
)

_STATEMENT_TIMEOUT = "60s"
_IDLE_TIMEOUT = "120s"


def tenant_login(bucket: int) -> str:
    """Name of the login that is a member of the client roles of one bucket."""
    return f"kontor_tenant_{bucket}"


def login_names(tenant_logins: int) -> Sequence[str]:
    """Every login role of an installation with so many buckets."""
    return (OWNER, PROVIDER, *(tenant_login(bucket) for bucket in range(tenant_logins)))


def prepare_cluster(
    superuser_url: str,
    *,
    passwords: Mapping[str, str],
    database: str = "kontor",
    tenant_logins: int = 1,
) -> None:
    """Create the login roles, the database and its hardening. `passwords` maps login to password.

    `superuser_url` may name any database of the cluster.
    """
    with connect(superuser_url, autocommit=True) as connection:
        _create_roles(connection, passwords=passwords, tenant_logins=tenant_logins)
        exists = connection.execute(
            "select 1 from pg_database where datname = %s", (database,)
        ).fetchone()
        if exists is None:
            connection.execute(
                sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with connect(superuser_url, autocommit=True, dbname=database) as connection:
        harden(connection, database=database, tenant_logins=tenant_logins)


def _create_roles(
    connection: Connection[TupleRow], *, passwords: Mapping[str, str], tenant_logins: int
) -> None:
    known = {row[0] for row in connection.execute("select rolname from pg_roles")}
    for name in login_names(tenant_logins):
        options = "login nosuperuser nocreatedb noreplication nobypassrls "
        options += "createrole" if name == OWNER else "nocreaterole noinherit"
        connection.execute(
            sql.SQL("{} role {} " + options + " password {}").format(
                sql.SQL("alter" if name in known else "create"),
                sql.Identifier(name),
                sql.Literal(passwords[name]),
            )
        )
    if CLIENT_GROUP not in known:
        connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(CLIENT_GROUP)))
    connection.execute(
        sql.SQL("grant {} to {} with admin option, inherit false, set false").format(
            sql.Identifier(CLIENT_GROUP), sql.Identifier(OWNER)
        )
    )


def harden(connection: Connection[TupleRow], *, database: str, tenant_logins: int) -> None:
    """Take from PUBLIC what injected SQL could use to change client (docs/security.md)."""
    logins = sql.SQL(", ").join(map(sql.Identifier, login_names(tenant_logins)))
    name = sql.Identifier(database)
    for statement in (
        "revoke all on database {db} from public",
        "grant connect on database {db} to {logins}",
        "grant create on database {db} to kontor_owner",
        "revoke all on schema public from public",
        # The client is chosen by set_config while still the login role; the client's own role
        # can then not call it again.
        "revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
        "grant execute on function pg_catalog.set_config(text, text, boolean) to {logins}",
        # These run SQL handed to them as text: the way round a single parsed statement.
        *_REVOKE_SQL_FROM_TEXT,
        "revoke usage on language plpgsql from public",
        "grant usage on language plpgsql to kontor_owner",
    ):
        connection.execute(sql.SQL(statement).format(db=name, logins=logins))
    for login in login_names(tenant_logins):
        for setting, value in (
            ("search_path", ""),
            ("timezone", "UTC"),
            ("statement_timeout", "0" if login == OWNER else _STATEMENT_TIMEOUT),
            ("idle_in_transaction_session_timeout", "0" if login == OWNER else _IDLE_TIMEOUT),
        ):
            connection.execute(
                sql.SQL("alter role {} in database {} set {} to {}").format(
                    sql.Identifier(login), name, sql.Identifier(setting), sql.Literal(value)
                )
            )
