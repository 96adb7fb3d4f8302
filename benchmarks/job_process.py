"""A worker or relay of ours, or RQ's own workers: `python -m benchmarks.job_process PART`."""

import signal
import sys

from redis import Redis
from rq import Queue, SimpleWorker, Worker

from app.jobs.pool import Pool
from app.jobs.relay import LEASE, Relay, redis_client
from app.jobs.rules import JobClass
from app.web import logging
from benchmarks import job_kinds
from config import Settings

RQ_QUEUE = "rival"


def _ours(settings: Settings, workers: int) -> None:
    app = job_kinds.house()
    Pool(
        make_app=lambda: app,
        redis_url=settings.redis_url,
        secret=settings.secret_key,
        classes=[JobClass.DEFAULT] * workers,
    ).run()


def _relay(settings: Settings, _: int) -> None:
    relay = Relay(
        database_url=settings.database_direct_url,
        redis=redis_client(settings.redis_url),
        secret=settings.secret_key,
        lease=LEASE,
    )
    signal.signal(signal.SIGTERM, lambda *_: relay.stop.set())
    relay.run()


def _rq(kind: type[Worker]) -> None:
    connection = Redis.from_url(Settings.from_env().redis_url)
    job_kinds.house()  # loaded once: the forked children begin with it
    worker = kind([Queue(RQ_QUEUE, connection=connection)], connection=connection)
    worker.work(logging_level="ERROR")


PARTS = {
    "worker": _ours,
    "relay": _relay,
    "rq-fork": lambda *_: _rq(Worker),
    "rq-simple": lambda *_: _rq(SimpleWorker),
}

if __name__ == "__main__":
    logging.configure()
    PARTS[sys.argv[1]](Settings.from_env(), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
