"""Two schedulers at once over the nights in which the clocks change; batches under kill -9."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from app.jobs import enqueue_batch
from app.jobs.models import JobSchedule
from app.jobs.rules import CatchUp
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.db import db, transaction
from tenants.scope import tenant_scope
from tests.conftest import ROOT
from tests.factories.mortal import World
from tests.factories.waiting import until

SPRING = datetime(2026, 3, 28, 22, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)
NIGHT = timedelta(hours=6)


def schedule(world: World, cron: str, *, at: datetime, catch_up: CatchUp = CatchUp.ONCE) -> None:
    with world.app.app_context(), transaction():
        db.session.execute(
            insert(JobSchedule).values(
                id=new_id(), tenant_id=world.tenant.id, key=cron, kind="test.effect", cron=cron,
                args={"name": cron}, zone="Europe/Berlin", catch_up=catch_up, next_at=at,
            )
        )  # fmt: skip


def two_schedulers(world: World, first: datetime) -> list[int]:
    """Both go through the night at the same time; how many slots each of them fired."""
    command = [
        sys.executable, "-m", "tests.factories.scheduler_process",
        first.isoformat(), (first + NIGHT).isoformat(), "1",
    ]  # fmt: skip
    both: list[subprocess.Popen[str]] = [
        subprocess.Popen(
            command, cwd=ROOT, env=world.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return [int(one.communicate(timeout=120)[0].strip().splitlines()[-1]) for one in both]


def slots(world: World, cron: str) -> list[str]:
    rows: list[Any] = world.sql(
        "select to_char(run_at at time zone 'UTC', 'HH24:MI') from provider.job"
        f" where cron_key = '{cron}' order by run_at"
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("night", "half_past_two"),
    [
        # 02:30 does not come: it fires right after the gap, at 03:00 on the wall.
        (SPRING, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # 02:30 comes twice: it fires at the first.
        (AUTUMN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_case_19_two_schedulers_one_fire_per_slot(
    world: World, night: datetime, half_past_two: datetime
) -> None:
    schedule(world, "30 2 * * *", at=half_past_two)
    schedule(world, "*/15 * * * *", at=night + timedelta(minutes=15))
    fired = two_schedulers(world, night)
    assert slots(world, "30 2 * * *") == [f"{half_past_two:%H:%M}"]
    quarters = slots(world, "*/15 * * * *")
    assert len(quarters) == len(set(quarters)) == 24
    assert sum(fired) == 1 + 24


@pytest.mark.parametrize(
    ("catch_up", "made_up_for"), [(CatchUp.SKIP, 0), (CatchUp.ONCE, 1), (CatchUp.ALL, 6)]
)
def test_case_20_six_hours_down_the_next_ticker_makes_up_as_agreed(
    world: World, catch_up: CatchUp, made_up_for: int
) -> None:
    first = world.start("ticker")
    schedule(world, "* * * * *", at=now() - timedelta(minutes=1))
    until(lambda: world.states() == ["pending"], what="the first ticker's slot")
    first.kill()
    first.wait()
    world.truncate()
    # It died six hours ago: of six slots, the last was half an hour ago.
    last = now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    missed = [last - timedelta(hours=n) for n in range(5, -1, -1)]
    schedule(world, f"{last.minute} * * * *", at=missed[0], catch_up=catch_up)
    for part in ("ticker", "ticker", "relay", "worker"):
        world.start(part)
    coming = last + timedelta(hours=1)
    ask = "select next_at from provider.job_schedule"
    until(lambda: world.sql(ask) == [(coming,)], what="the next slot to be awaited")
    world.wait_until_done()
    fired = [row[0] for row in world.sql("select run_at from provider.job order by run_at")]
    assert fired == missed[len(missed) - made_up_for :]
    assert len(world.effects()) == made_up_for


def batch(world: World, *names: str) -> None:
    parts = [{"folder": str(world.folder), "name": name} for name in names]
    with world.app.app_context(), tenant_scope(world.tenant), transaction():
        enqueue_batch("test.gate", parts=parts, then="test.report", then_args={})


def test_a_batch_is_followed_once_though_its_workers_are_killed(world: World) -> None:
    world.start("relay")
    first = world.start("worker")
    batch(world, "a", "b", "c")
    world.open_gate("a")
    held = world.at_gate("b")
    first.send_signal(signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    world.open_gate("c")
    world.start("worker")
    world.start("worker")
    world.expire_leases()
    world.at_gate("b", but=held)
    assert "waiting" in world.states()
    world.open_gate("b")
    world.wait_until_done()
    assert world.effects() == ["a", "b", "c", "{'done': 3}"]


def test_a_part_that_kills_its_workers_does_not_stop_the_batch(world: World) -> None:
    world.start("relay")
    world.start("worker")
    with world.app.app_context(), tenant_scope(world.tenant), transaction():
        enqueue_batch("test.segfault", parts=[{}, {}], then="test.report", then_args={})
    until(lambda: "waiting" not in world.states(), what="both parts dead", patience=60)
    until(lambda: world.states()[0] == "done", what="the follow-up")
    assert Counter(world.states()) == {"done": 1, "dead": 2}
    assert world.effects() == ["{'dead': 2}"]
