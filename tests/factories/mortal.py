"""Processes and a Redis that tests may kill, around a bare house."""

import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from app.jobs import enqueue
from devtools.programs import redis_program
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.conftest import ROOT
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.waiting import PATIENCE, until


class MortalRedis:
    """A Redis that keeps nothing on disk, on a port of its own, to be killed and started anew."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self.answers, what="Redis")

    def answers(self) -> bool:
        connection = Redis.from_url(self.url)
        try:
            return bool(connection.ping())
        except RedisError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(slots=True, kw_only=True)
class World:
    """A house with killable processes around it."""

    app: Flask
    tenant: TenantRef
    other: TenantRef
    environment: dict[str, str]
    folder: Path
    redis: MortalRedis
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, part: str, *, die: str = "", **more: str) -> subprocess.Popen[bytes]:
        """A worker or relay that can be made to die at a named place, once."""
        log = (self.folder / f"{part}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.job_process", part],
            cwd=ROOT, stdout=log, stderr=log,
            env={**self.environment, "KONTOR_TEST_DIE": die, **more},
        )  # fmt: skip
        log.close()
        self.started.append(process)
        return process

    def enqueue(self, kind: str, *names: str) -> None:
        """Jobs of this kind, in one transaction of the client."""
        with self.app.app_context(), tenant_scope(self.tenant), transaction():
            for name in names:
                args = {} if kind == "test.segfault" else {"name": name}
                if kind in {"test.gate", "test.long", "test.stubborn", "test.walk"}:
                    args["folder"] = str(self.folder)
                enqueue(kind, args=args)

    def forget_connections(self) -> None:
        """PostgreSQL was restarted: what this process had open to it is dead."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def log(self, part: str) -> str:
        return (self.folder / f"{part}.log").read_text()

    def expire_leases(self) -> None:
        """Nobody waits for a lease's end here."""
        with connect(self.environment["DATABASE_DIRECT_URL"]) as owner:
            owner.execute("update provider.job set lease_until = now() - interval '1 second'")

    def sql(self, statement: str) -> list[Any]:
        with connect(self.environment["DATABASE_DIRECT_URL"]) as connection:
            return list(connection.execute(statement.encode()))

    def effects(self, client: TenantRef | None = None) -> list[str]:
        """What the jobs of a client (the first one) have left, in the order of its names."""
        schema = (client or self.tenant).schema
        rows = self.sql(f"select name from {schema}.fact order by name")
        return [row[0].removeprefix("effect:") for row in rows]

    def states(self) -> list[str]:
        return [row[0] for row in self.sql("select state from provider.job order by id")]

    def truncate(self) -> None:
        with connect(self.environment["DATABASE_DIRECT_URL"]) as owner:
            owner.execute(
                "truncate provider.job, provider.job_attempt, provider.job_relay,"
                " provider.job_refusal, provider.job_pause, provider.job_limit,"
                " provider.job_schedule"
            )
            for client in (self.tenant, self.other):
                owner.execute(f"truncate {client.schema}.fact".encode())

    def stop(self) -> None:
        """End what was started, in order if it will."""
        for process in self.started:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def left(self) -> int:
        """How many jobs are not done."""
        found: int = self.sql("select count(*) from provider.job where state <> 'done'")[0][0]
        return found

    def wait_until_done(self, *, patience: float = PATIENCE) -> None:
        until(lambda: self.left() == 0, what="all jobs done", patience=patience)

    def at_gate(self, name: str, *, but: int = 0) -> int:
        """The process that waits at the gate of this name (another one than `but`)."""

        def waiting() -> int:
            pids = [int(path.suffix[1:]) for path in self.folder.glob(f"{name}.[0-9]*")]
            return next((pid for pid in pids if pid != but), 0)

        found: int = until(waiting, what=f"the gate {name}")
        return found

    def open_gate(self, name: str) -> None:
        (self.folder / f"{name}.open").touch()
