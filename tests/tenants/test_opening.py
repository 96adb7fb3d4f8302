"""TENANCY's cases 8, 9, 10 and 12: one clean client or none, and what its states mean."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from app.kernel.clock import now
from app.work.models import Counter
from tenants import opening
from tenants.context import HostileName, TenantRef, TenantState, schema_name
from tenants.db import db, transaction
from tenants.registry import UnknownTenant, all_refs, by_code, by_id, by_slug
from tenants.scope import tenant_scope
from tests.tenants.conftest import House

OPEN = """
from app.kernel.clock import now
from tenants import opening
try:
    print(opening.open_client(url, slug=slug, name=slug, at=now()).id)
except opening.NameTaken:
    print("taken")
"""
# The last step of building waits for a lock that the test holds: the process is in the middle.
OPEN_AND_WAIT = f"""
from tenants import provisioning
whole = provisioning.head_script()
provisioning.head_script = lambda: whole + ";select pg_advisory_xact_lock(77)"
{OPEN}
"""
DROP = """
from tenants import opening
opening.drop_client(url, tenant_id=int(tenant_id))
"""


def remains(house: House) -> tuple[int, int, int]:
    """Register entries, schemas and roles of clients in the second installation."""
    return (
        len(house.rows("select 1 from provider.tenant")),
        len(house.rows("select 1 from pg_namespace where nspname ~ '^t_[0-9]+$'")),
        len(house.rows("select 1 from pg_roles where rolname ~ '^t_7[0-9]{5}$'")),
    )


def test_opening_one_slug_20_times_at_once(house: House) -> None:
    """Case 8, from two processes with ten threads each."""
    twenty = """
from concurrent.futures import ThreadPoolExecutor
import json
from app.kernel.clock import now
from tenants import opening
def attempt(_):
    try:
        return opening.open_client(url, slug="acme", name="Acme", at=now()).id
    except opening.NameTaken:
        return None
with ThreadPoolExecutor(10) as pool:
    print(json.dumps(list(pool.map(attempt, range(10)))))
"""
    processes = [house.start(twenty), house.start(twenty)]
    outcomes = [outcome for p in processes for outcome in json.loads(p.communicate()[0])]
    assert len(outcomes) == 20
    assert len([outcome for outcome in outcomes if outcome is not None]) == 1
    assert remains(house) == (1, 1, 1)


def test_spares_are_taken_once_each(house: House) -> None:
    assert opening.fill_spares(house.owner_url, at=now(), wanted=3) == 3
    assert opening.fill_spares(house.owner_url, at=now(), wanted=3) == 0
    with ThreadPoolExecutor(5) as pool:
        refs = list(pool.map(house.open, ["ab", "cd", "ef", "gh", "ij"]))
    assert len({ref.id for ref in refs}) == 5
    assert house.rows("select distinct state from provider.tenant") == [("ready",)]
    assert remains(house) == (5, 5, 5)


def test_a_spare_that_is_behind_is_not_taken(house: House) -> None:
    opening.fill_spares(house.owner_url, at=now(), wanted=1)
    house.rows("update provider.tenant set schema_version = 'older' returning id")
    house.open("acme")
    assert house.rows("select state from provider.tenant order by id") == [("spare",), ("ready",)]


def test_a_client_from_a_spare_works(house: House, second_app: Flask) -> None:
    opening.fill_spares(house.owner_url, at=now(), wanted=1)
    ref = house.open("acme")
    with second_app.app_context(), tenant_scope(by_slug("acme")) as tenant, transaction():
        assert tenant == ref
        db.session.add(Counter(name="x", value=1))


class TestKilled:
    """Case 9: kill -9 in the middle leaves nothing, and the next attempt succeeds."""

    def test_while_opening(self, house: House) -> None:
        with house.superuser() as blocker:
            blocker.execute("select pg_advisory_lock(77)")
            process = house.start(OPEN_AND_WAIT, slug="acme")
            house.wait_for_lock()
            process.send_signal(signal.SIGKILL)
            process.communicate()
        house.wait_until_alone()
        assert remains(house) == (0, 0, 0)
        house.open("acme")
        assert remains(house) == (1, 1, 1)

    def test_while_closing_for_good(self, house: House) -> None:
        ref = house.open("acme")
        with house.superuser() as blocker, blocker.transaction():
            blocker.execute(f"lock table {ref.schema}.draft in access share mode".encode())
            process = house.start(DROP, tenant_id=str(ref.id))
            house.wait_for_lock()
            process.send_signal(signal.SIGKILL)
            process.communicate()
        house.wait_until_alone()
        assert remains(house) == (1, 1, 1)
        opening.drop_client(house.owner_url, tenant_id=ref.id)
        assert remains(house) == (0, 0, 0)


HOSTILE_SLUGS = (
    "",
    "A",
    "acme;drop schema provider cascade",
    'acme"',
    "acme'--",
    "../acme",
    "acme/../bolt",
    "acme\x00",
    "acme\n",
    "-acme",
    "acme-",
    "a" * 41,
    "pg_catalog",
    "acme ",
    "аcme",  # noqa: RUF001  the first letter is Cyrillic
    "%00",
    "t_1.draft",
)


class TestHostileNames:
    """Case 10."""

    @pytest.mark.parametrize("slug", HOSTILE_SLUGS)
    def test_slugs_open_nothing_and_find_nothing(
        self, app_context: Flask, slug: str, settings: object
    ) -> None:
        with pytest.raises(opening.BadName):
            opening.open_client("postgresql://nobody@127.0.0.1:1/", slug=slug, name="x", at=now())
        with pytest.raises(UnknownTenant):
            by_slug(slug)
        with pytest.raises(UnknownTenant):
            by_code(slug)

    @pytest.mark.parametrize("slug", ["%00", "acme%00", "acme%27--", "..%2fbolt", "%C0%AF", "ACME"])
    def test_slugs_in_an_address_are_404(self, app: Flask, slug: str) -> None:
        assert app.test_client().get(f"/p/{slug}/").status_code == 404

    @pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x00b", "a\nb"])
    def test_names_are_refused(self, name: str) -> None:
        with pytest.raises(opening.BadName):
            opening.open_client("postgresql://nobody@127.0.0.1:1/", slug="ok", name=name, at=now())

    @pytest.mark.parametrize("name", ["Robert'); drop schema provider cascade; --", "100 % {x} $$"])
    def test_names_are_kept_as_they_are(self, house: House, name: str) -> None:
        opening.open_client(house.owner_url, slug="acme", name=name, at=now(), guidance=name)
        assert house.rows("select name, guidance from provider.tenant") == [(name, name)]

    @pytest.mark.parametrize("code", ["A", "acme", "ACMEACMEA", "A-B", "A'"])
    def test_codes_are_refused(self, code: str) -> None:
        with pytest.raises(opening.BadName):
            opening.open_client(
                "postgresql://x@127.0.0.1:1/", slug="ok", name="x", code=code, at=now()
            )

    @pytest.mark.parametrize("tenant_id", [0, -1, 10**18, 10**30])
    def test_ids_never_become_sql(self, app_context: Flask, tenant_id: int) -> None:
        with pytest.raises(HostileName):
            schema_name(tenant_id)
        with pytest.raises(HostileName):
            by_id(tenant_id)

    def test_the_same_code_is_taken(self, house: House) -> None:
        house.open("acme")
        with pytest.raises(opening.NameTaken):
            opening.open_client(house.owner_url, slug="other", code="ACME", name="x", at=now())
        assert remains(house) == (1, 1, 1)


class TestStates:
    """Case 12."""

    def change(self, house: House, state: TenantState) -> None:
        opening.change_state(house.owner_url, slug="acme", state=state, at=now())

    def test_suspended_is_read_only_in_postgresql(self, house: House, second_app: Flask) -> None:
        house.open("acme")
        with second_app.app_context(), tenant_scope(by_slug("acme")), transaction():
            db.session.add(Counter(name="kept", value=7))
        self.change(house, TenantState.SUSPENDED)
        with second_app.app_context(), tenant_scope(by_slug("acme")):
            assert db.session.scalar(select(Counter.value)) == 7
            db.session.rollback()
            for attempt in (
                "update counter set value = 8",
                "set transaction read write",
                "insert into provider.work_index (tenant_id) values (1)",
            ):
                with pytest.raises(InternalError, match=r"read-only|read-write"):
                    write(attempt)

    def test_closed_is_unknown_and_reopened_is_as_before(
        self, house: House, second_app: Flask
    ) -> None:
        house.open("acme")
        with second_app.app_context(), tenant_scope(by_slug("acme")), transaction():
            db.session.add(Counter(name="kept", value=7))
        self.change(house, TenantState.CLOSED)
        with second_app.app_context():
            for find in (lambda: by_slug("acme"), lambda: by_code("ACME"), lambda: by_id(700_000)):
                with pytest.raises(UnknownTenant):
                    find()
            assert all_refs() == []
        self.change(house, TenantState.READY)
        with second_app.app_context(), tenant_scope(by_slug("acme")), transaction():
            assert db.session.scalar(select(Counter.value)) == 7
            db.session.add(Counter(name="new", value=1))
        assert house.rows("select suspended_at, closed_at from provider.tenant") == [(None, None)]

    def test_what_is_not_a_client_is_refused(self, house: House) -> None:
        opening.fill_spares(house.owner_url, at=now(), wanted=1)
        with pytest.raises(opening.BadName):
            self.change(house, TenantState.CLOSED)
        with pytest.raises(opening.NotPossible):
            self.change(house, TenantState.SPARE)

    def test_saying_it_twice_changes_nothing(self, house: House) -> None:
        house.open("acme")
        self.change(house, TenantState.CLOSED)
        (before,) = house.rows("select closed_at from provider.tenant")
        self.change(house, TenantState.CLOSED)
        assert house.rows("select closed_at from provider.tenant") == [before]

    def test_the_providers_people_see_them_in_the_register(
        self, house: House, second_app: Flask
    ) -> None:
        refs: list[TenantRef] = [house.open("acme"), house.open("bolt")]
        opening.change_state(house.owner_url, slug="bolt", state=TenantState.SUSPENDED, at=now())
        with second_app.app_context():
            assert [ref.id for ref in all_refs()] == [ref.id for ref in refs]


def write(statement: str) -> None:
    try:
        db.session.execute(text(statement))
    finally:
        db.session.rollback()
