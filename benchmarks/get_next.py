"""Eight operators press "Get next" at once until nothing is left."""

import json
import os
import subprocess
import sys
from datetime import date

from flask import Flask

from app.clients import actions as clients
from app.factory import create_app
from app.identity.permissions import CLIENT_PERMISSIONS, STAFF_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work.actions import orders
from app.work.actions.orders import Order
from benchmarks import operators
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, typical
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

CLIENTS = 8
PROCESSES, THREADS = 2, 4
GATE = 300


def run(installation: Installation, size: Size) -> list[Figure]:
    """Every item is taken once; the rate includes everything that the desk's action does."""
    app = create_app(Settings.from_mapping(installation.environment))
    refs = [_client(app, installation, number) for number in range(CLIENTS)]
    per_client = size.takes // CLIENTS
    for ref in refs:
        _order(app, ref, count=per_client)
    alone = _alone(app, presses=20)
    outcomes = _serve(installation)
    taken = [item_id for outcome in outcomes for item_id in outcome["taken"]]
    assert len(taken) == len(set(taken)) == per_client * CLIENTS - 20, "an item was taken twice"
    seconds = max(one["end"] for one in outcomes) - min(one["start"] for one in outcomes)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    return [
        Figure(
            name=f"Get next, {PROCESSES * THREADS} operators at once, none twice",
            value=len(taken) / seconds,
            unit="per second",
            gate=f"≥ {GATE}",
            passed=len(taken) / seconds >= GATE,
        ),
        Figure(
            name="lost races for each item taken",
            value=sum(one["lost"] for one in outcomes) / len(taken),
            unit="",
        ),
        Figure(name="one operator alone, a press", value=alone, unit="ms"),
    ]


def _client(app: Flask, installation: Installation, number: int) -> TenantRef:
    letter = chr(ord("A") + number)
    ref = opening.open_client(
        installation.owner_url, slug=f"queue-{number}", code=f"ZZQUEUE{letter}", name="x", at=now()
    )
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM,
            tenant_id=ref.id,
            number=f"Q-{number}",
            valid_from=date(2020, 1, 1),
            services={"general_request": {}},
        )
    return ref


def _order(app: Flask, ref: TenantRef, *, count: int) -> None:
    requester = Actor(
        id=new_id(),
        name="x",
        side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )
    order = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Chairs", "description": "Eight, please."},
    )
    with app.app_context(), tenant_scope(ref), transaction():
        for _ in range(count):
            orders.open_items(actor=requester, order=order)


def _alone(app: Flask, *, presses: int) -> float:
    operator = Actor(
        id=new_id(),
        name="Alone",
        side=Side.PROVIDER,
        permissions=STAFF_PERMISSIONS[StaffRole.OPERATOR],
    )
    return typical(lambda: operators.press(app, operator), times=presses)


def _serve(installation: Installation) -> list[dict]:  # type: ignore[type-arg]
    environment = os.environ | installation.environment | {"KONTOR_POOL_SIZE": str(THREADS)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.operators", str(THREADS)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate()[0]) for process in processes]
