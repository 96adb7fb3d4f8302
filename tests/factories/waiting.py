"""Wait for a condition, not for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 30.0


def until(condition: Callable[[], T], *, what: str, patience: float = PATIENCE) -> T:
    """The condition's first true answer. Fails after so many seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")
