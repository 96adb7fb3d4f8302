"""How time is read and rounded: pure."""

import re
from dataclasses import dataclass

MOST_SECONDS = 24 * 3600
_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")
_WORDS = re.compile(r"^(?:(\d{1,2})\s*h)?\s*(?:(\d{1,3})\s*(?:m|min)?)?$")


@dataclass(frozen=True, slots=True)
class Rounding:
    """To steps of so many minutes; up, or to the nearest."""

    step_minutes: int = 15
    up: bool = True

    def of(self, seconds: int) -> int:
        """Seconds in whole steps: something begun is never nothing."""
        step = self.step_minutes * 60
        steps = -(-seconds // step) if self.up else (seconds + step // 2) // step
        return max(steps, 1) * step


def seconds_of(typed: str) -> int | None:
    """`1:30`, `1h 30`, `90` (minutes), `45 min`; None for what is no time up to a day."""
    text = typed.strip().lower()
    if clock := _CLOCK.match(text):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60
    elif text and (words := _WORDS.match(text)):
        seconds = int(words[1] or 0) * 3600 + int(words[2] or 0) * 60
    else:
        return None
    return seconds if 0 < seconds <= MOST_SECONDS else None
