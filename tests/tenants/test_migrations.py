"""TENANCY's cases 9 and 11: many clients are migrated, one fails, the process is killed."""

import signal
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select

from app.work.models import Draft
from tenants import migrations, trees
from tenants.db import db, transaction
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.tenants.conftest import House, add_revision
from tests.tenants.test_isolation import draft

MIGRATE = """
import sys
from pathlib import Path
from tenants import migrations, trees
report = migrations.upgrade_clients(url, tree=trees.Tree(Path(folder)))
print(sorted(report.failed))
sys.exit(0 if report.ok else 1)
"""


def versions(house: House) -> dict[str, str]:
    return {
        str(slug): str(version)
        for slug, version in house.rows("select slug, schema_version from provider.tenant")
    }


def coloured(house: House) -> set[str]:
    """Schemas that have the next release's column."""
    rows = house.rows(
        "select table_schema from information_schema.columns"
        " where table_name = 'draft' and column_name = 'colour'"
    )
    return {str(schema) for (schema,) in rows}


def test_every_client_is_migrated_once(house: House, release: trees.Tree) -> None:
    refs = [house.open(slug) for slug in ("aa", "bb", "cc", "dd")]
    report = migrations.upgrade_clients(house.owner_url, tree=release)
    assert sorted(report.migrated) == sorted(ref.schema for ref in refs)
    assert report.ok
    assert coloured(house) == {ref.schema for ref in refs}
    assert set(versions(house).values()) == {"tenant_next"}
    assert migrations.upgrade_clients(house.owner_url, tree=release) == migrations.Report()


class TestOneFails:
    """Case 11."""

    def test_others_are_done_and_that_one_is_as_before(
        self, house: House, release: trees.Tree
    ) -> None:
        _, bb, cc = (house.open(slug) for slug in ("aa", "bb", "cc"))
        # The first step succeeds, the second finds its name taken: both must be undone.
        house.rows(f"create index ix_draft_colour on {bb.schema}.draft (id)")
        process = house.start(MIGRATE, folder=str(release.folder))
        output, errors = process.communicate()
        assert (process.returncode, output.strip(), errors) == (1, f"['{bb.schema}']", "")
        assert bb.schema not in coloured(house)
        assert cc.schema in coloured(house)
        old = migrations.head("tenant")
        assert versions(house) == {"aa": "tenant_next", "bb": old, "cc": "tenant_next"}

        house.rows(f"drop index {bb.schema}.ix_draft_colour")
        report = migrations.upgrade_clients(house.owner_url, tree=release)
        assert report.migrated == [bb.schema]

    def test_if_it_is_the_canary_nothing_else_is_touched(
        self, house: House, release: trees.Tree
    ) -> None:
        aa, bb = (house.open(slug) for slug in ("aa", "bb"))
        house.rows(f"create index ix_draft_colour on {aa.schema}.draft (id)")
        report = migrations.upgrade_clients(house.owner_url, tree=release)
        assert "already exists" in report.failed[aa.schema]
        assert (report.migrated, report.untouched) == ([], [bb.schema])
        report = migrations.upgrade_clients(house.owner_url, tree=release, canary=bb.id)
        assert (report.migrated, list(report.failed)) == ([bb.schema], [aa.schema])

    def test_an_unknown_revision_is_only_that_clients_trouble(
        self, house: House, release: trees.Tree
    ) -> None:
        house.open("aa")
        bb = house.open("bb")
        house.rows("update provider.tenant set schema_version = 'lost' where slug = 'bb'")
        report = migrations.upgrade_clients(house.owner_url, tree=release)
        assert len(report.migrated) == 1
        assert "lost" in report.failed[bb.schema]

    def test_old_code_works_on_migrated_and_unmigrated_clients(
        self, house: House, second_app: Flask, release: trees.Tree
    ) -> None:
        for slug in ("aa", "bb"):
            house.open(slug)
        bb = house.rows("select id from provider.tenant where slug = 'bb'")[0][0]
        with second_app.app_context():
            for slug in ("aa", "bb"):
                with tenant_scope(by_slug(slug)), transaction():
                    db.session.add(draft("before"))
        house.rows(f"create index ix_draft_colour on t_{bb}.draft (id)")
        migrations.upgrade_clients(house.owner_url, tree=release)
        assert len(coloured(house)) == 1
        with second_app.app_context():  # on the connections that saw the tables before
            for slug in ("aa", "bb"):
                with tenant_scope(by_slug(slug)), transaction():
                    held = db.session.scalars(select(Draft)).one()
                    assert held.payload == {"note": "before"}
                    held.payload = {"note": "after"}
                with tenant_scope(by_slug(slug)), transaction():
                    db.session.delete(db.session.scalars(select(Draft)).one())
                    db.session.flush()
                    db.session.add(draft("new"))


def test_killed_in_the_middle(house: House, release: trees.Tree) -> None:
    """Case 9: the canary is done, the second waits, kill -9; the next run does the rest."""
    refs = [house.open(slug) for slug in ("aa", "bb", "cc")]
    with house.superuser() as blocker, blocker.transaction():
        for ref in refs[1:]:
            blocker.execute(f"lock table {ref.schema}.draft in access share mode".encode())
        process = house.start(MIGRATE, folder=str(release.folder))
        house.wait_for_lock()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert coloured(house) == {refs[0].schema}
        # Still waiting are the server's halves of it, without anybody to commit what they do.
    house.wait_until_alone()
    assert coloured(house) == {refs[0].schema}
    report = migrations.upgrade_clients(house.owner_url, tree=release)
    assert sorted(report.migrated) == [ref.schema for ref in refs[1:]]


def test_two_runs_at_once_do_everything_once(house: House, release: trees.Tree) -> None:
    for slug in ("aa", "bb", "cc"):
        house.open(slug)
    with ThreadPoolExecutor(2) as pool:
        reports = list(
            pool.map(lambda _: migrations.upgrade_clients(house.owner_url, tree=release), range(2))
        )
    assert [report.ok for report in reports] == [True, True]
    assert sorted(len(report.migrated) for report in reports) == [0, 3]


def test_a_lock_that_is_let_go_is_waited_for(
    house: House, release: trees.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = house.open("aa")
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    with ThreadPoolExecutor(1) as pool:
        with house.superuser() as blocker, blocker.transaction():
            blocker.execute(f"lock table {ref.schema}.draft in access share mode".encode())
            run = pool.submit(migrations.upgrade_clients, house.owner_url, tree=release)
            house.wait_for_lock()
            sleep(0.2)  # past the lock's time-out: it must try again
        assert run.result().ok


def test_a_lock_that_is_held_on_is_a_reason(
    house: House, release: trees.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = house.open("aa")
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "10ms")
    monkeypatch.setattr(migrations, "TRIES", 2)
    with house.superuser() as blocker, blocker.transaction():
        blocker.execute(f"lock table {ref.schema}.draft in access share mode".encode())
        report = migrations.upgrade_clients(house.owner_url, tree=release)
    assert "lock timeout" in report.failed[ref.schema]


def test_a_revision_may_look_at_rows(house: House, second_app: Flask, release: trees.Tree) -> None:
    (release.folder / "0002_next.py").unlink()
    add_revision(
        release.folder,
        'op.add_column("draft", sa.Column("colour", sa.Text()))',
        'rows = op.get_bind().execute(sa.text("select id from draft")).all()',
        'op.execute(sa.text("update draft set colour = :c").bindparams(c=f"{len(rows)} %"))',
        "op.execute('grant select on draft to \"@schema@\"')",
        needs_connection=True,
    )
    for slug in ("aa", "bb"):
        house.open(slug)
    with second_app.app_context(), tenant_scope(by_slug("aa")), transaction():
        db.session.add(draft("x"))
    report = migrations.upgrade_clients(house.owner_url, tree=trees.Tree(release.folder))
    assert report.ok
    ref = house.rows("select id from provider.tenant where slug = 'aa'")[0][0]
    assert house.rows(f"select colour from t_{ref}.draft") == [("1 %",)]
    assert set(versions(house).values()) == {"tenant_next"}


def test_a_revision_that_looks_at_rows_may_fail(house: House, release: trees.Tree) -> None:
    (release.folder / "0002_next.py").unlink()
    add_revision(
        release.folder,
        'op.add_column("draft", sa.Column("colour", sa.Text()))',
        'op.execute("select 1 / 0")',
        needs_connection=True,
    )
    ref = house.open("aa")
    report = migrations.upgrade_clients(house.owner_url, tree=trees.Tree(release.folder))
    assert "division by zero" in report.failed[ref.schema]
    assert coloured(house) == set()


def test_a_per_cent_sign_stays_one(house: House, release: trees.Tree) -> None:
    (release.folder / "0002_next.py").unlink()
    add_revision(release.folder, "op.execute(\"insert into counter values ('100 %', 1)\")")
    ref = house.open("aa")
    assert migrations.upgrade_clients(house.owner_url, tree=trees.Tree(release.folder)).ok
    assert house.rows(f"select name from {ref.schema}.counter") == [("100 %",)]


class TestProvider:
    def test_a_second_run_changes_nothing(self, house: House) -> None:
        assert migrations.upgrade_provider(house.owner_url) is False

    def test_rights_are_renewed_when_they_differ(self, house: House) -> None:
        house.rows("update provider.schema_version set rights = 'others'")
        assert migrations.upgrade_provider(house.owner_url) is True

    def test_the_ledger_says_where_it_stands(self, house: House) -> None:
        with house.superuser() as connection:
            assert migrations.provider_version(connection) == migrations.head("provider")


def test_a_tree_without_revisions_has_no_head() -> None:
    with pytest.raises(trees.UnknownRevision):
        _ = trees.Tree(trees.MIGRATIONS / "nowhere").head
