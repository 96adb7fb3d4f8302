"""Webhooks with the real processes: workers are killed in the middle, no message is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.adapters import outbound
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.jobs.actions import publish_all
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.webhooks import actions
from app.work.events import WorkOpened
from config import Settings
from devtools import embedded
from tenants import migrations, opening
from tenants.db import transaction
from tenants.driver import connect
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.conftest import ROOT, another_app, make_settings
from tests.factories.bare_house import environment, number_apart
from tests.factories.mortal import MortalRedis
from tests.factories.receiver import Receiver, receiving
from tests.factories.waiting import until

ADMIN = Actor(
    id=uuid4(),
    name="Admin",
    side=Side.CLIENT,
    permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN]),
)
MESSAGES = 12
House = tuple[str, dict[str, str], Receiver]


@pytest.fixture
def house(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, tmp_path: Path
) -> Iterator[House]:
    own = make_settings(servers, "kontor_webhooks", str(tmp_path))
    owner = own.database_direct_url
    migrations.upgrade_provider(owner)
    with connect(owner) as connection:
        number_apart(connection)
    opening.open_client(owner, slug="owl", name="Owl", at=now())
    redis = MortalRedis()
    values = environment(
        servers[0].superuser_url, redis.url, database="kontor_webhooks", data_dir=tmp_path
    )
    values |= {"SECRET_KEY": own.secret_key, "KONTOR_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    try:
        with receiving() as receiver, another_app(own, back=settings) as application:
            allowed = outbound.OutboundSettings(allowed=("127.0.0.0/8",), https_only=False)
            outbound.configure(allowed)
            with application.app_context(), tenant_scope(by_slug("owl")):
                with transaction():
                    actions.add(
                        actor=ADMIN, url=receiver.url, event_types=["work.opened"], ordered=False
                    )
                with transaction():
                    publish_all(
                        [
                            WorkOpened(item_id=uuid4(), number=f"OWL-{n}", service_key="x")
                            for n in range(MESSAGES)
                        ]
                    )
            yield owner, values, receiver
    finally:
        redis.kill()


def start(part: list[str], values: dict[str, str]) -> subprocess.Popen[bytes]:
    with (Path(values["KONTOR_DATA_DIR"]) / f"{part[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "worker.py", *part], cwd=ROOT, stdout=log, stderr=log, env=values,
            start_new_session=True,
        )  # fmt: skip


def test_workers_killed_in_the_middle_lose_nothing(house: House) -> None:
    owner, values, receiver = house
    reached, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        let_go.wait(30)

    receiver.on_message = hold
    worker = ["worker", "--queue", "default", "--queue", "external"]
    started = [start(["relay"], values), start(worker, values)]
    try:
        assert reached.wait(60), "nothing was told"
        os.killpg(started[1].pid, signal.SIGKILL)  # parent and children, in the middle of a POST
        started[1].wait()
        receiver.on_message = lambda: None
        let_go.set()
        with connect(owner) as connection:
            connection.execute(
                "update provider.job set lease_until = now() - interval '1 second'"
                " where state in ('enqueued', 'running')"
            )
        started.append(start(worker, values))
        schema = _schema(owner)

        def delivered() -> bool:
            query = f"select count(*) from {schema}.webhook_delivery where state = 'delivered'"
            with connect(owner) as connection:
                row = connection.execute(query.encode()).fetchone()
            return bool(row and row[0] == MESSAGES)

        until(delivered, what="every message", patience=90)
    finally:
        let_go.set()
        for process in started:
            process.kill()
            process.wait()
    numbers = {json.loads(body)["data"]["number"] for _, body in receiver.heard}
    assert len(numbers) == MESSAGES
    assert len(set(receiver.ids)) == MESSAGES  # what came twice came under its own id
    assert len(receiver.ids) > MESSAGES  # and the one in the middle did come twice
    assert all(UUID(one.removeprefix("msg_")) for one in receiver.ids)


def _schema(owner: str) -> str:
    with connect(owner) as connection:
        row = connection.execute("select id from provider.tenant where slug = 'owl'").fetchone()
    assert row is not None
    return f"t_{row[0]}"
