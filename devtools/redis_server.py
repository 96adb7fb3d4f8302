"""A Redis in a folder: started and stopped."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from devtools.child import LOOPBACK, Command, Server, free_port, stop
from devtools.errors import DidNotStart
from devtools.programs import redis_program
from devtools.unprivileged import runner

TRIES = 5


@contextmanager
def running(
    folder: Path, *, password: str, fast: bool, held: IO[str]
) -> Iterator[tuple[int, Server]]:
    """Yield the port and the server over folder/data."""
    data, who = folder / "data", runner()
    data.mkdir(mode=0o700, exist_ok=True)
    if who.is_somebody_else:
        os.chown(data, who.uid, who.gid)
    for attempt in range(1, TRIES + 1):
        port = free_port()
        command = Command(
            name="Redis",
            arguments=[redis_program(), "-"],
            log=folder / "log",
            runner=who,
            folder=data,
            environment={"PATH": os.defpath},
            stdin=_configuration(data, port=port, password=password, fast=fast),
            pass_fds=[held.fileno()],
        )
        command.log.unlink(missing_ok=True)
        try:
            server = Server(command, ready=partial(_answers, port, password), seconds=30)
            break
        except DidNotStart as error:
            if attempt == TRIES or "already in use" not in str(error):
                raise
    try:
        yield port, server
    finally:
        stop(server.process, with_signal=signal.SIGTERM)


def _configuration(data: Path, *, port: int, password: str, fast: bool) -> str:
    """By standard input: a password among the arguments could be read by everybody."""
    lines = [
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{data}"',
        "daemonize no",
        'save ""',
        f"appendonly {'no' if fast else 'yes'}",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
        "databases 16",
    ]
    return "\n".join(lines) + "\n"


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer.endswith(b"+PONG\r\n")
