"""Runs a function on untrusted bytes in a process of its own, with limits on memory and time.

The child gets bytes and gives bytes: nothing is unpickled on either side. It inherits no
environment (so no secrets), no open files, and dies with its limits; the parent only learns how.
"""

import importlib
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

OUT_OF_MEMORY: Final = 71
RAISED: Final = 70
MAX_OUTPUT_BYTES: Final = 64 * 1024 * 1024
GRACE_SECONDS: Final = 1
ROOT: Final = Path(__file__).resolve().parents[2]


Watcher = Callable[[int, int], None]
"""Told how much is done, of how much."""
_One = TypeVar("_One")

_files_are_ours: ContextVar[bool] = ContextVar("files_are_ours", default=False)
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
LOOK_SECONDS: Final = 0.5
_told_in: ContextVar[int | None] = ContextVar("told_in", default=None)
"""In a child: the file that its parent reads counts from."""
_COUNTS: Final = struct.Struct("<QQ")


class Failure(StrEnum):
    """Why the child gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the child wrote, or why it did not."""

    output: bytes = b""
    failure: Failure | None = None
    detail: str = ""


def run_limited(target: str, payload: bytes, *, seconds: float, megabytes: int) -> Outcome:
    """Call `package.module:function(payload)` in a child and return the bytes that it returned.

    `seconds` is wall clock (and processor time, rounded up), `megabytes` the address space.
    Never raises for what the child does; OSError if no process can be started.
    """
    if _files_are_ours.get():
        return Outcome(output=_function(target)(payload))
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(payload)
        given.seek(0)
        code = _run(_command(target, seconds, megabytes), given, answer, seconds)
        answer.seek(0)
        output = answer.read(MAX_OUTPUT_BYTES + 1)
    failure = _failure_of(code)
    if failure is None and len(output) <= MAX_OUTPUT_BYTES:
        return Outcome(output=output)
    return Outcome(failure=failure or Failure.MEMORY, detail=f"exit {code}")


@contextmanager
def files_of_our_own() -> Iterator[None]:
    """Inside the block functions run in this process, without limits: for the demo, whose hundred
    files we made ourselves and would start a hundred interpreters for.
    """
    token = _files_are_ours.set(True)
    try:
        yield
    finally:
        _files_are_ours.reset(token)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Inside the block `watcher` is told what children, and what runs here, say of how far they
    are, at most twice a second; what it raises ends the work.
    """
    next_at = 0.0

    def seldom(done: int, of: int) -> None:
        nonlocal next_at
        if time.monotonic() >= next_at:
            next_at = time.monotonic() + LOOK_SECONDS
            watcher(done, of)

    token = _watcher.set(seldom)
    try:
        yield
    finally:
        _watcher.reset(token)


def progress(done: int, of: int) -> None:
    """In a child or beside it, as often as one likes: so much is done, of so much."""
    place, watcher = _told_in.get(), _watcher.get()
    if place is not None:
        os.pwrite(place, _COUNTS.pack(max(done, 0), max(of, 0)), 0)
    elif watcher is not None:
        watcher(done, of)


def counted(things: Sequence[_One]) -> Iterator[_One]:
    """The things one after the other, saying how far it is about two hundred times."""
    every = max(len(things) // 200, 1)
    for done, one in enumerate(things):
        if done % every == 0:
            progress(done, len(things))
        yield one


def _command(target: str, seconds: float, megabytes: int) -> list[str]:
    limits = [str(int(seconds) + GRACE_SECONDS), str(megabytes)]
    return [sys.executable, "-m", "app.kernel.sandbox", target, *limits]


def _run(command: list[str], given: BinaryIO, answer: BinaryIO, seconds: float) -> int | None:
    """The exit code; None when the time was over and the child was killed."""
    path = os.pathsep.join([str(ROOT), *(one or "." for one in sys.path)])
    with tempfile.TemporaryFile() as counts:
        environment = {"PYTHONPATH": path, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        child = subprocess.Popen(  # noqa: S603 (our own interpreter, our own arguments)
            [*command, str(counts.fileno())],
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=(counts.fileno(),),
            start_new_session=True,
        )
        try:
            return _wait(child, counts, seconds)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _wait(child: subprocess.Popen[bytes], counts: BinaryIO, seconds: float) -> int | None:
    watcher = _watcher.get()
    until, told = time.monotonic() + seconds, b""
    while (left := until - time.monotonic()) > 0:
        try:
            return child.wait(timeout=min(left, LOOK_SECONDS) if watcher else left)
        except subprocess.TimeoutExpired:
            now = os.pread(counts.fileno(), _COUNTS.size, 0)
            if watcher is not None and now != told and len(now) == _COUNTS.size:
                watcher(*_COUNTS.unpack(now))
                told = now
    return None


def _failure_of(code: int | None) -> Failure | None:
    if code == 0:
        return None
    if code is None or code == -signal.SIGXCPU:
        return Failure.TIME
    if code in (OUT_OF_MEMORY, -signal.SIGKILL):  # killed from outside: the kernel's memory killer
        return Failure.MEMORY
    return Failure.CRASH


def _limit(seconds: int, megabytes: int) -> None:
    """Bind this process; it cannot undo it."""
    size = megabytes * 1024 * 1024
    for kind, limit in (
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT_BYTES + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (bound, bound))


def _function(target: str) -> Callable[[bytes], bytes]:
    module, _, name = target.partition(":")
    found: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
    return found


def main(arguments: list[str]) -> int:
    """The child: limits first, then the target's module, then the untrusted bytes."""
    target, seconds, megabytes, *counts = arguments
    _told_in.set(int(counts[0]) if counts else None)
    _limit(int(seconds), int(megabytes))
    try:
        output = _function(target)(sys.stdin.buffer.read())
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception:  # the parent is told by the code, details stay here
        return RAISED
    return 0


if __name__ == "__main__":
    # As the module that everybody imports, not as a second one of the same code.
    sys.exit(importlib.import_module("app.kernel.sandbox").main(sys.argv[1:]))
