"""`make run`: all of Kontor on this machine, from the servers up to the web, until Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import IO

from devtools import embedded, instance, parts
from devtools.child import lock
from devtools.errors import AlreadyRunning, DevelopmentError
from devtools.instance import Instance
from devtools.launch import end_with_parent
from devtools.supervisor import Supervisor, end_holders
from tenants.bootstrap import prepare_cluster

ORPHAN_SECONDS = 15
STOPPING_SECONDS = 40


class StopAsked(BaseException):
    """Ctrl-C or SIGTERM: leave in order, through every `finally`."""


def main() -> int:
    """Run until asked to stop. The exit status says whether that was the reason."""
    say_when_stopping()
    if "--with-parent" in sys.argv[1:]:
        end_with_parent(signal.SIGTERM)
    try:
        run(instance.of_checkout())
    except StopAsked:
        say("Stopped.")
        return 0
    except DevelopmentError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


def run(place: Instance) -> None:
    """Start everything and keep it running. Raises DevelopmentError, StopAsked."""
    web = parts.web_address()
    with ExitStack() as stack:
        instance.make_home(place)
        stack.enter_context(sole(place))
        children = stack.enter_context(after_orphans(place))
        parts.check_port(web)
        if place.throw_away_half_a_demo():
            say("Loading the demo was cut short last time: starting afresh.")
        fresh = not (place.home / "postgres" / "data").exists()
        supervisor = Supervisor(say)
        environment = stack.enter_context(servers(place, supervisor))
        environment |= web.environment()
        commands = parts.Commands(
            log=place.folder("log"),
            figures=place.home / "figures",
            environment=os.environ | environment,
            held=children,
        )
        stack.callback(supervisor.stop)
        environment |= start_outside(place, supervisor, commands, web)
        instance.write_facts(place, environment)
        stack.callback(place.facts.unlink, missing_ok=True)
        prepare(place, commands, fresh=fresh)
        start_parts(supervisor, commands, web)
        parts.announce(place, web, say=say)
        supervisor.watch(until=lambda: False)


@contextmanager
def servers(place: Instance, supervisor: Supervisor) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis, ready for Kontor's logins and watched. Yields what leads to them."""
    first = not (place.home / "postgres" / "data").exists()
    say("Making a PostgreSQL database ..." if first else "Starting PostgreSQL and Redis ...")
    passwords = instance.passwords(place)
    with (
        embedded.postgres(place.home / "postgres") as postgres,
        embedded.redis(place.home / "redis") as redis,
    ):
        supervisor.servers = [server for server in (postgres.server, redis.server) if server]
        prepare_cluster(postgres.superuser_url, passwords=passwords)
        yield embedded.settings_environment(
            postgres, redis, passwords=passwords, data_dir=place.folder("files")
        )


def prepare(place: Instance, commands: parts.Commands, *, fresh: bool) -> None:
    """The tables at this release, and the demo once."""
    say("Migrating ...")
    commands.run_kontor("migrate")
    if parts.demo_wanted() and not place.demo_marker.exists():
        say("Loading the demo (once; a minute or so) ...")
        if fresh:
            place.demo_begun.touch()
        printed = commands.run_kontor("demo", "load")
        instance.write_private(place.demo_marker, printed)
        place.demo_begun.unlink(missing_ok=True)


def start_outside(
    place: Instance, supervisor: Supervisor, commands: parts.Commands, web: parts.Address
) -> dict[str, str]:
    """The world outside: a mail server, and a Stripe unless a key of the real one is given.

    Gives what leads to them.
    """
    mail = parts.Mail(place.folder("outbox"))
    stripe = parts.Stripe(place.folder("stripe"), web=web)
    found = mail.environment() | stripe.environment()
    commands.environment |= found
    supervisor.add(commands.mail(mail))
    if stripe.environment():
        parts.wait_for_stripe(supervisor.add(commands.stripe(stripe)), stripe)
    return found


def start_parts(supervisor: Supervisor, commands: parts.Commands, web: parts.Address) -> None:
    """Web, worker, relay, ticker and mail-in; return once pages are served."""
    say("Starting web, worker, relay, ticker and mail-in ...")
    served = supervisor.add(commands.web(web))
    for name in ("worker", "relay", "ticker", "mail-in"):
        supervisor.add(commands.background(name))
    parts.wait_for_pages(served, web)


@contextmanager
def sole(place: Instance) -> Iterator[IO[str]]:
    """Only one supervisor for a data folder; one that is just stopping is waited for.

    Raises AlreadyRunning.
    """
    end = time.monotonic() + STOPPING_SECONDS
    while True:
        try:
            held = lock(place.home / "supervisor.lock", seconds=0.2, name="Kontor")
            break
        except AlreadyRunning:
            # The facts are there from when the servers are up until they are to stop.
            if place.facts.exists() or time.monotonic() > end:
                raise AlreadyRunning(
                    "Kontor is running from this checkout already"
                    f"{parts.known_address(place)}. Stop that one with Ctrl-C first."
                ) from None
    with held:
        yield held


@contextmanager
def after_orphans(place: Instance) -> Iterator[IO[str]]:
    """The lock our processes inherit. Those of a supervisor that was killed end by themselves;
    what has not after a while is ended."""
    path = place.home / "processes.lock"
    try:
        held = lock(path, seconds=0, name="Kontor")
    except AlreadyRunning:
        say("Waiting for what a killed Kontor left running ...")
        with suppress(AlreadyRunning):
            lock(path, seconds=ORPHAN_SECONDS, name="Kontor").close()
        end_holders(path)
        held = lock(path, seconds=ORPHAN_SECONDS, name="Kontor")
    with held:
        yield held


def say_when_stopping() -> None:
    """The first signal unwinds; further ones are too impatient to be obeyed."""
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            say("\nStopping ...")
            raise StopAsked

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)


def say(text: str) -> None:
    """Progress, at once also into a pipe."""
    with suppress(BrokenPipeError, OSError):
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
