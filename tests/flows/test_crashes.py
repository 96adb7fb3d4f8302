"""Workers, relays and Redis are killed for real: nothing is lost and nothing is done twice."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from app.jobs import enqueue
from devtools import embedded
from devtools.programs import redis_program
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.conftest import ROOT
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.bare_house import house
from tests.factories.waiting import PATIENCE, until


class MortalRedis:
    """A Redis that keeps nothing on disk, on a port of its own, to be killed and started anew."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self.answers, what="Redis")

    def answers(self) -> bool:
        connection = Redis.from_url(self.url)
        try:
            return bool(connection.ping())
        except RedisError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(slots=True, kw_only=True)
class World:
    """A house with killable processes around it."""

    app: Flask
    tenant: TenantRef
    environment: dict[str, str]
    folder: Path
    redis: MortalRedis
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, part: str, *, die: str = "") -> subprocess.Popen[bytes]:
        """A worker or relay that can be made to die at a named place, once."""
        log = (self.folder / f"{part}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.job_process", part],
            cwd=ROOT, env={**self.environment, "KONTOR_TEST_DIE": die}, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        self.started.append(process)
        return process

    def enqueue(self, kind: str, *names: str) -> None:
        """Jobs of this kind, in one transaction of the client."""
        with self.app.app_context(), tenant_scope(self.tenant), transaction():
            for name in names:
                args = {"name": name}
                if kind in {"test.gate", "test.long"}:
                    args["folder"] = str(self.folder)
                enqueue(kind, args=args)

    def sql(self, statement: str) -> list[Any]:
        with connect(self.environment["DATABASE_DIRECT_URL"]) as connection:
            return list(connection.execute(statement.encode()))

    def effects(self) -> list[str]:
        rows = self.sql(f"select name from {self.tenant.schema}.fact order by name")
        return [row[0].removeprefix("effect:") for row in rows]

    def states(self) -> list[str]:
        return [row[0] for row in self.sql("select state from provider.job order by id")]

    def wait_until_done(self) -> None:
        until(lambda: set(self.states()) == {"done"}, what="all jobs done")

    def at_gate(self, name: str, *, but: int = 0) -> int:
        """The process that waits at the gate of this name (another one than `but`)."""

        def waiting() -> int:
            pids = [int(path.suffix[1:]) for path in self.folder.glob(f"{name}.[0-9]*")]
            return next((pid for pid in pids if pid != but), 0)

        found: int = until(waiting, what=f"the gate {name}")
        return found

    def open_gate(self, name: str) -> None:
        (self.folder / f"{name}.open").touch()


@pytest.fixture(scope="module")
def mortal_house(
    servers: tuple[embedded.Postgres, embedded.Redis], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, TenantRef, dict[str, str], MortalRedis]]:
    redis = MortalRedis()
    with ExitStack() as stack:
        stack.callback(redis.kill)
        app, refs, environment = stack.enter_context(
            house(
                servers[0].superuser_url,
                redis.url,
                database="kontor_crashes",
                data_dir=tmp_path_factory.mktemp("crashes"),
                slugs=("cat",),
            )
        )
        yield app, refs[0], dict(environment), redis


@pytest.fixture
def world(
    mortal_house: tuple[Flask, TenantRef, dict[str, str], MortalRedis], tmp_path: Path
) -> Iterator[World]:
    app, tenant, environment, redis = mortal_house
    made = World(
        app=app,
        tenant=tenant,
        folder=tmp_path,
        redis=redis,
        environment={**environment, "KONTOR_DATA_DIR": str(tmp_path)},
    )
    with connect(environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute("truncate provider.job, provider.job_attempt, provider.job_relay")
        owner.execute(f"truncate {tenant.schema}.fact".encode())
    if not redis.answers():
        redis.start()
    connection = Redis.from_url(redis.url)
    connection.flushall()
    connection.close()
    yield made
    for process in made.started:
        process.terminate()
    for process in made.started:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.parametrize("place", ["after dequeue", "before acknowledgement"])
def test_a_worker_killed_at_the_edges_of_a_job(world: World, place: str) -> None:
    world.start("relay")
    world.start("worker", die=place)
    world.enqueue("test.effect", "a", "b", "c")
    world.wait_until_done()
    assert (world.folder / f"died.{place}").exists()
    assert world.effects() == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ["test.gate", "test.long"])
def test_a_worker_killed_in_the_middle_of_a_job(world: World, kind: str) -> None:
    world.start("relay")
    world.start("worker")
    world.enqueue(kind, "a")
    child = world.at_gate("a")
    os.kill(child, signal.SIGKILL)
    if kind == "test.long":
        # Its lease has still to run out; nobody waits a minute for that here.
        _expire(world)
    world.at_gate("a", but=child)
    world.open_gate("a")
    world.wait_until_done()
    assert world.effects() == ["a"]
    assert world.sql("select outcome from provider.job_attempt") == [("lost",)]


def test_the_parent_killed_takes_its_child_along(world: World) -> None:
    world.start("relay")
    parent = world.start("worker")
    world.enqueue("test.gate", "a")
    child = world.at_gate("a")
    parent.kill()
    parent.wait()
    until(lambda: not _alive(child), what="the child's end")
    world.open_gate("a")
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == ["a"]


def test_a_relay_killed_between_commit_and_push(world: World) -> None:
    first = world.start("relay", die="before push")
    world.start("worker")
    world.enqueue("test.effect", "a", "b")
    assert first.wait(PATIENCE) == -signal.SIGKILL
    assert world.states() == ["enqueued", "enqueued"]
    world.start("relay")
    world.wait_until_done()
    assert world.effects() == ["a", "b"]


def test_two_relays_dispatch_once_and_the_second_takes_over(world: World) -> None:
    first = world.start("relay")
    until(lambda: world.sql("select 1 from provider.job_relay"), what="the first relay")
    world.start("relay")
    world.start("worker")
    world.enqueue("test.effect", *(f"{n:02}" for n in range(30)))
    until(lambda: len(world.effects()) > 5, what="some effects")
    first.kill()
    world.wait_until_done()
    assert world.effects() == [f"{n:02}" for n in range(30)]


def test_redis_killed_with_all_its_queues(world: World) -> None:
    world.start("relay")
    world.enqueue("test.effect", *(f"{n:03}" for n in range(100)))
    until(lambda: "enqueued" in world.states(), what="a dispatch")
    world.redis.kill()
    world.enqueue("test.effect", "written while Redis is away")
    world.redis.start()
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == [*(f"{n:03}" for n in range(100)), "written while Redis is away"]


def test_redis_killed_in_the_middle_of_a_job(world: World) -> None:
    world.start("relay")
    world.start("worker")
    world.enqueue("test.gate", "a", "b")
    world.at_gate("a")
    world.redis.kill()
    world.open_gate("a")
    world.open_gate("b")
    until(lambda: "a" in world.effects(), what="the effect without Redis")
    world.redis.start()
    world.wait_until_done()
    assert world.effects() == ["a", "b"]


def test_everything_killed_again_and_again(world: World) -> None:
    relay, worker = world.start("relay"), world.start("worker")
    names = [f"{n:03}" for n in range(150)]
    world.enqueue("test.effect", *names)
    for victim in ("worker", "redis", "relay", "worker"):
        seen = len(world.effects())
        until(lambda seen=seen: len(world.effects()) > seen + 5, what="progress")  # type: ignore[misc]
        if victim == "worker":
            worker.kill()
            worker = world.start("worker")
        elif victim == "relay":
            relay.kill()
            relay = world.start("relay")
        else:
            world.redis.kill()
            world.redis.start()
    world.wait_until_done()
    assert world.effects() == names


def test_sigterm_lets_the_job_finish(world: World) -> None:
    world.start("relay")
    worker = world.start("worker")
    world.enqueue("test.gate", "a")
    world.at_gate("a")
    worker.terminate()
    world.open_gate("a")
    assert worker.wait(PATIENCE) == 0
    assert world.states() == ["done"]
    assert world.effects() == ["a"]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _expire(world: World) -> None:
    with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute("update provider.job set lease_until = now() - interval '1 second'")
