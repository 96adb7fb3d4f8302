"""Jobs for tests: each leaves effects that can be counted, and can be made to die or to wait."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from app.jobs.models import Fact, ProviderFact
from app.jobs.registry import job, subscribes, tiny_job
from app.jobs.running import checkpoint, parts_done
from app.kernel.clock import now
from app.kernel.events import Event
from app.kernel.ids import new_id
from app.kernel.money import Money
from tenants.context import current
from tenants.db import db, transaction


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    """A fact with a value of every type."""

    lamp_id: UUID
    colour: Colour
    price: Money
    factor: Decimal
    due_at: datetime | None = None
    rooms: tuple[str, ...] = ()


SEEN: list[LampLit] = []


@subscribes(LampLit)
def remember(event: LampLit) -> None:
    SEEN.append(event)


@subscribes(LampLit, max_attempts=1)
def stumble(event: LampLit) -> None:
    raise ValueError(f"cannot bear {event.colour}")


def effect(name: str) -> None:
    """Something that happens in the job's transaction and can be counted."""
    model = ProviderFact if current.get() is None else Fact
    db.session.execute(
        insert(model).values(id=new_id(), name=f"effect:{name}", payload={}, occurred_at=now())
    )


@job("test.effect")
def leave_effect(name: str) -> None:
    effect(name)


@job("test.fails", max_attempts=2, first_pause=3600)
def fail(name: str) -> None:
    effect(name)
    raise RuntimeError("the lamp is broken\nand this line is not for the page")


@tiny_job("test.tiny", max_attempts=2)
def tiny(name: str) -> None:
    """A name that begins with `bad` is refused, one that begins with `deadly` kills its worker."""
    effect(name)
    if name.startswith("bad"):
        raise ValueError("bad from the start")
    if name.startswith("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)


@job("test.typed")
def typed(lamp_id: UUID, at: datetime) -> None:
    effect(f"{type(lamp_id).__name__}:{at.tzinfo}")


def wait_at_gate(folder: str, name: str) -> None:
    """Say `<name>.<pid>` in the folder and wait there until `<name>.open` exists."""
    place = Path(folder)
    (place / f"{name}.{os.getpid()}").touch()
    while not (place / f"{name}.open").exists():
        time.sleep(0.01)


@job("test.gate")
def gated(folder: str, name: str) -> None:
    effect(name)
    wait_at_gate(folder, name)


@job("test.long", long=True, max_attempts=5, first_pause=0.05)
def long(folder: str, name: str) -> None:
    with transaction():
        pass
    checkpoint(done=1, of=2)
    wait_at_gate(folder, name)
    effect(name)


@job("test.blink", long=True, max_attempts=5, first_pause=0.05)
def blink(name: str) -> None:
    """A long job that takes a moment; its effect is in its last transaction."""
    checkpoint(done=1, of=2)
    time.sleep(0.03)
    checkpoint(done=2, of=2)
    effect(name)


@job("test.walk", long=True, max_attempts=2)
def walk(folder: str, name: str) -> None:
    """Step by step until its gate opens."""
    (Path(folder) / f"{name}.{os.getpid()}").touch()
    while not (Path(folder) / f"{name}.open").exists():
        checkpoint(done=1, of=2)
        time.sleep(0.02)
    effect(name)


BETWEEN: list[Callable[[], None]] = []
"""What happens in the middle of the steps."""


@job("test.steps", long=True, max_attempts=2)
def steps(name: str) -> None:
    for number in range(1, 4):
        effect(f"{name}{number}")
        if number == 2:
            BETWEEN[0]()
        checkpoint(done=number, of=3)


@job("test.report")
def report() -> None:
    effect(str({str(state): number for state, number in parts_done().items()}))


@job("test.hangs", time_limit=0.2, max_attempts=1)
def hang() -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(Exception):
            time.sleep(0.01)


@job("test.segfault", max_attempts=5)
def segfault() -> None:
    effect("before the fault")
    os.kill(os.getpid(), signal.SIGSEGV)


@job("test.stubborn", time_limit=0.3, max_attempts=1)
def stubborn(folder: str, name: str) -> None:
    """Swallow whatever should end it."""
    (Path(folder) / f"{name}.{os.getpid()}").touch()
    while True:
        with suppress(BaseException):
            time.sleep(60)


if os.environ.get("KONTOR_TEST_RELEASE") == "old":

    @job("test.release")
    def release(name: str, colour: str) -> None:
        effect(f"{name} of {colour}")

else:

    @job("test.release")
    def release(name: str, shade: str = "grey") -> None:  # type: ignore[misc]
        effect(f"{name} in {shade}")
