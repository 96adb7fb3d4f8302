"""What the catalogue says: a prepared client is a migrated one, shared tables are walled."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Table, UniqueConstraint, Uuid, text
from sqlalchemy.exc import ProgrammingError

from tenants import grants, provisioning, trees
from tenants.bootstrap import CLIENT_GROUP, PROVIDER
from tenants.context import TenantRef
from tenants.db import ProviderModel, TenantModel, db, tenant_engine
from tenants.driver import OneStatementCursor, connect
from tests.conftest import in_scope
from tests.tenants.conftest import House

CATALOGUE = {
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attnum
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = %s::regnamespace and a.attnum > 0 and not a.attisdropped
        and c.relkind in ('r', 'p') order by 1, a.attnum""",
    "constraints": """
        select conrelid::regclass::text, conname, contype, convalidated, condeferrable,
               pg_get_constraintdef(oid)
        from pg_constraint where connamespace = %s::regnamespace order by 1, 2""",
    "indexes": """
        select c.relname, pg_get_indexdef(i.indexrelid), i.indisunique, i.indisvalid
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = %s::regnamespace order by 1""",
    "rights": """
        select c.relname, c.relkind, c.relrowsecurity, pg_get_userbyid(c.relowner),
               (select array_agg(x::text order by x::text) from unnest(c.relacl) x)
        from pg_class c where c.relnamespace = %s::regnamespace order by 1""",
    "the schema": """
        select pg_get_userbyid(nspowner), (select array_agg(x::text order by x::text)
        from unnest(nspacl) x) from pg_namespace where oid = %s::regnamespace""",
}


def describe(house: House, schema: str) -> dict[str, list[str]]:
    """The catalogue's words about a schema, without its name."""
    return {
        kind: [str(row).replace(schema, "SCHEMA") for row in house.rows(query, schema)]
        for kind, query in CATALOGUE.items()
    }


def test_a_prepared_client_equals_a_migrated_one(house: House) -> None:
    """Decision 7: the head script and the replayed migrations make the same schema.

    If this fails after a change of the models: write a migration (before the first release:
    `python -m devtools.initial_migrations`).
    """
    prepared = house.open("acme")
    migrated = "t_799999"
    with connect(house.owner_url) as connection:
        connection.execute(provisioning.role_script(799_999, tenant_logins=1).encode())
        connection.execute(f"create schema {migrated}; set local search_path = {migrated}".encode())
        script = trees.TENANT.sql("")
        assert script is not None
        connection.execute(script.replace(trees.PLACEHOLDER, migrated).encode())
    expected, found = describe(house, prepared.schema), describe(house, migrated)
    for kind in CATALOGUE:
        assert found[kind] == expected[kind], kind
        assert expected[kind], f"nothing to compare: {kind}"


def test_the_providers_schema_equals_its_models(house: House) -> None:
    columns = house.rows(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'provider' and table_name <> 'schema_version'"
    )
    models = {(t.name, c.name) for t in ProviderModel.metadata.sorted_tables for c in t.columns}
    assert set(columns) == models


def test_every_table_has_a_primary_key() -> None:
    for metadata in (ProviderModel.metadata, TenantModel.metadata):
        for table in metadata.sorted_tables:
            assert table.primary_key.columns, table.name


def test_no_trigger_and_no_default_of_the_database(house: House) -> None:
    """Citus refuses triggers; keys and moments are made by the program."""
    assert house.rows("select tgname from pg_trigger where not tgisinternal") == []


SHARED: Callable[[], list[Table]] = grants.shared_tables


class TestSharedTables:
    def test_row_level_security_is_on_each(self, house: House) -> None:
        walled = {
            str(name)
            for (name,) in house.rows(
                "select relname from pg_class where relrowsecurity"
                " and relnamespace = 'provider'::regnamespace"
            )
        }
        assert walled == {table.name for table in SHARED()}
        policies = house.rows(
            "select tablename, policyname, roles::text[], qual, with_check from pg_policies"
        )
        for table in SHARED():
            mine = {row[1]: row[2:] for row in policies if row[0] == table.name}
            assert set(mine) == {"own_rows", "provider_rows"}
            roles, using, check = mine["own_rows"]
            assert roles == [CLIENT_GROUP]
            assert using == check == "(tenant_id = provider.current_client())"
            assert mine["provider_rows"][0] == [PROVIDER]

    def test_clients_have_the_rights_that_are_marked_and_no_others(self, house: House) -> None:
        found = house.rows(
            "select table_name, lower(privilege_type) from information_schema.table_privileges"
            " where table_schema = 'provider' and grantee = %s",
            CLIENT_GROUP,
        )
        assert set(found) == {(t.name, r) for t in SHARED() for r in t.info["clients_may"]}
        public = house.rows(
            "select table_name from information_schema.table_privileges"
            " where table_schema = 'provider' and grantee in ('PUBLIC', 'public')"
        )
        assert public == []

    def test_a_clash_of_keys_tells_nothing_about_others(self) -> None:
        """A unique value that another client already has would be noticed: so keys hold the client.

        Or they are uuids, which nobody guesses.
        """
        for table in SHARED():
            if not {"insert", "update"} & set(table.info["clients_may"]):
                continue
            keys = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
            unique = [list(key.columns) for key in keys]
            unique += [list(table.primary_key.columns)]
            unique += [list(index.columns) for index in table.indexes if index.unique]
            for columns in unique:
                names = {column.name for column in columns}
                unknown = all(isinstance(column.type, Uuid) for column in columns) or (
                    len(columns) == 1 and columns[0].identity is not None
                )
                assert unknown or "tenant_id" in names, f"{table.name}: {names}"

    def test_a_table_without_a_client_cannot_be_shared(self) -> None:
        table = Table("x", ProviderModel.metadata.__class__(), info={"clients_may": ("select",)})
        with pytest.raises(TypeError, match="tenant_id"):
            list(grants._share(table))  # noqa: SLF001


@pytest.mark.parametrize("whose", ["provider", "client"])
def test_statements_cannot_be_stacked(app: Flask, acme: TenantRef, whose: str) -> None:
    """Decision 3: psycopg's switch to the extended protocol, pinned to this version's behaviour."""
    with app.app_context():
        engine = db.engine if whose == "provider" else tenant_engine(acme)
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            assert isinstance(cursor, OneStatementCursor)
            for statement in ("select 1; select 2", "select 1; commit"):
                with pytest.raises(Exception, match="multiple commands"):
                    cursor.execute(statement)
                connection.connection.rollback()
            assert cursor.execute("select 1").fetchone() == (1,)
            with pytest.raises(ProgrammingError, match="multiple commands"):
                connection.execute(text("select 1; select 2"))


def test_statements_are_never_prepared(app: Flask, acme: TenantRef) -> None:
    """Decision 5: not even one that is asked for again and again."""
    with in_scope(app, acme):
        for _ in range(10):
            db.session.execute(text("select count(*) from draft where id is not null"))
        assert db.session.scalar(text("select count(*) from pg_prepared_statements")) == 0


def test_without_models_there_is_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    provisioning.head_script.cache_clear()
    monkeypatch.setattr(TenantModel.metadata, "tables", {})
    with pytest.raises(RuntimeError, match=r"app\.wiring"):
        provisioning.head_script()
