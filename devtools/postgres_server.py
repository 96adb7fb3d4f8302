"""A PostgreSQL in a folder: made at first, checked, started, stopped."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import psycopg

from devtools.child import LOOPBACK, Command, Server, free_port, start, stop
from devtools.errors import DevelopmentError, DidNotStart, WrongVersion
from devtools.programs import postgres_programs, postgres_version
from devtools.unprivileged import passable, runner

LEAST_FREE_BYTES = 300 * 1024 * 1024
TRIES = 5  # a port that was free can be taken a moment later

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_locks_per_transaction": "256",
}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10min",
}


@contextmanager
def running(
    folder: Path, *, password: str, fast: bool, held: IO[str]
) -> Iterator[tuple[int, Server]]:
    """Yield the port and the server over folder/data."""
    programs = postgres_programs()
    _check_place(folder)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _make(data, programs=programs, password=password, fast=fast)
    _check_version(data, programs=programs)
    _forget_dead_server(data)
    for attempt in range(1, TRIES + 1):
        port = free_port()
        command = _command(data, programs=programs, port=port, fast=fast, held=held)
        command.log.unlink(missing_ok=True)
        try:
            server = Server(command, ready=partial(_answers, port, password), seconds=90)
            break
        except DidNotStart as error:
            if attempt == TRIES or "could not bind" not in str(error):
                raise
    try:
        yield port, server
    finally:
        stop(server.process, with_signal=signal.SIGINT, seconds=30)


def _command(data: Path, *, programs: Path, port: int, fast: bool, held: IO[str]) -> Command:
    settings = SETTINGS | (FAST if fast else {}) | {"port": str(port)}
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    return Command(
        name="PostgreSQL",
        arguments=[programs / "postgres", "-D", data, *options],
        log=data.parent / "log",
        runner=runner(),
        stop_signal=signal.SIGINT,  # disconnects everybody and shuts down in order
        environment=_environment(),
        pass_fds=[held.fileno()],
    )


def _make(data: Path, *, programs: Path, password: str, fast: bool) -> None:
    """initdb into a folder beside, which takes the name only when whole."""
    who = runner()
    new, secret = data.with_name("data.new"), data.with_name("password.initdb")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    secret.unlink(missing_ok=True)
    with os.fdopen(os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(password)
    if who.is_somebody_else:
        os.chown(new, who.uid, who.gid)
        os.chown(secret, who.uid, who.gid)
    options = [
        "--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8",
        "--locale=C", "--no-instructions", "--data-checksums", *(["--no-sync"] if fast else []),
    ]  # fmt: skip
    command = Command(
        name="PostgreSQL (initdb)",
        arguments=[programs / "initdb", "-D", new, *options],
        log=data.parent / "initdb.log",
        runner=who,
        environment=_environment(),
    )
    command.log.unlink(missing_ok=True)
    try:
        if start(command).wait() != 0:
            raise DidNotStart.from_log(command.name, command.log)
    finally:
        secret.unlink(missing_ok=True)
    new.rename(data)


def _check_place(folder: Path) -> None:
    if runner().is_somebody_else and not passable(folder):
        raise DevelopmentError(
            f"Started as root, PostgreSQL runs as “{runner().name}”, who cannot reach {folder}."
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise DevelopmentError(
            f"The disk is full: {free // 1024 // 1024} MB are free at {folder}, and PostgreSQL "
            f"needs {LEAST_FREE_BYTES // 1024 // 1024}. Make some room."
        )


def _check_version(data: Path, *, programs: Path) -> None:
    found, ours = int((data / "PG_VERSION").read_text()), postgres_version(programs)
    if found != ours:
        raise WrongVersion(
            f"{data} was made by PostgreSQL {found}, and this is PostgreSQL {ours}. Move the "
            "folder away to keep it, or start afresh with `make reset`."
        )


def _forget_dead_server(data: Path) -> None:
    """We hold the lock that every process of a live server here holds, so the file is stale."""
    (data / "postmaster.pid").unlink(missing_ok=True)


def _answers(port: int, password: str) -> bool:
    try:
        psycopg.connect(
            host=LOOPBACK, port=port, user="postgres", password=password, dbname="postgres",
            connect_timeout=2,
        ).close()  # fmt: skip
    except psycopg.OperationalError:
        return False
    return True


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGPORT or a locale that is not there would all disturb."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
