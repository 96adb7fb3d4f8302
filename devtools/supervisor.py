"""Keep several processes running: start in order, start again what crashed, stop in reverse."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from devtools.child import Command, Server, start, wait_or_kill
from devtools.errors import DevelopmentError

MOST_RESTARTS = 5
WITHIN_SECONDS = 60.0
LARGEST_LOG = 10 * 1024 * 1024


class Supervised:
    """One process that ought to be running."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.restarts: deque[float] = deque(maxlen=MOST_RESTARTS)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        """Start it, its log renewed when it grew large."""
        log = self.command.log
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return start(self.command)

    def restart_if_ended(self) -> bool:
        """Whether it had ended and was started again.

        Raises DevelopmentError when that happens too often.
        """
        if self.process.poll() is None:
            return False
        now = time.monotonic()
        if len(self.restarts) == MOST_RESTARTS and now - self.restarts[0] < WITHIN_SECONDS:
            raise DevelopmentError(
                f"{self.command.name} ended {MOST_RESTARTS + 1} times within a minute (exit "
                f"status {self.process.returncode}). The end of {self.command.log}:\n"
                f"{log_end(self.command.log)}"
            )
        self.restarts.append(now)
        _end_group(self.process)
        self.process = self._start()
        return True

    def ask_to_end(self) -> None:
        """Send its stop signal."""
        if self.process.poll() is None:
            self.process.send_signal(self.command.stop_signal)

    def ended(self, *, within: float) -> None:
        """Wait for its end, insist after the seconds, and leave none of its children behind."""
        wait_or_kill(self.process, seconds=within)
        _end_group(self.process)


class Supervisor:
    """The processes in the order they were started."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.running: list[Supervised] = []
        self.servers: list[Server] = []

    def add(self, command: Command) -> Supervised:
        """Start a process and watch over it."""
        supervised = Supervised(command)
        self.running.append(supervised)
        return supervised

    def watch(self, *, until: Callable[[], bool], every: float = 0.5) -> None:
        """Start again what crashed, until it is time to stop."""
        while not until():
            # First what all others need: they would end again and again without it.
            for server in self.servers:
                if server.restart_if_ended():
                    self.say(f"{server.command.name} had ended; started it again.")
            for supervised in self.running:
                if supervised.restart_if_ended():
                    self.say(f"{supervised.command.name} had ended; started it again.")
            time.sleep(every)

    def stop(self, seconds: float = 25) -> None:
        """Stop all, the last started first. All are asked before any is waited for."""
        for supervised in reversed(self.running):
            supervised.ask_to_end()
        for supervised in reversed(self.running):
            supervised.ended(within=seconds)
        self.running.clear()


def log_end(log: Path) -> str:
    """The last lines of a log."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-25:])


def end_holders(lock: Path) -> None:
    """Kill what still holds our lock file open: processes of a supervisor that was killed."""
    for pid in holders(lock):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def holders(lock: Path) -> Sequence[int]:
    """Other processes with the file open (Linux; elsewhere none are found)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(entry.name) != os.getpid() and any(
                os.readlink(handle) == str(lock) for handle in (entry / "fd").iterdir()
            ):
                found.append(int(entry.name))
    return found


def _end_group(process: subprocess.Popen[str]) -> None:
    """Each process leads a session of its own, so its group is it and its children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
