"""One client's files eat time and memory in real workers; another's small work goes by them."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.clients import actions as clients
from app.documents.actions import store
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work import queries
from app.work.actions import orders
from app.work.actions.orders import Order
from config import Settings
from devtools import embedded
from tenants import migrations, opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.driver import connect
from tests.conftest import ROOT, another_app, in_scope, make_settings
from tests.factories.bare_house import environment, number_apart
from tests.factories.waiting import until

DATABASE = "kontor_hurtful_orders"
MEGABYTE = 1024 * 1024
BOMBS, SMALL = 5, 2
COLUMNS = [{"name": name, "kind": "text", "required": True} for name in ("Name", "Town")]


def bomb() -> bytes:
    """Some hundred kilobytes that unpack to three hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * MEGABYTE)
    return out.getvalue()


class Ordering:
    """Two clients, of whom one sends bombs, and the processes that do their work."""

    def __init__(self, app: Flask, owner: str, toad: TenantRef, newt: TenantRef) -> None:
        self.app, self.owner, self.toad, self.newt = app, owner, toad, newt
        self.started: list[subprocess.Popen[bytes]] = []

    def order(self, ref: TenantRef, name: str, content: bytes) -> None:
        requester = Actor(
            id=new_id(),
            name="Nora Requester",
            side=Side.CLIENT,
            permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
        )
        with in_scope(self.app, ref), transaction():
            file = store(actor=requester, name=name, content=content)
            order = Order(
                service_key="data_processing",
                type_key="table",
                payload={"columns": COLUMNS},
                document_ids=[file.id],
            )
            orders.open_items(actor=requester, order=order)

    def done(self) -> list[int]:
        """Whose checks are done, in the order in which they were."""
        with connect(self.owner) as connection:
            rows = connection.execute(
                "select tenant_id from provider.job where kind = 'work.check' and state = 'done'"
                " order by finished_at, id"
            ).fetchall()
        return [int(row[0]) for row in rows]

    def codes(self, ref: TenantRef) -> list[set[str]]:
        """What the checks of a client's items found."""
        with in_scope(self.app, ref), transaction():
            found = [item for item in queries.items() if item.checked_at is not None]
            return [{one.code for one in queries.findings(item.id)} for item in found]


@pytest.fixture
def ordering(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, tmp_path: Path
) -> Iterator[Ordering]:
    own = make_settings(servers, DATABASE, str(tmp_path))
    owner = own.database_direct_url
    migrations.upgrade_provider(owner)
    with connect(owner) as connection:
        number_apart(connection)
    values = environment(
        servers[0].superuser_url, servers[1].url, database=DATABASE, data_dir=tmp_path
    )
    with another_app(own, back=settings) as app:
        refs = [
            opening.open_client(owner, slug=slug, code=slug.upper(), name=slug.title(), at=now())
            for slug in ("toad", "newt")
        ]
        with app.app_context(), transaction():
            for ref in refs:
                clients.agree(
                    actor=SYSTEM,
                    tenant_id=ref.id,
                    number=f"V-{ref.slug}",
                    valid_from=date(2020, 1, 1),
                    services={"data_processing": {}},
                )
        town = Ordering(app, owner, *refs)
        made = bomb()
        for _ in range(BOMBS):
            town.order(refs[0], "kunden.xlsx", made)
        for number in range(SMALL):
            town.order(refs[1], "kunden.csv", f"Name;Town\r\nAnna;Kiel {number}\r\n".encode())
        for part in (["relay"], ["worker", "--queue", "interactive"]):
            with (tmp_path / f"{part[0]}.log").open("wb") as log:
                town.started.append(
                    subprocess.Popen(
                        [sys.executable, "worker.py", *part],
                        cwd=ROOT,
                        stdout=log,
                        stderr=log,
                        env={**values, "SECRET_KEY": own.secret_key},
                    )
                )
        yield town
        for process in town.started:
            process.kill()
            process.wait()


def test_small_work_of_another_client_goes_by_the_bombs(ordering: Ordering) -> None:
    """By the order in which one worker finishes them, all of which were waiting before it began."""
    until(lambda: len(ordering.done()) == BOMBS + SMALL, what="every check", patience=240)
    order = ordering.done()
    small = [place for place, tenant in enumerate(order) if tenant == ordering.newt.id]
    assert len(small) == SMALL
    assert max(small) < BOMBS, order  # after the last bomb, if it had waited its turn in one queue
    assert ordering.codes(ordering.newt) == [set()] * SMALL
    hurt = ordering.codes(ordering.toad)
    assert len(hurt) == BOMBS
    assert all(hurt), hurt
    assert [process.poll() for process in ordering.started] == [None, None]
