"""What is promised: a metric, its target and what happens to it on pauses, reopening, changes."""

from dataclasses import dataclass
from enum import StrEnum

from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY

LONGEST_TARGET = 100_000 * 3600
"""Half a century of office hours: more is a slip of the pen."""
LONGEST_BUSINESS_DAYS = 10_000


class Metric(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class Cause(StrEnum):
    """Whom an item waits for. Waiting for the provider's own subcontractor is the provider's."""

    CLIENT = "client"
    THIRD_PARTY = "third_party"
    PROVIDER = "provider"


class Reopen(StrEnum):
    """What a reopened item does to its resolution clock."""

    RESUME = "resume"
    NEW_CYCLE = "new_cycle"


class Change(StrEnum):
    """How a changed target applies to a running clock."""

    RETROACTIVE = "retroactive"
    FORWARD = "forward"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A target in seconds of working time."""

    seconds: int

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= LONGEST_TARGET:
            raise Refused("target", "a target lies between 0 and 100,000 hours")


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A target of working days; `cutoff` in seconds past local midnight, None: the day's close."""

    days: int
    cutoff: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.days <= LONGEST_BUSINESS_DAYS:
            raise Refused("target.business_days", "a target lies between 0 and 10,000 days")
        if self.cutoff is not None and not 0 <= self.cutoff <= DAY:
            raise Refused("target.cutoff", "a cut-off is a time of day")


Target = WorkingTime | BusinessDays
CLIENT_SIDE = frozenset({Cause.CLIENT, Cause.THIRD_PARTY})
NOBODY: frozenset[Cause] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The promise for one metric."""

    metric: Metric
    target: Target
    reopen: Reopen = Reopen.RESUME
    change: Change = Change.RETROACTIVE

    @property
    def pausing(self) -> frozenset[Cause]:
        """The causes that stop this clock: an answer is owed whatever one waits for."""
        return CLIENT_SIDE if self.metric is Metric.RESOLUTION else NOBODY
