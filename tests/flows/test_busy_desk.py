"""Twenty operators press Get next, edit and complete against each other, by HTTP, at a real server.

Short in the suite; `make chaos` goes on for a minute. KONTOR_CHAOS_SEED=… repeats their decisions.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.clients import actions as clients
from app.identity import accounts, sessions, staff
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.staffing import actions as staffing
from app.web.session import _TOKEN
from app.work import reconcile
from app.work.actions import orders
from app.work.actions.orders import Order
from app.work.models import WorkItem
from config import Settings
from devtools import embedded
from tenants import migrations, opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tests.conftest import PASSWORD, another_app, in_scope, make_settings
from tests.factories.bare_house import environment, number_apart
from tests.factories.busy_desk import MARK, Operator
from tests.factories.real_server import served
from tests.factories.trail import Told, tell

SECONDS = min(60.0, float(os.environ.get("KONTOR_CHAOS_SECONDS", "10")))
SEED = int(os.environ.get("KONTOR_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
OPERATORS = 20
CLIENTS = ("gull", "tern", "skua")
DATABASE = "kontor_busy_desk"


@pytest.fixture
def desk(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, tmp_path: Path
) -> Iterator[tuple[Flask, list[TenantRef], int]]:
    own = make_settings(servers, DATABASE, str(tmp_path), pool_size=4)
    owner = own.database_direct_url
    migrations.upgrade_provider(owner)
    with connect(owner) as connection:
        number_apart(connection)
    with another_app(own, back=settings) as app:
        refs = [
            opening.open_client(owner, slug=slug, code=slug.upper(), name=slug.title(), at=now())
            for slug in CLIENTS
        ]
        for number, ref in enumerate(refs):
            fill(app, ref, number)
        values = environment(
            servers[0].superuser_url, servers[1].url, database=DATABASE, data_dir=tmp_path
        )
        with served({**values, "SECRET_KEY": own.secret_key}, tmp_path / "web.log") as port:
            yield app, refs, port


def fill(app: Flask, ref: TenantRef, number: int) -> None:
    """Work for the time given; every second item needs four eyes."""
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM,
            tenant_id=ref.id,
            number=f"V-{number}",
            valid_from=date(2020, 1, 1),
            services={"general_request": {}},
        )
    requester = Actor(
        id=new_id(),
        name="Nora Requester",
        side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )
    order = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Chairs", "description": "Eight, please."},
    )
    with in_scope(app, ref):
        for _ in range(int(SECONDS) + 15):
            with transaction():
                orders.open_items(actor=requester, order=order)
        with transaction():
            every_second = WorkItem.number % 2 == 0
            db.session.execute(update(WorkItem).where(every_second).values(four_eyes=True))


def hire(app: Flask, port: int, refs: list[TenantRef]) -> list[Operator]:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    common: list[str] = []
    hired = []
    for number in range(OPERATORS):
        with app.app_context(), transaction():
            account_id = accounts.create(
                email=f"op{number}@busy.example", name=f"Op {number}", password=PASSWORD,
                locale="en",
            )  # fmt: skip
            staff.give_roles(account_id=account_id, roles=frozenset({StaffRole.OPERATOR}))
            every = [ref.id for ref in refs]
            staffing.set_clients(actor=SYSTEM, account_id=account_id, tenant_ids=every)
            token = sessions.open_session(account_id=account_id, browser=sessions.NOWHERE)
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({_TOKEN: token})}"
        hired.append(
            Operator(number=number, port=port, cookie=cookie, seed=SEED + number, common=common)
        )
    return hired


def test_twenty_operators_break_nothing(desk: tuple[Flask, list[TenantRef], int]) -> None:
    app, refs, port = desk
    operators = hire(app, port, refs)
    sys.stderr.write(f"\na busy desk for {SECONDS:.0f} s with KONTOR_CHAOS_SEED={SEED}\n")
    end = monotonic() + SECONDS
    with ThreadPoolExecutor(OPERATORS) as pool:
        list(pool.map(lambda one: one.work(end), operators))
    answers = sum((one.answers for one in operators), Counter[tuple[str, int]]())
    sys.stderr.write(f"{sorted(answers.items())}\n")
    assert [strange for one in operators for strange in one.strange] == []
    assert answers["next", 302] >= OPERATORS
    assert answers["values", 303] > OPERATORS // 2
    assert answers["values", 409] + answers["done", 409] > 0, "nobody got in anybody's way"

    told = {ref.slug: judge(app, ref) for ref in refs}
    lives = [one for lives in told.values() for one in lives.values()]
    assert [wrong for one in lives for wrong in one.wrong] == []
    check_deeds(operators, lives)
    check_texts(operators, told)


def judge(app: Flask, ref: TenantRef) -> dict[UUID, Told]:
    """What the trail says is what the rows say; the index too, and the chain holds."""
    with in_scope(app, ref):
        assert audit.verify().broken is None
        assert reconcile.reconcile(mend=False) == []
        lives = {}
        for item in db.session.scalars(select(WorkItem)):
            entries = db.session.scalars(
                select(AuditEntry)
                .where(AuditEntry.subject_id == str(item.id))
                .order_by(AuditEntry.seq)
            )
            one = lives[item.id] = tell(entries)
            assert (one.status, one.holder) == (item.status, item.assignee_id), item.number
            assert one.text == item.values.get("result", ""), item.number
        return lives


def check_deeds(operators: list[Operator], lives: list[Told]) -> None:
    """Each thing somebody was told is done stands in the trail once, and nothing else does."""
    of = {
        verb: sum(one.times.get(verb, 0) for one in lives)
        for verb in ("work.approved", "work.handed_to_review", "work.delivered")
    }
    assert sum(len(one.given) for one in operators) == sum(one.given for one in lives)
    assert sum(len(one.approved) for one in operators) == of["work.approved"]
    finished = of["work.handed_to_review"] + of["work.delivered"] - of["work.approved"]
    assert sum(len(one.finished) for one in operators) == finished
    assert all(one.times.get("work.delivered", 0) <= 1 for one in lives)


def check_texts(operators: list[Operator], told: dict[str, dict[UUID, Told]]) -> None:
    """Whatever anybody was told is saved is still there, each once, nothing beside."""
    saved: dict[str, list[str]] = {}
    for one in operators:
        for path, mark in one.saved:
            saved.setdefault(path, []).append(mark)
    kept = {
        f"/desk/c/{slug}/items/{item_id}": MARK.findall(one.text)
        for slug, lives in told.items()
        for item_id, one in lives.items()
        if one.text
    }
    assert {path: sorted(marks) for path, marks in kept.items()} == {
        path: sorted(marks) for path, marks in saved.items()
    }
