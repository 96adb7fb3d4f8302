"""What a client leaves outside its schema: jobs, mails, files, keys; each is one client's only."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.documents.queries import content_key
from config import Settings
from tenants.context import NoTenant, scoped_key
from tenants.db import ProviderModel
from tenants.driver import connect
from tests.conftest import in_scope
from tests.isolation.twins import CANARY
from tests.isolation.world import World

IDS_ONLY = re.compile(r"[0-9a-f-]{36}|[a-z_.]+|[0-9]+|[0-9T:.+Z-]+")


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield str(value)


def test_jobs_carry_ids_and_nothing_a_client_wrote(world: World) -> None:
    with connect(world.settings.database_direct_url) as connection:
        jobs = connection.execute("select kind, args from provider.job").fetchall()
    assert jobs
    for kind, args in jobs:
        assert all(canary not in json.dumps(args).lower() for canary in CANARY.values()), kind
        for text in texts(args):
            assert IDS_ONLY.fullmatch(text) or len(text) < 40, f"{kind}: {text}"


def test_mails_speak_of_their_own_client_only(world: World) -> None:
    with connect(world.settings.database_direct_url) as connection:
        for slug, other in (("lark", "wrencanary"), ("wren", "larkcanary")):
            mails = connection.execute(
                "select row_to_json(m)::text from provider.mail m where tenant_id = %s",
                (world.refs[slug].id,),
            ).fetchall()
            assert mails
            assert all(other not in str(row[0]).lower() for row in mails)


def test_files_lie_in_their_clients_folder(world: World) -> None:
    found = dict.fromkeys(CANARY, 0)
    for path in (Path(world.settings.data_dir) / "files").rglob("*"):
        part = path.relative_to(world.settings.data_dir).parts[1]
        if not path.is_file() or part in ("doctor", "official"):  # of no client
            continue
        folder = path.relative_to(Path(world.settings.data_dir) / "files").parts[0]
        assert re.fullmatch(r"t[1-9][0-9]*", folder), path
        content = path.read_bytes().lower()
        for slug, canary in CANARY.items():
            if canary.encode() in content:
                found[slug] += 1
                assert folder == f"t{world.refs[slug].id}", path
    assert all(found.values()), found


def test_keys_are_made_from_the_client_and_not_without(app: Flask, world: World) -> None:
    with pytest.raises(NoTenant):
        scoped_key("cache")
    with app.app_context(), pytest.raises(NoTenant):
        content_key("0" * 64)
    made = set()
    for ref in world.refs.values():
        with in_scope(app, ref):
            made.add(scoped_key("cache", "same"))
            made.add(content_key("0" * 64))
    assert len(made) == 4


def test_the_books_know_each_row_of_a_client_by_its_number(
    world: World, settings: Settings
) -> None:
    """A text of one client in a row of the provider's books that is marked as the other's."""
    with connect(settings.database_direct_url) as connection:
        for table in ProviderModel.metadata.sorted_tables:
            if "tenant_id" not in table.columns:
                continue
            for slug, other in (("lark", "wrencanary"), ("wren", "larkcanary")):
                query = f"select row_to_json(t)::text from provider.{table.name} t"
                rows = connection.execute(
                    f"{query} where tenant_id = %s".encode(), (world.refs[slug].id,)
                ).fetchall()
                assert all(other not in str(row[0]).lower() for row in rows), table.name
