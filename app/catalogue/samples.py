"""Work that a service shows in the demo: orders with files made by us, and how far they got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

End = Literal["new", "taken", "ticked", "review", "delivered", "accepted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrder:
    """One order of the demo. It is placed, checked and worked on by the program's own actions."""

    type_key: str
    payload: Mapping[str, Any]
    """What the order form would give, JSON-able."""
    files: tuple[tuple[str, bytes], ...] = ()
    """Name and content."""
    hours_ago: float = 4
    """Office hours before the demo is loaded."""
    end: End = "new"
    """How far it got."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the clerk puts in beside what the automation read."""
