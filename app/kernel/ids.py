"""Keys made in Python: time-ordered, so that indexes grow at one end (RFC 9562, version 7)."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUID version 7: 48 bits of milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)
