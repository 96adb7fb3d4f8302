"""Processes and a Redis that tests may kill, around a bare house."""

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
from tenants.db import transaction
from tenants.driver import connect
from tenants.scope import tenant_scope
from tests.conftest import ROOT
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.waiting import until


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
    environment: dict[str, str]
    folder: Path
    redis: MortalRedis
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, part: str, *, die: str = "") -> subprocess.Popen[bytes]:
        """A worker or relay that can be made to die at a named place, once."""
        log = (self.folder / f"{part}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.job_process", part],
            cwd=ROOT, env={**self.environment, "KONTOR_TEST_DIE": die}, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        self.started.append(process)
        return process

    def enqueue(self, kind: str, *names: str) -> None:
        """Jobs of this kind, in one transaction of the client."""
        with self.app.app_context(), tenant_scope(self.tenant), transaction():
            for name in names:
                args = {"name": name}
                if kind in {"test.gate", "test.long"}:
                    args["folder"] = str(self.folder)
                enqueue(kind, args=args)

    def sql(self, statement: str) -> list[Any]:
        with connect(self.environment["DATABASE_DIRECT_URL"]) as connection:
            return list(connection.execute(statement.encode()))

    def effects(self) -> list[str]:
        rows = self.sql(f"select name from {self.tenant.schema}.fact order by name")
        return [row[0].removeprefix("effect:") for row in rows]

    def states(self) -> list[str]:
        return [row[0] for row in self.sql("select state from provider.job order by id")]

    def wait_until_done(self) -> None:
        until(lambda: set(self.states()) == {"done"}, what="all jobs done")

    def at_gate(self, name: str, *, but: int = 0) -> int:
        """The process that waits at the gate of this name (another one than `but`)."""

        def waiting() -> int:
            pids = [int(path.suffix[1:]) for path in self.folder.glob(f"{name}.[0-9]*")]
            return next((pid for pid in pids if pid != but), 0)

        found: int = until(waiting, what=f"the gate {name}")
        return found

    def open_gate(self, name: str) -> None:
        (self.folder / f"{name}.open").touch()
