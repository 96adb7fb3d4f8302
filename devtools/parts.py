"""Kontor's own processes as `make run` starts them, and what it tells about them."""

import json
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from devtools.child import LOOPBACK, Command, free_port, start, stop, wait_until_ready
from devtools.errors import DevelopmentError
from devtools.instance import ROOT, Instance
from devtools.supervisor import Supervised
from devtools.unprivileged import Runner

MYSELF = Runner(os.getuid(), os.getgid(), "myself")
COMMAND_LINE = "from app.cli.main import main; main()"
START_SECONDS = 240
"""On a machine that is busy with other things; a process that has ended is noticed at once."""
QUEUES = {
    "worker": [
        word
        for queue in ("interactive", "default", "bulk", "bulk", "external")
        for word in ("--queue", queue)
    ]
}
"""A second process for slow work: the demo always has a long job running."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the application has to know of it."""
        base = os.environ.get("KONTOR_BASE_URL", self.url)
        return {"KONTOR_BASE_URL": base, "KONTOR_ENVIRONMENT": "development"}


class Mail:
    """The outbox folder and the SMTP server that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.way_in = folder, free_port(), free_port()

    def environment(self) -> dict[str, str]:
        """What the application has to know of it."""
        return {
            "SMTP_URL": f"smtp://{LOOPBACK}:{self.port}",
            "KONTOR_OUTBOX_DIR": str(self.folder),
            "KONTOR_MAIL_IN_LISTEN": f"{LOOPBACK}:{self.way_in}",
            "KONTOR_MAIL_IN_ADDRESS": "post@kontor.localhost",
        }


class Stripe:
    """The fake that collects the demo's invoices; its state outlives a restart."""

    def __init__(self, folder: Path, *, web: Address) -> None:
        self.snapshot = folder / "state.json"
        self.webhook = f"{web.url}/hooks/stripe"
        # The invoices' pages keep their addresses from one start to the next.
        known = folder / "address.json"
        if not known.exists():
            known.write_text(json.dumps([free_port(), f"whsec_{secrets.token_hex(16)}"]))
        self.port, self.secret = json.loads(known.read_text())

    def environment(self) -> dict[str, str]:
        """What the application has to know of it; nothing where a real key is given."""
        if os.environ.get("STRIPE_SECRET_KEY"):
            return {}
        return {
            "STRIPE_SECRET_KEY": "sk_test_of_the_demo",
            "STRIPE_WEBHOOK_SECRETS": self.secret,
            "STRIPE_API_BASE": f"http://{LOOPBACK}:{self.port}",
        }


@dataclass(slots=True, kw_only=True)
class Commands:
    """How each process is started: the same commands as in the Procfile."""

    log: Path
    figures: Path
    environment: dict[str, str]
    held: IO[str]

    def web(self, address: Address) -> Command:
        """Gunicorn with threads; its processes add up their figures for /metrics in a folder."""
        shutil.rmtree(self.figures, ignore_errors=True)
        self.figures.mkdir(mode=0o700)
        return self._command(
            "web", sys.executable, "-m", "gunicorn", "--no-control-socket",
            "--worker-class", "gthread", "--workers", "2", "--threads", "8",
            "--graceful-timeout", "10",
            "--bind", f"{address.host}:{address.port}",
            "--env", f"PROMETHEUS_MULTIPROC_DIR={self.figures}", "wsgi:app",
        )  # fmt: skip

    def background(self, name: str) -> Command:
        """worker, relay, ticker or mail-in."""
        return self._command(name, sys.executable, ROOT / "worker.py", name, *QUEUES.get(name, ()))

    def mail(self, mail: Mail) -> Command:
        """The SMTP server of the demo."""
        module = "devtools.mail_catcher"
        return self._command("mail", sys.executable, "-m", module, str(mail.port), mail.folder)

    def stripe(self, stripe: Stripe) -> Command:
        """The fake Stripe of the demo."""
        return self._command(
            "stripe", sys.executable, "-m", "devtools.fakestripe.main",
            "--port", str(stripe.port), "--snapshot", stripe.snapshot,
            "--webhook", stripe.webhook, "--secret", stripe.secret,
        )  # fmt: skip

    def run_kontor(self, *words: str) -> str:
        """Run one `kontor` command to its end; its progress (stderr) is shown, its output kept.

        Raises DevelopmentError with what it said.
        """
        command = self._command(
            " ".join(("kontor", *words)), sys.executable, "-c", COMMAND_LINE, *words
        )
        process = start(command, capture=True)
        try:
            printed, _ = process.communicate()
        finally:
            stop(process, with_signal=signal.SIGTERM)
        if process.returncode != 0:
            raise DevelopmentError(
                f"`{command.name}` failed (exit status {process.returncode}). {printed[-2000:]}"
            )
        return printed

    def _command(self, name: str, *arguments: str | Path) -> Command:
        return Command(
            name=name,
            arguments=arguments,
            log=self.log / f"{name.split(maxsplit=1)[0]}.log",
            runner=MYSELF,
            folder=ROOT,
            environment=self.environment,
            pass_fds=[self.held.fileno()],
        )


def web_address() -> Address:
    """From PORT and HOST. Raises DevelopmentError."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise DevelopmentError(f"PORT={given} is not a port: give a number from 1 to 65535.")
    return Address(os.environ.get("HOST") or LOOPBACK, int(given))


def check_port(address: Address) -> None:
    """Raises DevelopmentError if the web cannot listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except PermissionError:
            reason = f"Port {address.port} is for root only"
        except OSError as error:
            reason = f"Port {address.port} is taken ({error.strerror})"
        else:
            return
    raise DevelopmentError(f"{reason}. Choose another one: PORT={address.port + 10} make run")


def wait_for_stripe(served: Supervised, stripe: Stripe) -> None:
    """Return once the fake answers. Raises DidNotStart with the end of its log."""

    def answers() -> bool:
        try:
            with urlopen(f"http://{LOOPBACK}:{stripe.port}/_fake/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    wait_until_ready(served.process, command=served.command, ready=answers, seconds=30)


def wait_for_pages(served: Supervised, address: Address) -> None:
    """Return once the web answers. Raises DidNotStart with the end of its log."""

    def answers() -> bool:
        try:
            with urlopen(f"{address.url}/healthz", timeout=5) as answer:  # noqa: S310  http only
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    wait_until_ready(served.process, command=served.command, ready=answers, seconds=START_SECONDS)


def announce(place: Instance, address: Address, *, say: Callable[[str], None]) -> None:
    """The address, the demo's accounts and where things lie."""
    accounts = place.demo_marker.read_text().strip() if place.demo_marker.exists() else ""
    say(
        f"\nKontor is running:  {address.environment()['KONTOR_BASE_URL']}\n"
        + (f"\n{accounts}\n" if accounts else "")
        + f"\nMails it sends:     {address.url}/dev/outbox"
        + f"\nLogs and data:      {place.home}"
        + "\nStop with Ctrl-C; the next `make run` goes on with the same data.\n"
    )


def known_address(place: Instance) -> str:
    """Where the running instance is, as far as its facts tell."""
    try:
        facts = json.loads(place.facts.read_text())
    except (OSError, ValueError):
        return ""
    return f": {facts.get('KONTOR_BASE_URL', '')}"


def demo_wanted() -> bool:
    """KONTOR_DEMO=no leaves the house empty."""
    return os.environ.get("KONTOR_DEMO", "yes") != "no"
