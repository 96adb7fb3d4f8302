"""The doors without a browser: `python worker.py worker|relay|ticker|mail-in`."""

import argparse
import asyncio
import signal
import threading
from collections.abc import Callable, Sequence

from app.factory import create_app
from app.jobs import registry, schedules
from app.jobs.pool import Pool
from app.jobs.relay import LEASE, Relay, redis_client
from app.jobs.rules import JobClass
from app.jobs.ticker import Ticker
from app.kernel.clock import now
from app.mail_in import server as mail_in
from app.web import logging
from config import Settings
from tenants.opening import fill_spares


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of the processes until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=sorted(PARTS))
    parser.add_argument(
        "--queue", action="append", type=JobClass, choices=list(JobClass),
        help="worker: a process for this queue; again for another one (default: one for each)",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    settings = Settings.from_env()
    logging.configure()
    PARTS[given.part](settings, given.queue or list(JobClass))


def _worker(settings: Settings, queues: Sequence[JobClass]) -> None:
    # Once before the children are born, who are given it with the program in memory and begin at
    # once. Nothing is connected by it: a pool's first connection is made in the child.
    app = create_app(settings)
    pool = Pool(
        make_app=lambda: app,
        redis_url=settings.redis_url, secret=settings.secret_key, classes=queues,
    )  # fmt: skip
    pool.run()


def _relay(settings: Settings, _: Sequence[JobClass]) -> None:
    relay = Relay(
        database_url=settings.database_direct_url,
        redis=redis_client(settings.redis_url),
        secret=settings.secret_key,
        lease=LEASE,
    )
    _until_told(relay.stop, relay.run)


def _ticker(settings: Settings, _: Sequence[JobClass]) -> None:
    app = create_app(settings)
    registry.periodic(seconds=30, name="tenants.spares")(
        lambda: fill_spares(
            settings.database_direct_url, at=now(), tenant_logins=settings.tenant_logins
        )
    )
    registry.periodic(seconds=60, name="jobs.standing")(schedules.keep_standing)
    registry.periodic(seconds=1, name="jobs.fire")(schedules.fire)
    ticker = Ticker(app=app, database_url=settings.database_direct_url, periodic=registry.PERIODIC)
    _until_told(ticker.stop, ticker.run)


def _mail_in(settings: Settings, _: Sequence[JobClass]) -> None:
    if not settings.mail_in_listen or "@" not in settings.mail_in_address:
        raise SystemExit("Set KONTOR_MAIL_IN_LISTEN and KONTOR_MAIL_IN_ADDRESS.")
    app = create_app(settings)
    listen, address = settings.mail_in_listen, settings.mail_in_address
    asyncio.run(mail_in.serve(app, listen=listen, address=address))


def _until_told(stop: threading.Event, run: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run()


PARTS = {"worker": _worker, "relay": _relay, "ticker": _ticker, "mail-in": _mail_in}

if __name__ == "__main__":
    main()
