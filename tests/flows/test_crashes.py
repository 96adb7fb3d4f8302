"""Workers, relays and Redis are killed for real: nothing is lost and nothing is done twice."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from devtools import embedded
from tenants.context import TenantRef
from tenants.driver import connect
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.bare_house import house
from tests.factories.mortal import MortalRedis, World
from tests.factories.waiting import PATIENCE, until


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
