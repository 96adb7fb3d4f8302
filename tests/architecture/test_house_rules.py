"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from app.identity.permissions import Permission
from app.jobs.registry import SUBSCRIBERS, TASKS
from tenants.db import ProviderModel, TenantModel
from tests.conftest import ROOT

PROGRAM = [path for top in ("app", "tenants") for path in sorted((ROOT / top).rglob("*.py"))]
PROGRAM += [ROOT / "worker.py", ROOT / "config.py", ROOT / "wsgi.py"]
TOO_LONG = 300
FORBIDDEN_WORDS = re.compile(r"\b(data_manager|helper|utils?)\b")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_route_names_its_permission(app: Flask) -> None:
    """A route without one is open by oversight."""
    allowed = {"public", "signed-in", *Permission}
    unnamed = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "permission", None) not in allowed
    }
    assert unnamed == set()


def test_public_routes_are_these(app: Flask) -> None:
    """Whoever opens a route to everybody has to say so here."""
    public = {
        endpoint.partition(".")[0]
        for endpoint, view in app.view_functions.items()
        if getattr(view, "permission", None) == "public"
    }
    assert public <= {
        "health",
        "sign_in",
        "sign_in_links",
        "api-docs",
        "api_docs",
        "dev_outbox",
        "dev_components",
        "home",
        "static",
        "second_factor",
        "hooks",  # signed by Stripe
    }


def test_there_is_one_commit() -> None:
    """A request or short job is one transaction: `tenants.db.transaction`."""
    commits = [
        relative(path)
        for path in PROGRAM
        for _ in re.findall(r"session\.commit\(\)", path.read_text())
    ]
    assert commits == ["tenants/db.py"]


def test_no_foreign_key_leaves_its_schema() -> None:
    for table in (*ProviderModel.metadata.tables.values(), *TenantModel.metadata.tables.values()):
        for key in table.foreign_keys:
            assert key.column.table.schema == table.schema, table


def test_every_table_has_a_primary_key() -> None:
    for metadata in (ProviderModel.metadata, TenantModel.metadata):
        bare = [table.name for table in metadata.tables.values() if not table.primary_key.columns]
        assert bare == []


def test_files_stay_small() -> None:
    crowded = {
        relative(path): lines
        for path in PROGRAM
        if (lines := len(path.read_text().splitlines())) > TOO_LONG
    }
    assert crowded == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        relative(path)
        for path in PROGRAM
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_nothing_is_called_helper_or_util() -> None:
    vague = [relative(path) for path in PROGRAM if FORBIDDEN_WORDS.search(path.stem)]
    assert vague == []


def test_every_service_is_whole(app: Flask) -> None:
    for folder in (ROOT / "app/services").iterdir():
        if folder.is_dir() and not folder.name.startswith("_"):
            assert (folder / "manifest.py").exists(), folder
            assert (ROOT / "tests/app/services" / folder.name).is_dir(), folder


@pytest.mark.parametrize("folder", ["app", "tenants"])
def test_nothing_outside_a_service_names_it(folder: str) -> None:
    """A service is one folder: the house does not know it."""
    keys = [
        path.name for path in (ROOT / "app/services").iterdir() if (path / "manifest.py").exists()
    ]
    named = {
        (relative(path), key)
        for path in (ROOT / folder).rglob("*.py")
        if "services" not in path.parts
        for key in keys
        if re.search(rf"[\"']{key}[\"'.]|services\.{key}\b", path.read_text())
    }
    assert named == set()


def test_every_fact_has_somebody_who_listens_in_a_job_of_its_own(app: Flask) -> None:
    for tasks in SUBSCRIBERS.values():
        kinds = [task.kind for task in tasks]
        assert len(kinds) == len(set(kinds))
        assert set(kinds) <= set(TASKS)
