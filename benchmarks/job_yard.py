"""Where the systems are raced: clients, processes that cannot outlive us, effects counted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from app.kernel.clock import now
from benchmarks.installation import Installation
from devtools.launch import end_with_parent
from tenants import opening
from tenants.context import TenantRef
from tenants.driver import connect

ROOT = Path(__file__).parent.parent


FEWEST = 40
"""Effects from which a rate can be told."""


class TooFew(RuntimeError):
    """A system has done next to nothing in its time: its processes were killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """One for all races of a run."""

    installation: Installation
    clients: list[TenantRef]

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self.installation.environment["REDIS_URL"])

    def clear(self) -> None:
        """Nothing waits and nothing was done."""
        with connect(self.installation.owner_url) as owner:
            owner.execute(
                "truncate provider.job, provider.job_attempt, provider.job_relay,"
                " provider.job_limit, provider.job_pause"
            )
            for client in self.clients:
                owner.execute(f"truncate {client.schema}.fact".encode())
        with self.redis as connection:
            connection.flushdb()

    def order(self, kind: str, jobs: Sequence[tuple[TenantRef, str]], *, tiny: bool) -> None:
        """Waiting jobs, as `enqueue` writes them."""
        with connect(self.installation.owner_url) as owner:
            owner.cursor().executemany(
                "insert into provider.job (public_id, tenant_id, kind, args, job_class, priority,"
                " state, run_at, attempts, max_attempts, is_tiny, deaths, waits_for, created_at)"
                " values (gen_random_uuid(), %s, %s, jsonb_build_object('name', %s::text),"
                " 'default', 0, 'pending', now(), 0, 5, %s, 0, 0, now())",
                [(client.id, kind, name, tiny) for client, name in jobs],
            )
        with connect(self.installation.owner_url, autocommit=True) as owner:
            owner.execute("vacuum analyze provider.job")

    def times(self) -> list[tuple[float, int, str]]:
        """When each effect was written, whose it is and its name; the oldest first."""
        found: list[tuple[float, int, str]] = []
        with connect(self.installation.owner_url) as owner:
            for client in self.clients:
                rows = owner.execute(
                    f"select extract(epoch from occurred_at)::float8, name from"
                    f" {client.schema}.fact where name like 'effect:%'".encode()
                )
                found += [(at, client.id, name) for at, name in rows]
        return sorted(found)

    def wait(self, effects: int, *, seconds: float, of: TenantRef | None = None) -> bool:
        """Until so many effects are there (True), or the time is over."""
        end = time.monotonic() + seconds
        with connect(self.installation.owner_url, autocommit=True) as owner:
            counted = " + ".join(
                f"(select count(*) from {one.schema}.fact)"
                for one in ([of] if of else self.clients)
            )
            while time.monotonic() < end:
                row = owner.execute(f"select {counted}".encode()).fetchone()
                if row and row[0] >= effects:
                    return True
                time.sleep(0.1)
        return False

    @contextmanager
    def running(self, *commands: Sequence[str]) -> Iterator[None]:
        """These processes; whatever happens, they and their children are killed in the end."""
        started = [self._start(command) for command in commands]
        try:
            yield
        finally:
            for process in started:
                with_all = os.getpgid(process.pid) if process.poll() is None else None
                if with_all is not None:
                    os.killpg(with_all, signal.SIGKILL)
                process.wait()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        log = (self.installation.folder / "jobs.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "PYTHONPATH": str(ROOT),
                    **self.installation.environment,
                    "KONTOR_ENVIRONMENT": "test",
                },
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )


def opened(installation: Installation, *, clients: int) -> Yard:
    """A yard with so many clients."""
    refs = [
        opening.open_client(
            installation.owner_url, slug=f"race-{n}", name="x", at=now(), code=_code(n)
        )
        for n in range(clients)
    ]
    return Yard(installation=installation, clients=refs)


def _code(number: int) -> str:
    return "R" + chr(65 + number // 26) + chr(65 + number % 26)


def rate(times: Sequence[tuple[float, int, str]]) -> float:
    """Effects a second, the start (a tenth) left out. Raises TooFew."""
    if len(times) < FEWEST:
        raise TooFew(f"{len(times)} effects")
    late = [at for at, *_ in times][len(times) // 10 :]
    return (len(late) - 1) / (late[-1] - late[0])
