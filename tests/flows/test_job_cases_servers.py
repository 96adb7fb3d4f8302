"""JOBS.md's cases of PostgreSQL that goes away, tampered tickets, noise and long backlogs."""

import json
import os
import signal
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from app.jobs import alerts, limits, turns
from app.jobs.rules import ALLOWANCE, JobClass
from app.kernel.clock import now
from devtools.child import Server
from tenants.context import TenantRef
from tenants.driver import connect
from tests.factories.mortal import World
from tests.factories.waiting import until

NOISY = 10_000


@pytest.mark.parametrize("kind", ["test.gate", "test.long"])
def test_case_12_postgresql_restarted_in_the_middle_of_a_job(
    frail_world: tuple[World, Server], kind: str
) -> None:
    world, server = frail_world
    world.start("relay")
    world.start("worker")
    world.enqueue(kind, "a")
    world.at_gate("a")
    server.process.kill()
    server.process.wait()
    world.open_gate("a")
    until(lambda: "job_lost" in world.log("worker"), what="the job's end without its database")
    assert server.restart_if_ended()
    world.forget_connections()
    world.enqueue("test.effect", "written after it")
    world.wait_until_done()
    assert world.effects() == ["a", "written after it"]


def backlog(world: World, client: TenantRef, *, name: str, jobs: int) -> None:
    """So many waiting jobs of a client, written as `enqueue` does."""
    with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute(
            "insert into provider.job (public_id, tenant_id, kind, args, job_class, priority,"
            " state, run_at, attempts, max_attempts, deaths, waits_for, created_at)"
            " select gen_random_uuid(), %s, 'test.effect',"
            " jsonb_build_object('name', %s || n), 'default', 0, 'pending', now(), 0, 5, 0, 0,"
            " now() from generate_series(1, %s) n",
            (client.id, name, jobs),
        )


def test_case_17_ten_thousand_noisy_jobs_do_not_starve_a_small_client(world: World) -> None:
    backlog(world, world.tenant, name="noise", jobs=NOISY)
    backlog(world, world.other, name="small", jobs=20)
    world.start("relay")
    world.start("worker")
    until(lambda: len(world.effects(world.other)) == 20, what="the small client's jobs")
    ended: list[Any] = world.sql(
        "select tenant_id from provider.job where state = 'done' order by finished_at, id"
    )
    places = [n for n, (tenant,) in enumerate(ended, 1) if tenant == world.other.id]
    by_arrival = NOISY + ceil(0.95 * 20)
    assert places[ceil(0.95 * 20) - 1] <= 0.2 * by_arrival
    assert len(world.effects()) < NOISY, "the noise is far from done"


@pytest.mark.parametrize("tampering", ["id", "tenant", "function"])
def test_case_23_a_tampered_ticket_is_refused_kept_and_told(world: World, tampering: str) -> None:
    relay = world.start("relay")
    world.enqueue("test.effect", "a", "b")
    connection = Redis.from_url(world.redis.url)
    until(lambda: connection.llen("rq:queue:kontor-default") == 2, what="the tickets")
    os.kill(relay.pid, signal.SIGSTOP)  # what is tampered with is not yet handed out anew
    keys = sorted(connection.keys("rq:job:*"))
    other = int(keys[1].removeprefix(b"rq:job:j").split(b"-")[0])
    meta: Any = connection.hget(keys[0], "meta")
    change = {
        "id": ("data", json.dumps(["app.jobs.door.run", None, [other], {}])),
        "tenant": (
            "meta",
            meta.replace(str(world.tenant.id).encode(), str(world.other.id).encode()),
        ),
        "function": ("data", json.dumps(["os.system", None, [f"touch {world.folder}/hacked"], {}])),
    }[tampering]
    connection.hset(keys[0], *change)
    connection.close()
    world.start("worker")
    until(lambda: world.sql("select 1 from provider.job_refusal"), what="the evidence")
    ((ticket, found),) = world.sql("select ticket, found from provider.job_refusal")
    assert ticket == keys[0].decode().removeprefix("rq:job:")
    assert found[change[0]], "what stood in Redis is kept"
    with world.app.app_context():
        told = [alert.matter for alert in alerts.note()]
    assert alerts.Matter.REFUSED in told
    os.kill(relay.pid, signal.SIGCONT)
    world.wait_until_done()
    assert world.effects() == ["a", "b"], "the real jobs are done, each once"
    assert world.effects(world.other) == []
    assert not (world.folder / "hacked").exists()


def test_case_25_a_backlog_of_100_000_is_read_by_its_index_and_leaves_memory_flat(
    world: World,
) -> None:
    _strangers(world, clients=500, jobs=200)
    try:
        connection = connect(world.environment["DATABASE_DIRECT_URL"], autocommit=True)
        plan = _plan(connection)
        read = sum(node["Actual Rows"] * node["Actual Loops"] for node in plan)
        assert {node["Node Type"] for node in plan} <= {"Index Scan", "Index Only Scan"}
        assert read <= 500 + 3 * ALLOWANCE[JobClass.DEFAULT].window + 10, (
            "a head of each, the window"
        )
        connection.close()
        relay = world.start("relay")
        seen: set[Any] = set()

        def ticks() -> int:
            seen.update(world.sql("select ticked_at from provider.job_relay"))
            return len(seen)

        until(lambda: ticks() > 5, what="some ticks")
        before = _memory(relay.pid)
        until(lambda: ticks() > 60, what="many ticks")
        assert _memory(relay.pid) - before < 4
        states = world.sql("select state, count(*) from provider.job group by 1 order by 1")
        window = ALLOWANCE[JobClass.DEFAULT].window
        assert states == [("enqueued", window), ("pending", 100_000 - window)]
    finally:
        with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
            owner.execute("delete from provider.tenant where slug like 'stranger-%'")


def _strangers(world: World, *, clients: int, jobs: int) -> None:
    """Clients that only the register knows: the relay never looks into a schema."""
    with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute(
            "insert into provider.tenant (slug, code, name, state, cell_id, locale, zone, trade,"
            " guidance, colour, schema_version, created_at) select 'stranger-' || n,"
            " 'X' || chr(65 + n / 26) || chr(65 + n %% 26), 'x', 'ready', 1, 'de',"
            " 'Europe/Berlin', '', '', 0, '', now()"
            " from generate_series(1, %s) n",
            (clients,),
        )
        owner.execute(
            "insert into provider.job (public_id, tenant_id, kind, args, job_class, priority,"
            " state, run_at, attempts, max_attempts, deaths, waits_for, created_at)"
            " select gen_random_uuid(), t.id, 'test.effect', '{}', 'default', 0, 'pending',"
            " now(), 0, 5, 0, 0, now() from generate_series(1, %s) n, provider.tenant t"
            " where t.slug like 'stranger-%%'",
            (jobs,),
        )
    with connect(world.environment["DATABASE_DIRECT_URL"], autocommit=True) as owner:
        owner.execute("vacuum analyze provider.job, provider.tenant")


def _plan(connection: Any) -> list[dict[str, Any]]:
    """How one look for the next jobs reads the table of jobs."""
    found: list[dict[str, Any]] = []
    at_present, moment = limits.at_present(connection), now()
    asked: dict[str, Any] = turns.ask(at_present, JobClass.DEFAULT, at=moment)
    asked["ids"] = turns.chosen(connection, at_present, JobClass.DEFAULT, asked)
    asked |= {"lease_until": moment + timedelta(seconds=30)} | turns.CLASSES
    for statement in (turns.WAITING, turns.HEADS, turns.TAKE):
        explain = b"explain (analyze, format json) " + statement.encode()
        row: Any = connection.execute(explain, asked).fetchone()
        _gather(row[0][0]["Plan"], found)
    connection.execute("update provider.job set state = 'pending', lease_until = null")
    return [
        node
        for node in found
        if node.get("Relation Name") == "job" and node["Node Type"].endswith("Scan")
    ]


def _gather(node: dict[str, Any], found: list[dict[str, Any]]) -> None:
    found.append(node)
    for below in node.get("Plans", ()):
        _gather(below, found)


def _memory(pid: int) -> float:
    """Resident megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
