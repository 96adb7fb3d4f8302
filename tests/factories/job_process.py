"""A part of the bare house as a process of its own: `python -m … worker|relay|ticker|caller`."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.jobs import enqueue, recording, schedules
from app.jobs.door import Door
from app.jobs.pool import Pool
from app.jobs.registry import Periodic
from app.jobs.relay import Relay, redis_client
from app.jobs.rules import JobClass
from app.jobs.ticker import Ticker
from app.web import logging
from config import Settings
from tenants.db import transaction
from tenants.registry import by_id
from tenants.scope import tenant_scope
from tests.factories import job_kinds
from tests.factories.bare_house import bare_app

LEASE = timedelta(seconds=1)
THREADS = 25


def once(name: str, by: signal.Signals = signal.SIGKILL) -> None:
    """Die as by kill -9, the first time that a process comes by with KONTOR_TEST_DIE=name."""
    folder = Path(os.environ["KONTOR_DATA_DIR"])
    if os.environ.get("KONTOR_TEST_DIE") != name:
        return
    try:
        (folder / f"died.{name}").touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), by)


class DyingDoor:
    """Where a worker can be made to die: just dequeued, and done but not acknowledged."""

    @staticmethod
    def arm() -> None:
        execute, put_away = Door.execute_job, Door._put_away  # noqa: SLF001
        claim = recording.claim

        def dying_execute(self: Door, *given: Any) -> None:
            once("after dequeue")
            once("stopped after dequeue", signal.SIGTERM)
            execute(self, *given)

        def dying_claim(ticket: Any) -> Any:
            once("before started")
            return claim(ticket)

        def dying_put_away(self: Door, *given: Any) -> None:
            once("before acknowledgement")
            put_away(self, *given)

        Door.execute_job = dying_execute  # type: ignore[method-assign]
        recording.claim = dying_claim
        Door._put_away = dying_put_away  # type: ignore[method-assign]  # noqa: SLF001


def call(settings: Settings) -> None:
    """Enqueue a job, commit and die before anybody could hear of it."""
    with bare_app(settings).app_context():
        with tenant_scope(by_id(int(os.environ["KONTOR_TEST_TENANT"]))), transaction():
            enqueue("test.effect", args={"name": "by one who died"})
        os.kill(os.getpid(), signal.SIGKILL)


def call_at_once(settings: Settings) -> None:
    """A process of many that ask for the same thing at one moment; exits with how often it was new.

    Each of its threads has a connection of its own.
    """
    app = bare_app(settings)
    with app.app_context():
        client = by_id(int(os.environ["KONTOR_TEST_TENANT"]))

    def caller(_: int) -> bool:
        with app.app_context(), tenant_scope(client), transaction():
            return enqueue("test.effect", args={"name": "once"}, dedupe_key="k") is not None

    job_kinds.wait_at_gate(os.environ["KONTOR_DATA_DIR"], os.environ["KONTOR_TEST_GATE"])
    with ThreadPoolExecutor(THREADS) as people:
        sys.exit(list(people.map(caller, range(THREADS))).count(True))


def work(settings: Settings) -> None:
    DyingDoor.arm()
    Pool(
        make_app=lambda: bare_app(settings),
        redis_url=settings.redis_url,
        secret=settings.secret_key,
        classes=[JobClass.DEFAULT],
        insist_after=0.5,
    ).run()


def tick(settings: Settings) -> None:
    """Fires the schedules, ten times a second."""
    fire = Periodic(name="schedules", function=schedules.fire, every=timedelta(seconds=0.1))
    Ticker(
        app=bare_app(settings),
        database_url=settings.database_direct_url,
        periodic={fire.name: fire},
        beat=0.1,
    ).run()


def hand_out(settings: Settings) -> None:
    relay = Relay(
        database_url=settings.database_direct_url,
        redis=redis_client(settings.redis_url),
        secret=settings.secret_key,
        lease=LEASE,
        beat=0.1,
        after_commit=lambda: once("before push"),
    )
    signal.signal(signal.SIGTERM, lambda *_: relay.stop.set())
    relay.run()


PARTS = {"caller": call, "crowd": call_at_once, "relay": hand_out, "ticker": tick, "worker": work}

if __name__ == "__main__":
    logging.configure()
    PARTS[sys.argv[1]](Settings.from_env())
