"""The bare house again: the chain needs nothing else."""

from collections.abc import Iterator

import pytest
from flask import Flask

from devtools import embedded
from tenants.context import TenantRef
from tenants.db import db
from tenants.driver import connect
from tests.factories.bare_house import house


@pytest.fixture(scope="session")
def audit_house(
    servers: tuple[embedded.Postgres, embedded.Redis], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, list[TenantRef], str]]:
    postgres, redis = servers
    with house(
        postgres.superuser_url,
        redis.url,
        database="kontor_audit",
        data_dir=tmp_path_factory.mktemp("audit"),
        slugs=("dog", "elk"),
    ) as (application, refs, values):
        yield application, refs, values["DATABASE_DIRECT_URL"]


@pytest.fixture
def owner_url(audit_house: tuple[Flask, list[TenantRef], str]) -> str:
    return audit_house[2]


@pytest.fixture
def dog(audit_house: tuple[Flask, list[TenantRef], str]) -> Iterator[TenantRef]:
    application, refs, url = audit_house
    with connect(url) as owner:
        for name in (refs[0].schema, refs[1].schema, "provider"):
            owner.execute(f"truncate {name}.audit_entry, {name}.audit_head".encode())
    with application.app_context():
        yield refs[0]
        db.session.remove()


@pytest.fixture
def elk(audit_house: tuple[Flask, list[TenantRef], str]) -> TenantRef:
    return audit_house[1][1]
