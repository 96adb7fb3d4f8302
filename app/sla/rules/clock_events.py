"""What moves clocks: the append-only log of an item, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from app.sla.rules.policy import Cause, Metric, Policy, Target

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
    STEP_STARTED = "step_started"
    """A team has the item from now on; the step before ends, judged."""
    STEP_ENDED = "step_ended"
    SUBCONTRACTOR_STARTED = "subcontractor_started"
    SUBCONTRACTOR_ENDED = "subcontractor_ended"
    DUE_SET = "due_set"
    """A due time by hand; without one, what was promised holds again."""
    POLICY_CHANGED = "policy_changed"
    """Other promises hold from now on; a metric that has none is cancelled."""
    EXCUSED = "excused"
    """The breach on record is shown apart, never erased."""
    MOVED = "moved"
    """To another service or client: clocks are cancelled; new ones start where `policies` say."""
    MERGED = "merged"
    """Into another item, which is opened as early as this one was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """One entry of the log. `at` is aware; clocks count whole seconds.

    `recorded_at`: when it was noted (None: at once). `metric`: whose due time was set (None: the
    resolution's), whose breach is excused (None: every metric's).
    """

    at: datetime
    kind: Kind
    cause: Cause | None = None
    by_provider: bool = False
    target: Target | None = None
    recorded_at: datetime | None = None
    team: str | None = None
    due_at: datetime | None = None
    policies: Mapping[Metric, Policy] | None = None
    metric: Metric | None = None


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
