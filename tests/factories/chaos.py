"""Kill at random whatever runs jobs, under load, and count what the jobs have left behind."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.jobs import enqueue
from devtools.child import Server
from tenants.db import transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.factories.mortal import World
from tests.factories.waiting import until

KINDS = ("test.effect", "test.tiny", "test.blink")
PARTS = ("relay", "relay", "worker", "worker")
_AT_ONCE = 6
_EVERY = 0.12
"""Seconds between two orders: what two workers can do beside all that happens to them."""
WEIGHTS = {
    "worker": 5, "worker's child": 5, "relay": 4, "Redis": 3, "PostgreSQL": 2, "pause": 2,
}  # fmt: skip
"""Who is struck how often. First each of them once, then by chance."""


@dataclass(slots=True, kw_only=True)
class Chaos:
    """Two relays and two workers under load, and somebody who kills them, Redis and PostgreSQL."""

    world: World
    server: Server
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    ordered: list[str] = field(default_factory=list)
    """What was committed for certain."""
    _parts: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    _chance: random.Random = field(init=False)
    _orders: random.Random = field(init=False)
    _first: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311  it is to be repeated
        self._orders = random.Random(self.seed)  # noqa: S311  its own, or it would move the deeds
        self._first = self._chance.sample(list(WEIGHTS), len(WEIGHTS))

    def rage(self, seconds: float) -> None:
        """So long, with a deed every second or so, and until everything was struck once."""
        self._parts = [(part, self.world.start(part)) for part in PARTS]
        until(lambda: self.world.sql("select 1 from provider.job_relay"), what="a relay")
        end = time.monotonic() + seconds
        strike = time.monotonic() + 1
        while time.monotonic() < end or self._first:
            self._order()
            if time.monotonic() > strike:
                self._strike()
                strike = time.monotonic() + self._chance.uniform(0.3, 1.5)
            self._revive()
            time.sleep(_EVERY)

    def calm_down(self, *, patience: float) -> int:
        """Everything runs again until nothing is left; how many somebody had to start again.

        A job whose workers were killed three times under it waits for a person: here it is us.
        """
        again = 0
        end = time.monotonic() + patience
        while self.world.left():
            assert time.monotonic() < end, f"not done in time: {Counter(self.world.states())}"
            self._revive()
            with connect(self.world.environment["DATABASE_DIRECT_URL"]) as owner:
                again += owner.execute(
                    "update provider.job set state = 'pending', attempts = 0, deaths = 0,"
                    " finished_at = null where state = 'dead'"
                ).rowcount
                owner.execute("update provider.job set run_at = now() where state = 'pending'")
            time.sleep(0.2)
        return again

    def lost_and_doubled(self) -> tuple[set[str], set[str]]:
        """Names whose effect is missing, and those whose effect is there twice."""
        effects = Counter(self.world.effects())
        rows = {row[0] for row in self.world.sql("select args ->> 'name' from provider.job")}
        wanted = rows | set(self.ordered)
        return wanted - effects.keys(), {name for name, times in effects.items() if times > 1}

    def _order(self) -> None:
        names = [f"{len(self.ordered) + n:06}-{self._orders.random()}" for n in range(_AT_ONCE)]
        kind = self._orders.choice(KINDS)
        try:
            with (
                self.world.app.app_context(),
                tenant_scope(self.world.tenant),
                transaction(),
            ):
                for name in names:
                    enqueue(kind, args={"name": name})
        except SQLAlchemyError:
            self.world.forget_connections()  # whether it was committed, the table knows
        else:
            self.ordered += names

    def _strike(self) -> None:
        deeds: dict[str, Callable[[], None]] = {
            "worker": lambda: self._kill("worker"),
            "worker's child": self._kill_child,
            "relay": lambda: self._kill("relay"),
            "Redis": self._lose_redis,
            "PostgreSQL": self._crash_postgres,
            "pause": self._pause,
        }
        (by_chance,) = self._chance.choices(list(WEIGHTS), [*WEIGHTS.values()])
        name = self._first.pop() if self._first else by_chance
        deeds[name]()
        self.killed[name] += 1

    def _one(self, part: str) -> subprocess.Popen[bytes]:
        return self._chance.choice([process for name, process in self._parts if name == part])

    def _kill(self, part: str) -> None:
        self._one(part).kill()

    def _children(self) -> list[int]:
        process = self._one("worker")
        with suppress(OSError):
            listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            return [int(pid) for pid in listed.split()]
        return []

    def _kill_child(self) -> None:
        for pid in self._children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _pause(self) -> None:
        """A worker hangs for longer than its lease, and then goes on as if nothing had been."""
        children = self._children()
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in children:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            if number is signal.SIGSTOP:
                time.sleep(self._chance.uniform(0.5, 1.5))

    def _lose_redis(self) -> None:
        self.world.redis.kill()
        time.sleep(self._chance.uniform(0, 0.5))
        self.world.redis.start()

    def _crash_postgres(self) -> None:
        self.server.process.kill()
        self.server.process.wait()
        time.sleep(self._chance.uniform(0, 0.5))
        self.server.restart_if_ended()
        self.world.forget_connections()

    def _revive(self) -> None:
        self._parts = [
            (part, process if process.poll() is None else self.world.start(part))
            for part, process in self._parts
        ]
