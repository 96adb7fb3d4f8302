"""worker.py's three parts as the Procfile starts them: they work together and end when told."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.jobs import enqueue
from app.kernel.clock import now
from config import Settings
from devtools import embedded
from tenants import migrations, opening
from tenants.db import transaction
from tenants.driver import connect
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.conftest import ROOT, another_app, make_settings
from tests.factories.bare_house import environment, number_apart
from tests.factories.waiting import until


@pytest.fixture
def processes(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, tmp_path: Path
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    own = make_settings(servers, "kontor_processes", str(tmp_path))
    owner = own.database_direct_url
    migrations.upgrade_provider(owner)
    with connect(owner) as connection:
        number_apart(connection)
    opening.open_client(owner, slug="fox", name="Fox", at=now())
    with (
        another_app(own, back=settings) as application,
        application.app_context(),
        tenant_scope(by_slug("fox")),
        transaction(),
    ):
        enqueue("work.accept_overdue", args={"item_id": uuid4()})
    values = environment(
        servers[0].superuser_url, servers[1].url, database="kontor_processes", data_dir=tmp_path
    )
    started = []
    for part in ("worker", "relay", "ticker"):
        with (tmp_path / f"{part}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "worker.py", part],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    env={**values, "SECRET_KEY": own.secret_key},
                )
            )
    yield owner, started
    for process in started:
        process.kill()
        process.wait()


def test_they_work_together_and_end_when_told(
    processes: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    owner, started = processes

    def ask(statement: str) -> bool:
        with connect(owner) as connection:
            row = connection.execute(statement.encode()).fetchone()
        return bool(row and row[0])

    until(
        # There is no such item: the job was run, refused and put off.
        lambda: ask("select last_error is not null and attempts = 1 from provider.job"),
        what="the worker",
    )
    until(lambda: ask("select count(*) from provider.tenant where state = 'spare'"), what="spares")
    for process in started:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(30) for process in started] == [0, 0, 0]
