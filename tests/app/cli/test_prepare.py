"""`kontor prepare`: from a bare cluster to a house, and clients over more logins later."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from app.cli.house import House
from app.cli.main import main
from app.kernel.clock import now
from config import Settings
from devtools import embedded
from tenants import bootstrap, migrations, opening
from tenants.driver import connect
from tests.conftest import PASSWORD

Prepare = Callable[[Settings], Result]


@pytest.fixture(scope="module")
def postgres() -> Iterator[embedded.Postgres]:
    """A server of its own: logins and client roles belong to the whole cluster."""
    with embedded.postgres(fast=True) as server:
        yield server


@pytest.fixture
def settings(postgres: embedded.Postgres, tmp_path: Path) -> Settings:
    def url(login: str) -> str:
        return postgres.url(login=login, password=PASSWORD, database="books")

    return Settings.from_mapping(
        {
            "DATABASE_URL": url(bootstrap.PROVIDER),
            "TENANT_DATABASE_URL": url("LOGIN").replace("LOGIN", "{login}"),
            "DATABASE_DIRECT_URL": url(bootstrap.OWNER),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "a-secret-for-tests-only-0123456789abcdef",
            "KONTOR_DATA_DIR": str(tmp_path),
        }
    )


@pytest.fixture
def prepare(postgres: embedded.Postgres) -> Prepare:
    def command(settings: Settings) -> Result:
        house = House()
        house.__dict__.update(settings=settings)
        words = ["prepare", "--superuser-url", postgres.superuser_url]
        return CliRunner().invoke(main, words, obj=house)

    return command


def may_become(settings: Settings, *, bucket: int, role: str) -> bool:
    login = settings.tenant_database_url.replace("{login}", bootstrap.tenant_login(bucket))
    with connect(login) as connection:
        try:
            connection.execute(f"set role {role}".encode())
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


def test_a_house_is_prepared_and_spread_over_more_logins(
    settings: Settings, prepare: Prepare
) -> None:
    first = prepare(settings)
    assert first.exit_code == 0, first.output
    assert "The database books is prepared." in first.output
    migrations.upgrade_provider(settings.database_direct_url)
    roles = [
        opening.open_client(
            settings.database_direct_url, slug=slug, name=slug, code=slug.upper(), at=now()
        ).role
        for slug in ("ant", "bee")
    ]
    assert all(may_become(settings, bucket=0, role=role) for role in roles)

    more = replace(settings, tenant_logins=2)
    assert "Clients moved to another login: 1" in prepare(more).output
    reached = [[may_become(more, bucket=n, role=role) for n in (0, 1)] for role in roles]
    assert sorted(reached) == [[False, True], [True, False]]
    again = prepare(more)
    assert again.exit_code == 0
    assert "moved" not in again.output


def test_logins_of_other_names_are_refused(settings: Settings, prepare: Prepare) -> None:
    other = replace(
        settings, database_url=settings.database_url.replace("kontor_provider", "somebody")
    )
    result = prepare(other)
    assert result.exit_code == 1
    assert "it must be kontor_provider" in result.output
