"""What moves clocks: the append-only log of an item, as values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from app.sla.rules.policy import Cause, Target

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_AT = attrgetter("at")


class Kind(StrEnum):
    """The kinds of event a clock knows."""

    OPENED = "opened"
    CLIENT_MESSAGE = "client_message"
    PROVIDER_MESSAGE = "provider_message"
    AUTOMATIC_MESSAGE = "automatic_message"
    INTERNAL_NOTE = "internal_note"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    TARGET_CHANGED = "target_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """One entry of the log. `at` is aware; clocks count whole seconds."""

    at: datetime
    kind: Kind
    cause: Cause | None = None
    by_provider: bool = False
    target: Target | None = None


def instant(moment: datetime) -> int:
    """Whole seconds since 1970 (UTC), rounded down."""
    return (moment - _EPOCH) // _SECOND


def moment(at: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return datetime.fromtimestamp(at, UTC)


def in_order(events: Iterable[ClockEvent], *, now: datetime) -> list[ClockEvent]:
    """By time, then as given; what lies after `now` has not happened yet."""
    known = [event for event in events if event.at <= now]
    known.sort(key=_AT)
    return known
