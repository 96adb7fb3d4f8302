"""What a job's row costs a request, and the relay's tick before a long backlog."""

import os
from collections.abc import Callable
from pathlib import Path
from random import shuffle
from statistics import median

from psycopg import Connection
from psycopg.rows import TupleRow
from redis import Redis
from rq import Queue
from sqlalchemy import select

from app.audit import actions as audit
from app.factory import create_app
from app.jobs import enqueue
from app.jobs.models import Fact
from app.jobs.relay import Relay, redis_client
from app.kernel.actor import SYSTEM
from benchmarks.job_kinds import effect
from benchmarks.job_process import RQ_QUEUE
from benchmarks.job_yard import Yard
from benchmarks.measure import Figure, Size, at_least, calm, milliseconds
from config import Settings
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope

CLIENTS = 500
_TICKS = 60


def request_path(yard: Yard, size: Size) -> list[Figure]:
    """What an action does (look, write, audit), alone, with a job's row, with RQ's own enqueue."""
    yard.clear()
    settings = Settings.from_mapping(yard.installation.environment)
    client = yard.clients[0]

    def deed() -> None:
        found = db.session.scalars(select(Fact.id).limit(1)).all()
        db.session.scalars(select(Fact.name).where(Fact.id.in_(found))).all()
        effect("deed")
        audit.record(actor=SYSTEM, verb="raced", subject_type="race", subject_id="1")

    def without() -> None:
        with tenant_scope(client), transaction():
            deed()

    def with_row() -> None:
        with tenant_scope(client), transaction():
            deed()
            enqueue("bench.effect", args={"name": "x"})

    with yard.redis as redis:
        queue = Queue(RQ_QUEUE, connection=redis)

        def with_rq() -> None:
            without()
            queue.enqueue("benchmarks.job_kinds.by_another_system", client.id, "x")

        turns = {"without": without, "row": with_row, "rq": with_rq}
        cost = _compared(settings, turns, times=size.transactions // 3)
    alone = 1000 / cost["without"]
    return [
        at_least(
            "an action with a job's row", value=1000 / cost["row"], unit="/s",
            of=("without", alone), gate=0.7,
        ),
        at_least(
            "an action with RQ's own enqueue", value=1000 / cost["rq"], unit="/s",
            of=("without", alone),
        ),
    ]  # fmt: skip


def _compared(
    settings: Settings, turns: dict[str, Callable[[], None]], *, times: int
) -> dict[str, float]:
    """Milliseconds of each, in turn, so that all see the same machine."""
    costs: dict[str, list[float]] = {name: [] for name in turns}
    order = [*turns] * times
    shuffle(order)
    app = create_app(settings)
    with app.app_context():
        for name in order[:60]:
            turns[name]()
        for name in order:
            costs[name].append(milliseconds(turns[name]))
        for engine in db.engines.values():
            engine.dispose()
    return {name: calm(found) for name, found in costs.items()}


def relay_tick(yard: Yard, size: Size) -> list[Figure]:
    """Ticks that each hand out a full window, before a backlog of five hundred clients."""
    yard.clear()
    settings = Settings.from_mapping(yard.installation.environment)
    _strangers(settings, jobs=size.waiting_jobs // CLIENTS)
    with yard.redis as redis, connect(settings.database_direct_url, autocommit=True) as connection:
        relay = Relay(
            database_url=settings.database_direct_url,
            redis=redis_client(settings.redis_url),
            secret=settings.secret_key,
        )
        relay.tick(connection)
        _work_off(connection, redis)
        before = _memory()
        costs = []
        for _ in range(_TICKS):
            costs.append(milliseconds(lambda: relay.tick(connection)))
            _work_off(connection, redis)
        grown = _memory() - before
        full = [milliseconds(lambda: relay.tick(connection)) for _ in range(20)]
        connection.execute("delete from provider.tenant where slug like 'stranger-%'")
    yard.clear()
    tick = median(costs)
    return [
        Figure(
            name=f"relay's tick, {size.waiting_jobs:,} jobs of {CLIENTS} clients wait, 200 go, p50",
            value=tick, unit="ms", gate="< 20 ms", passed=tick < 20,
        ),
        Figure(name="the same with the window full", value=median(full[1:]), unit="ms"),
        Figure(
            name=f"memory of the relay after {_TICKS} such ticks, more by",
            value=grown, unit="MB", gate="< 4 MB", passed=grown < 4,
        ),
    ]  # fmt: skip


def _work_off(connection: Connection[TupleRow], redis: Redis) -> None:
    """As if workers had done all that was handed out."""
    connection.execute("update provider.job set state = 'done' where state = 'enqueued'")
    keys = redis.keys("rq:*")
    if keys:
        redis.delete(*keys)


def _strangers(settings: Settings, *, jobs: int) -> None:
    """Clients that only the register knows: the relay never looks into a schema."""
    with connect(settings.database_direct_url) as owner:
        owner.execute(
            "insert into provider.tenant (slug, code, name, state, cell_id, locale, zone, trade,"
            " guidance, colour, schema_version, created_at) select 'stranger-' || n,"
            " 'X' || chr(65 + n / 26) || chr(65 + n %% 26), 'x', 'ready', 1, 'de',"
            " 'Europe/Berlin', '', '', 0, '', now() from generate_series(1, %s) n",
            (CLIENTS,),
        )
        owner.execute(
            "insert into provider.job (public_id, tenant_id, kind, args, job_class, priority,"
            " state, run_at, attempts, max_attempts, deaths, waits_for, created_at)"
            " select gen_random_uuid(), t.id, 'bench.effect', '{}', 'default', 0, 'pending',"
            " now(), 0, 5, 0, 0, now() from generate_series(1, %s) n, provider.tenant t"
            " where t.slug like 'stranger-%%'",
            (jobs,),
        )
    with connect(settings.database_direct_url, autocommit=True) as owner:
        owner.execute("vacuum analyze provider.job, provider.tenant")


def _memory() -> float:
    """Resident megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
