"""One server process: started so that it dies with us, waited for, stopped."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from devtools.errors import AlreadyRunning, DidNotStart
from devtools.unprivileged import Runner

LAUNCHER = Path(__file__).with_name("launch.py")
LOOPBACK = "127.0.0.1"
RESTART_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to start, as whom, and how it is asked to end."""

    name: str
    arguments: Sequence[str | Path]
    log: Path
    runner: Runner
    stop_signal: signal.Signals = signal.SIGTERM
    folder: Path | None = None
    environment: dict[str, str] | None = None
    stdin: str = ""
    pass_fds: Sequence[int] = field(default_factory=tuple)


def start(command: Command, *, capture: bool = False) -> subprocess.Popen[str]:
    """Start a process that the kernel ends when we end, however that happens (Linux).

    capture: its output comes through a pipe and its errors go where ours go, instead of both
    into the log.
    """
    runner = command.runner
    wrapped = [
        sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), str(int(command.stop_signal)),
        str(runner.uid), str(runner.gid), "077", *command.arguments,
    ]  # fmt: skip
    with command.log.open("ab") as log:
        process = subprocess.Popen(
            wrapped,
            stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else log,
            stderr=None if capture else log,
            cwd=command.folder or "/",
            env=command.environment,
            pass_fds=command.pass_fds,
            start_new_session=True,  # Ctrl-C is for the supervisor; it stops us in order
            text=True,
        )
    if command.stdin and process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.write(command.stdin)
            process.stdin.close()
    return process


class Server:
    """A server that can be started again where it was: same data, same port."""

    def __init__(self, command: Command, *, ready: Callable[[], bool], seconds: float) -> None:
        self.command = command
        self._ready = ready
        self._seconds = seconds
        self._start()

    def _start(self) -> None:
        self.process = start(self.command)
        wait_until_ready(
            self.process, command=self.command, ready=self._ready, seconds=self._seconds
        )

    def restart_if_ended(self) -> bool:
        """Whether it had ended and was started again. Raises DidNotStart."""
        if self.process.poll() is None:
            return False
        end = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                self._start()
            except DidNotStart:
                # What a killed server leaves behind holds its memory until it has noticed.
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return True


def wait_until_ready(
    process: subprocess.Popen[str], *, command: Command, ready: Callable[[], bool], seconds: float
) -> None:
    """Return once ready() holds. Raises DidNotStart, with the log's end, when it never will."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            stop(process, with_signal=signal.SIGKILL)
            raise DidNotStart.from_log(command.name, command.log)
        time.sleep(0.02)


def stop(
    process: subprocess.Popen[str], *, with_signal: signal.Signals, seconds: float = 20
) -> None:
    """Ask the process to end; insist when it does not within the seconds."""
    if process.poll() is None:
        process.send_signal(with_signal)
        wait_or_kill(process, seconds=seconds)


def wait_or_kill(process: subprocess.Popen[str], *, seconds: float) -> None:
    """Give a process that was asked to end some time for it."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A TCP port on the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def lock(path: Path, *, seconds: float, name: str) -> IO[str]:
    """Hold the lock file; it is free again when we and all who inherited it have ended.

    Waiting covers a server whose supervisor was killed: it is just shutting down.
    Raises AlreadyRunning.
    """
    held = path.open("a+")
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > end:
                held.close()
                raise AlreadyRunning(
                    f"The {name} data in {path.parent} is in use by another process. "
                    "Is Kontor running from this checkout already?"
                ) from None
            time.sleep(0.05)
        else:
            return held
