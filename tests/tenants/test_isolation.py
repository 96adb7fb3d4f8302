"""TENANCY's cases 1 to 6 and 14: PostgreSQL itself refuses, whatever the code asks for."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.kernel.clock import now
from app.work.models import Counter, Draft, WorkIndex
from app.work.rules import WorkStatus
from tenants.context import TenantRef
from tenants.db import ProviderModel, TenantModel, TenantSwitched, db, tenant_engine, transaction
from tenants.scope import tenant_scope
from tests.conftest import in_scope

SAME_KEY = uuid4()


def draft(note: str) -> Draft:
    return Draft(
        id=SAME_KEY,
        account_id=SAME_KEY,
        service_key="x",
        type_key="x",
        payload={"note": note},
        document_ids=[],
        updated_at=now(),
    )


@pytest.fixture
def twins(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    """Both clients have a draft and an index row with the same keys."""
    for tenant in (acme, bolt):
        with in_scope(app, tenant), transaction():
            db.session.merge(draft(tenant.slug))
            db.session.merge(index_row(tenant))


def index_row(tenant: TenantRef) -> WorkIndex:
    return WorkIndex(
        tenant_id=tenant.id,
        item_id=SAME_KEY,
        number=f"{tenant.code}-1",
        service_key="x",
        type_key="x",
        title=tenant.slug,
        status=WorkStatus.NEW,
        priority=1,
        received_at=now(),
        urgent_at=now(),
        is_open=False,
        worker_ids=[],
        version=1,
        assignee_name="",
    )


@pytest.mark.usefixtures("twins")
class TestTheOthersRows:
    """Case 1: read, write, update, delete of the other's rows."""

    @pytest.mark.parametrize(
        "statement",
        [
            "select * from {other}.draft",
            "insert into {other}.counter values ('x', 1)",
            "update {other}.draft set payload = '{{}}'",
            "delete from {other}.draft",
            "truncate {other}.draft",
            "drop table {other}.draft",
            "create table {other}.mine (id int)",
            "select * from provider.account",
            "select * from provider.tenant",
        ],
    )
    def test_is_refused(self, app: Flask, acme: TenantRef, bolt: TenantRef, statement: str) -> None:
        with in_scope(app, acme), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement.format(other=bolt.schema)))

    def test_shared_tables_show_own_rows_only(
        self, app: Flask, acme: TenantRef, bolt: TenantRef
    ) -> None:
        with in_scope(app, acme):
            titles = db.session.scalars(select(WorkIndex.title)).all()
            assert "acme" in titles
            assert "bolt" not in titles
            changed = db.session.execute(
                text("update provider.work_index set title = 'x' where tenant_id = :other"),
                {"other": bolt.id},
            )
            assert changed.rowcount == 0

    def test_shared_tables_take_own_rows_only(
        self, app: Flask, acme: TenantRef, bolt: TenantRef
    ) -> None:
        forged = index_row(bolt)
        forged.item_id = uuid4()
        with in_scope(app, acme):
            db.session.add(forged)
            with pytest.raises(ProgrammingError, match="row-level security"):
                db.session.flush()


def test_no_context_no_rows(app_context: Flask) -> None:
    """Case 2."""
    with pytest.raises(ProgrammingError, match="does not exist"):
        db.session.execute(select(Draft))
    db.session.rollback()


def test_the_provider_cannot_enter_a_client(app_context: Flask, acme: TenantRef) -> None:
    for statement in (f"set role {acme.role}", f"select * from {acme.schema}.draft"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_context_survives_nothing(app: Flask, acme: TenantRef) -> None:
    """Case 3: neither commit, rollback nor reuse of the connection keeps the client's context."""
    with app.app_context():
        engine = tenant_engine(acme)
        with tenant_scope(acme):
            with transaction():
                assert db.session.scalar(text("select current_user")) == acme.role
            with transaction() as tx:
                assert db.session.scalar(text("select current_user")) == acme.role
                tx.doom()
        for _ in range(3):
            with engine.connect() as connection:
                user, path = connection.execute(
                    text("select current_user, current_setting('search_path')")
                ).one()
                assert user == "kontor_tenant_0"
                assert acme.schema not in path
                with pytest.raises(ProgrammingError):
                    connection.execute(text(f"select * from {acme.schema}.draft"))


def test_savepoints_keep_the_context(app: Flask, acme: TenantRef) -> None:
    """Case 3: two nested savepoints, one rolled back."""
    with in_scope(app, acme), transaction():
        db.session.merge(Counter(name="savepoint", value=1))
        outer = db.session.begin_nested()
        db.session.merge(Counter(name="savepoint", value=2))
        inner = db.session.begin_nested()
        db.session.merge(Counter(name="savepoint", value=3))
        db.session.flush()
        inner.rollback()
        assert db.session.scalar(text("select current_user")) == acme.role
        outer.commit()
        assert db.session.scalar(select(Counter.value).where(Counter.name == "savepoint")) == 2


ATTACKS = (
    "select set_config('role', 'kontor_tenant_0', true)",
    "select set_config('search_path', '{other}', true)",
    "select query_to_xml('select set_config(''role'', ''{other}'', true)', true, true, '')",
    "create temp table draft (id int)",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "do $$ begin perform 1; end $$",
    "select 1; set role {other}",
    "select 1; reset role",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "create table mine (id int)",
    "alter table draft disable row level security",
    "grant {other} to {own}",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_injected_sql_cannot_leave_the_client(
    app: Flask, acme: TenantRef, bolt: TenantRef, attack: str
) -> None:
    """Case 4: each attack of decision 3, and stacked statements without parameters."""
    statement = attack.format(other=bolt.role, own=acme.role)
    with in_scope(app, acme):
        with pytest.raises(DBAPIError):
            db.session.connection().exec_driver_sql(statement)
        db.session.rollback()
        assert db.session.scalar(text("select current_user")) == acme.role


@pytest.mark.usefixtures("twins")
def test_alternating_scopes_over_a_small_pool(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    """Case 5: 400 scopes on 8 threads over a pool of 2."""

    def visit(tenant: TenantRef) -> tuple[str, str, str]:
        with in_scope(app, tenant):
            schema = str(db.session.scalar(text("select current_schema()")))
            note = str(db.session.get_one(Draft, SAME_KEY).payload["note"])
            return tenant.slug, schema, note

    with app.app_context():
        assert tenant_engine(acme).pool.size() == 2  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as pool:
        for slug, schema, note in pool.map(visit, [acme, bolt] * 200):
            assert schema == {"acme": acme, "bolt": bolt}[slug].schema
            assert note == slug


class TestScopes:
    """Case 6."""

    def test_do_not_nest(self, app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
        with in_scope(app, acme), pytest.raises(TenantSwitched), tenant_scope(bolt):
            pass

    def test_do_not_open_over_the_providers_transaction(
        self, app_context: Flask, acme: TenantRef
    ) -> None:
        db.session.execute(text("select 1"))
        with pytest.raises(TenantSwitched), tenant_scope(acme):
            pass
        db.session.rollback()

    @pytest.mark.usefixtures("twins")
    def test_share_no_objects(self, app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
        with app.app_context():
            with tenant_scope(acme):
                held = db.session.get_one(Draft, SAME_KEY)
                assert held.payload["note"] == "acme"
            with tenant_scope(bolt):
                assert db.session.get_one(Draft, SAME_KEY).payload["note"] == "bolt"


def test_nothing_crosses_schemas(app: Flask, settings: object) -> None:
    """Case 14: no foreign key, view or function of one schema names another."""
    for metadata in (ProviderModel.metadata, TenantModel.metadata):
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                assert key.column.table.schema == table.schema, table
    with app.app_context(), db.engines["owner"].connect() as connection:
        crossing = connection.scalar(
            text(
                "select count(*) from pg_constraint c"
                " join pg_class a on a.oid = c.conrelid join pg_class b on b.oid = c.confrelid"
                " where a.relnamespace <> b.relnamespace"
            )
        )
        views = connection.scalar(
            select(func.count())
            .select_from(text("pg_views"))
            .where(text("schemaname not in ('pg_catalog', 'information_schema')"))
        )
        functions = connection.scalars(
            text(
                "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                " where nspname = 'provider' or nspname like 't\\_%'"
            )
        ).all()
    assert (crossing, views, functions) == (0, 0, ["current_client"])
