"""A small checkout whose parts start in no time, run by the real supervisor on real servers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devtools.child import free_port

ROOT = Path(__file__).parent.parent.parent
STAND_IN = Path(__file__).parent / "checkout"
UP = "Stop with Ctrl-C"


@dataclass
class Run:
    """One `make run` in a checkout."""

    checkout: Path
    home: Path
    port: int = field(default_factory=free_port)
    prefix: list[str] = field(default_factory=lambda: [sys.executable])
    more: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.home.with_name(f"{self.home.name}-{self.port}-{id(self)}.log")

    @property
    def said(self) -> str:
        return self.log.read_text()

    def start(self, *, module: str = "devtools.run") -> "Run":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.prefix, "-m", module],
                cwd=self.checkout,
                env={
                    "PATH": os.environ["PATH"],
                    "KONTOR_HOME": str(self.home),
                    "PORT": str(self.port),
                    **self.more,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def until(self, text: str, *, seconds: float = 60) -> "Run":
        """Wait for a text; a run that ends without it fails the test."""
        end = time.monotonic() + seconds
        while text not in self.said:
            assert time.monotonic() < end, f"never said {text!r}: {self.said}"
            assert self.process
            over = self.process.poll() is not None  # before looking at what it said last
            assert not over or text in self.said, self.said
            time.sleep(0.02)
        return self

    def ends(self, *, seconds: float = 60) -> int:
        assert self.process
        return self.process.wait(seconds)

    def kill(self) -> None:
        """As the kernel kills: nothing can be done about it."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.ends()

    def left(self) -> list[int]:
        """Every process that has to do with the data folder: by command, place or environment."""
        mark = str(self.home).encode()
        return [
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if int(entry.name) != os.getpid() and mark in _traces(entry)
        ]

    def leaves_nothing(self, *, seconds: float = 20) -> bool:
        end = time.monotonic() + seconds
        while self.left() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.left()


def _traces(entry: Path) -> bytes:
    found = b""
    for name in ("cmdline", "environ"):
        try:
            found += (entry / name).read_bytes()
        except OSError:
            continue
    try:
        found += os.readlink(entry / "cwd").encode()
    except OSError:
        return found
    return found


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the servers' user can pass, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="kontor-run-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(place: Path) -> Iterator[Run]:
    one = make_run(place, "one")
    yield one
    one.stop()


def make_run(place: Path, name: str) -> Run:
    """A checkout of its own below the place."""
    checkout = place / name
    shutil.copytree(STAND_IN, checkout)
    for part in ("devtools", "tenants", "config.py"):
        (checkout / part).symlink_to(ROOT / part)
    return Run(checkout=checkout, home=place / f"{name}-home")
