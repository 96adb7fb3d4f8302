"""A relay, or a worker that can be made to die in the middle of a recalculation."""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

from app.factory import create_app
from app.jobs.pool import Pool
from app.jobs.relay import Relay, redis_client
from app.jobs.rules import JobClass
from app.sla import recalculation
from app.web import logging
from config import Settings
from tests.factories.job_process import once


def arm(after: int) -> None:
    """Die as by kill -9 in that batch of the first process that comes so far."""
    do, seen = recalculation._do, [0]  # noqa: SLF001

    def dying(*given: Any, **more: Any) -> Any:
        seen[0] += 1
        if seen[0] == after:
            os.environ["KONTOR_TEST_DIE"] = "batch"
            clocks = given[2]
            recalculation._ACTIONS[given[0].what](given[0], clocks)  # noqa: SLF001
            once("batch")
        return do(*given, **more)

    recalculation._do = dying  # noqa: SLF001


def main(part: str) -> None:
    settings = Settings.from_env()
    logging.configure()
    recalculation.carry_out.__kwdefaults__["batch"] = 20
    if part == "worker":
        arm(int(os.environ["KONTOR_TEST_BATCH"]))
        Pool(
            make_app=lambda: create_app(settings),
            redis_url=settings.redis_url,
            secret=settings.secret_key,
            classes=[JobClass.BULK],
        ).run()
        return
    relay = Relay(
        database_url=settings.database_direct_url,
        redis=redis_client(settings.redis_url),
        secret=settings.secret_key,
        lease=timedelta(seconds=1),
        beat=0.1,
    )
    signal.signal(signal.SIGTERM, lambda *_: relay.stop.set())
    relay.run()


if __name__ == "__main__":
    main(sys.argv[1])
