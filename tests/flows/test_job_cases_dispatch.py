"""JOBS.md's cases of handing out: whatever relay, Redis or a caller do, each job runs once."""

import signal

from app.jobs import enqueue
from tenants.db import transaction
from tenants.scope import tenant_scope
from tests.factories.mortal import World
from tests.factories.waiting import PATIENCE, until


def test_case_01_rolled_back_no_job(world: World) -> None:
    world.start("relay")
    world.start("worker")
    with world.app.app_context(), tenant_scope(world.tenant), transaction() as tx:
        enqueue("test.effect", args={"name": "never"})
        tx.doom()
    world.enqueue("test.effect", "after it")
    world.wait_until_done()
    assert world.effects() == ["after it"]
    assert len(world.states()) == 1


def test_case_02_crash_between_commit_and_enqueue_it_runs(world: World) -> None:
    caller = world.start("caller", KONTOR_TEST_TENANT=str(world.tenant.id))
    assert caller.wait(PATIENCE) == -signal.SIGKILL
    assert world.states() == ["pending"]
    world.start("relay")
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == ["by one who died"]


def test_case_09_redis_lost_with_5000_queued(world: World) -> None:
    names = [f"{n:04}" for n in range(5_000)]
    world.start("relay")
    world.enqueue("test.effect", *names[:1_000])
    world.enqueue("test.tiny", *names[1_000:])  # or it would take minutes
    until(lambda: "enqueued" in world.states(), what="a dispatch")
    world.redis.kill()
    world.enqueue("test.effect", "written while Redis is away")
    world.redis.start()
    world.start("worker")
    until(lambda: len(world.effects()) > 200, what="some effects")
    world.redis.kill()
    world.redis.start()
    world.wait_until_done(patience=240)
    assert world.effects() == [*names, "written while Redis is away"]


def test_case_10_redis_hung_no_caller_waits(world: World) -> None:
    world.redis.process.send_signal(signal.SIGSTOP)
    try:
        world.enqueue("test.effect", "a")  # would wait for ever if it asked Redis
        assert world.states() == ["pending"]
    finally:
        world.redis.process.send_signal(signal.SIGCONT)
    world.start("relay")
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == ["a"]


def test_case_11_redis_out_at_a_jobs_end(world: World) -> None:
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


def test_case_13_two_relays_dispatch_once_and_the_second_takes_over(world: World) -> None:
    first = world.start("relay")
    until(lambda: world.sql("select 1 from provider.job_relay"), what="the first relay")
    world.start("relay")
    world.start("worker")
    world.enqueue("test.effect", *(f"{n:02}" for n in range(30)))
    until(lambda: len(world.effects()) > 5, what="some effects")
    first.kill()
    world.wait_until_done()
    assert world.effects() == [f"{n:02}" for n in range(30)]
    assert world.sql("select redispatched from provider.job_relay")[0][0] <= 20, "in flight"


def test_case_14_a_relay_killed_between_commit_and_push(world: World) -> None:
    first = world.start("relay", die="before push")
    world.start("worker")
    world.enqueue("test.effect", "a", "b")
    assert first.wait(PATIENCE) == -signal.SIGKILL
    assert world.states() == ["enqueued", "enqueued"]
    world.start("relay")
    world.wait_until_done()
    assert world.effects() == ["a", "b"]


def test_case_16_a_hundred_times_the_same_key_at_once(world: World) -> None:
    gates = [f"crowd{number}" for number in range(4)]
    crowd = [
        world.start(
            "crowd", KONTOR_TEST_TENANT=str(world.tenant.id), KONTOR_TEST_GATE=gate,
            KONTOR_POOL_SIZE="25",
        )
        for gate in gates
    ]  # fmt: skip
    for gate in gates:
        world.at_gate(gate)
    for gate in gates:
        world.open_gate(gate)
    assert sum(process.wait(PATIENCE) for process in crowd) == 1
    assert world.states() == ["pending"]
    world.start("relay")
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == ["once"]


def test_case_24_a_deploy_under_load_with_old_and_new_arguments(world: World) -> None:
    world.start("relay")
    old = world.start("worker", KONTOR_TEST_RELEASE="old")
    _release(world, [{"name": f"{n:03}", "colour": "red"} for n in range(150)])
    until(lambda: len(world.effects()) > 5, what="the old release at work")
    old.terminate()
    new = world.start("worker")
    _release(world, [{"name": f"{n:03}", "shade": "dark"} for n in range(150, 200)])
    assert old.wait(PATIENCE) == 0, "it ended in order, its job done"
    world.wait_until_done()
    done = world.effects()
    assert len(done) == 200
    assert {effect.split()[0] for effect in done} == {f"{n:03}" for n in range(200)}
    assert {effect.split(" ", 1)[1] for effect in done} == {"of red", "in grey", "in dark"}
    assert world.sql("select outcome, attempt, error from provider.job_attempt") == []
    assert new.poll() is None


def test_asked_to_stop_with_a_ticket_just_taken_it_does_the_job_first(world: World) -> None:
    world.start("relay")
    world.start("worker", die="stopped after dequeue")
    world.enqueue("test.effect", "a", "b")
    world.wait_until_done()
    assert (world.folder / "died.stopped after dequeue").exists()
    assert world.effects() == ["a", "b"]
    assert world.sql("select outcome, error from provider.job_attempt") == [], "nobody died"


def _release(world: World, arguments: list[dict[str, str]]) -> None:
    with world.app.app_context(), tenant_scope(world.tenant), transaction():
        for args in arguments:
            enqueue("test.release", args=args)


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
