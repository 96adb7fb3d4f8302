"""The shell: sentences instead of tracebacks, exit statuses, JSON for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.audit import actions as audit
from app.cli.house import House
from app.cli.main import main
from app.jobs import enqueue
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from config import MissingSetting, Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.driver import connect
from tests.conftest import in_scope

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, settings: Settings) -> Run:
    """Run `kontor …` over the test's house."""

    def command(*words: str, **options: object) -> Result:
        house = House()
        house.__dict__.update(settings=settings, app=app)
        return CliRunner().invoke(main, list(words), obj=house, **options)  # type: ignore[arg-type]

    return command


def test_open_list_suspend_reopen_close(run: Run) -> None:
    opened = run(
        "clients", "open", "crow", "--name", "Crow & Co", "--code", "CROW", "--package", "retail"
    )
    assert opened.exit_code == 0, opened.output
    assert "/p/crow/" in opened.output
    assert "V-CROW-1: accounts_payable" in opened.output
    for verb, state in (("suspend", "suspended"), ("reopen", "ready")):
        assert run("clients", verb, "crow").exit_code == 0
        rows = json.loads(run("clients", "list", "--json").output)
        assert next(row["state"] for row in rows if row["slug"] == "crow") == state
    assert run("clients", "close", "crow", input="y\n").exit_code == 0
    assert "closed" in run("clients", "list").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("clients", "open", "acme", "--name", "Twice"), "There is already a client called acme"),
        (("clients", "open", "a;b", "--name", "X"), "cannot be a client's short name"),
        (("clients", "suspend", "nobody"), "There is no client called nobody."),
        (("audit", "verify", "--client", "nobody"), "There is no such client."),
        (("jobs", "retry", "00000000-0000-0000-0000-000000000000"), "There is no such job."),
    ],
)
def test_refusals_are_sentences(run: Run, words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_without_settings_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Settings:
        raise MissingSetting("Set DATABASE_URL")

    monkeypatch.setattr(Settings, "from_env", staticmethod(missing))
    result = CliRunner().invoke(main, ["clients", "list"])
    assert (result.exit_code, result.output) == (1, "Error: Set DATABASE_URL\n")


def test_migrating_again_does_nothing(run: Run) -> None:
    result = run("migrate")
    assert result.exit_code == 0, result.output
    assert result.output == "Provider: at the head\nClients migrated: 0, failed: 0\n"


def test_audit_verify_names_the_broken_link(run: Run, app: Flask, settings: Settings) -> None:
    # A client of its own: other tests write rows into the trails of theirs by hand.
    client = opening.open_client(
        settings.database_direct_url, slug="chain", name="Chain", code="CHAIN", at=now()
    )
    verify = ("audit", "verify", "--client", "chain")
    with in_scope(app, client), transaction():
        for verb in ("one", "two"):
            audit.record(actor=SYSTEM, verb=verb, subject_type="x", subject_id=1)
    assert run(*verify).exit_code == 0
    with connect(settings.database_direct_url) as owner:
        change = f"update {client.schema}.audit_entry set verb = %s where verb = %s"
        owner.execute(change.encode(), ("forged", "two"))
        place = owner.execute(
            f"select seq from {client.schema}.audit_entry where verb = 'forged'".encode()
        ).fetchone()
    try:
        result = run(*verify)
        assert result.exit_code == 1
        assert f"BROKEN: entry {place[0]} was changed" in result.output
        rows = json.loads(run(*verify, "--json").output)
        assert [row["broken_at"] for row in rows] == [place[0]]
    finally:
        with connect(settings.database_direct_url) as owner:
            owner.execute(change.encode(), ("two", "forged"))
    assert run(*verify).exit_code == 0


def test_jobs_are_listed(run: Run) -> None:
    assert run("jobs", "list", "--view", "running").output == "No job is running.\n"


def test_jobs_are_paused_and_go_on(run: Run, acme: TenantRef) -> None:
    words = ("--client", acme.slug, "--kind", "sla.what_if")
    assert run("jobs", "pause", *words, "--reason", "too many").output == "Paused.\n"
    assert run("jobs", "pause", *words).output == "Error: That is paused already.\n"
    assert run("jobs", "resume", *words).output == "They go on.\n"
    assert run("jobs", "resume", *words).exit_code == 1
    assert run("jobs", "pause").exit_code == 1


def test_several_jobs_at_once_and_what_was_refused(run: Run, app: Flask, acme: TenantRef) -> None:
    with in_scope(app, acme), transaction():
        jobs = [str(enqueue("work.forget_keys", args={})) for _ in range(2)]
    assert run("jobs", "retry", *jobs).output == "They run again.\n"
    assert run("jobs", "discard", *jobs).output == "They are given up.\n"
    refused = run("jobs", "discard", *jobs)
    assert refused.exit_code == 1
    assert "Done for 0, refused: 2 times: As it stands" in refused.output


def test_doctor_finds_the_house_in_order(run: Run) -> None:
    result = run("doctor", "--json")
    lines = json.loads(result.output)
    assert [line for line in lines if line["mark"] == "FAILED"] == []
    good = {line["check"] for line in lines if line["mark"] == "ok"}
    assert {"environment", "database", "rights", "hardening", "schemas", "Redis", "files"} <= good


def test_doctor_says_what_to_do(app: Flask, settings: Settings, tmp_path: Path) -> None:
    house = House()
    broken = {
        **_plain(settings),
        "redis_url": "redis://127.0.0.1:1/0",
        "smtp_url": "smtp://127.0.0.1:1",
    }
    house.__dict__.update(settings=Settings(**broken), app=app)
    result = CliRunner().invoke(main, ["doctor"], obj=house)
    assert result.exit_code == 1
    assert "FAILED   Redis" in result.output
    assert "→ Check REDIS_URL" in result.output
    assert "→ Check SMTP_URL" in result.output


def _plain(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
