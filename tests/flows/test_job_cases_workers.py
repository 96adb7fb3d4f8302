"""JOBS.md's cases of workers: killed, hung or stopped, nothing is lost and nothing done twice."""

import os
import signal
from pathlib import Path

import pytest

from app.jobs import recording, relay
from app.jobs.rules import MAX_DEATHS
from tenants.driver import connect
from tests.factories.mortal import World
from tests.factories.waiting import PATIENCE, until


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("after dequeue", id="case_03"),
        pytest.param("before started", id="case_04"),
        pytest.param("before acknowledgement", id="case_06"),
    ],
)
def test_case_03_04_06_killed_at_the_edges_of_a_job(world: World, place: str) -> None:
    world.start("relay")
    world.start("worker", die=place)
    world.enqueue("test.effect", "a", "b", "c")
    world.wait_until_done()
    assert (world.folder / f"died.{place}").exists()
    assert world.effects() == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ["test.gate", "test.long"])
def test_case_05_killed_in_the_middle_of_a_job(world: World, kind: str) -> None:
    world.start("relay")
    worker = world.start("worker")
    world.enqueue(kind, "a")
    child = world.at_gate("a")
    worker.kill()  # and the child with it: nobody is left to say so
    until(lambda: not _alive(child), what="the child's end")
    world.expire_leases()
    world.start("worker")
    world.at_gate("a", but=child)
    world.open_gate("a")
    world.wait_until_done()
    assert world.effects() == ["a"]
    assert world.sql("select outcome from provider.job_attempt") == [("lost",)]


@pytest.mark.parametrize("kind", ["test.gate", "test.long"])
def test_case_07_child_only_killed_its_parent_says_so_at_once(world: World, kind: str) -> None:
    world.start("relay")
    parent = world.start("worker")
    world.enqueue(kind, "a")
    child = world.at_gate("a")
    _lease_for_ever(world)  # not by its end does the job come back
    os.kill(child, signal.SIGKILL)
    world.at_gate("a", but=child)
    world.open_gate("a")
    world.wait_until_done()
    assert parent.poll() is None
    assert world.effects() == ["a"]
    ((outcome, error),) = world.sql("select outcome, error from provider.job_attempt")
    assert outcome == "lost"
    if kind == "test.long":  # of a short one the relay may have heard first: its lock is gone
        assert error == "The worker died while it worked on this (signal 9)."


def test_case_08_the_parent_killed_takes_its_child_along(world: World) -> None:
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


def test_case_15_an_old_worker_that_comes_back_after_its_lease_is_rolled_back(world: World) -> None:
    world.start("relay")
    world.start("worker")
    world.enqueue("test.long", "a")
    sleeper = world.at_gate("a")
    os.kill(sleeper, signal.SIGSTOP)
    world.expire_leases()
    world.start("worker")
    world.at_gate("a", but=sleeper)
    world.open_gate("a")
    world.wait_until_done()
    assert "job_lost" not in world.log("worker")
    os.kill(sleeper, signal.SIGCONT)
    until(lambda: "job_lost" in world.log("worker"), what="the old worker's defeat")
    assert world.states() == ["done"]
    assert world.effects() == ["a"]


def test_case_18_a_killed_holder_frees_the_cap(world: World) -> None:
    with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute(
            "insert into provider.job_limit (id, tenant_id, cap, weight)"
            " values (gen_random_uuid(), %s, 1, 1)",
            (world.tenant.id,),
        )
    world.start("relay")
    worker = world.start("worker")
    world.enqueue("test.gate", "a", "b")
    holder = world.at_gate("a")
    assert world.states() == ["enqueued", "pending"], "the cap of one is taken"
    worker.kill()
    until(lambda: not _alive(holder), what="the holder's end")
    world.start("worker")
    world.open_gate("a")
    world.open_gate("b")
    world.wait_until_done()
    assert world.effects() == ["a", "b"]
    longest = max(relay.LEASE, recording.LEASE).total_seconds() + relay.BEAT
    assert longest <= 30, "so long it takes with the leases of production"


def test_case_21_a_segfaulting_job_is_dead_after_three(world: World) -> None:
    world.start("relay")
    parent = world.start("worker")
    world.enqueue("test.segfault", "x")
    world.enqueue("test.effect", "beside it")
    until(lambda: "dead" in world.states(), what="its burial")
    assert world.states() == ["dead", "done"]
    deaths = world.sql("select outcome from provider.job_attempt")
    assert deaths == [("lost",)] * MAX_DEATHS
    assert parent.poll() is None
    assert world.effects() == ["beside it"]


def test_case_22_a_swallowed_time_out_is_a_hard_kill(world: World) -> None:
    world.start("relay")
    world.start("worker")
    world.enqueue("test.stubborn", "a")
    child = world.at_gate("a")
    until(lambda: world.states() == ["dead"], what="the kill")
    assert not _alive(child)
    (error,) = world.sql("select last_error from provider.job")[0]
    assert error == "OutOfTime: longer than 0 s; it had to be killed"
    world.enqueue("test.effect", "after it")
    until(lambda: world.effects() == ["after it"], what="the next job")


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


def test_sigterm_hands_a_long_job_back_at_its_checkpoint(world: World) -> None:
    world.start("relay")
    worker = world.start("worker")
    world.enqueue("test.walk", "a")
    first = world.at_gate("a")
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    world.start("worker")
    world.at_gate("a", but=first)
    world.open_gate("a")
    world.wait_until_done()
    assert world.effects() == ["a"]
    assert world.sql("select attempts, deaths from provider.job") == [(1, 0)]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _lease_for_ever(world: World) -> None:
    with connect(world.environment["DATABASE_DIRECT_URL"]) as owner:
        owner.execute(
            "update provider.job set lease_until = now() + interval '1 day'"
            " where id in (select id from provider.job for update skip locked)"
        )


def test_a_tiny_job_that_kills_its_worker_takes_no_other_with_it(world: World) -> None:
    names = [f"{n:02}" for n in range(30)]
    world.enqueue("test.tiny", *names[:10], "deadly", *names[10:])
    world.start("relay")
    world.start("worker")
    until(lambda: "dead" in world.states(), what="its burial", patience=60)
    until(lambda: set(world.states()) == {"dead", "done"}, what="the others")
    assert world.effects() == names
    lost = world.sql(
        "select j.args ->> 'name', count(*) from provider.job_attempt a"
        " join provider.job j on j.id = a.job_id group by 1"
    )
    assert lost == [("deadly", MAX_DEATHS)], "nobody else is blamed"
