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
    INTERNAL_STEP = "internal_step"
    """OLA: what one team of the provider owes the others, step by step."""
    SUBCONTRACTOR = "subcontractor"
    """UC: what a subcontractor owes the provider."""


class Cause(StrEnum):
    """Whom an item waits for. Waiting for the provider's own subcontractor is the provider's."""

    CLIENT = "client"
    THIRD_PARTY = "third_party"
    PROVIDER = "provider"
    SUBCONTRACTOR = "subcontractor"
    """Between `subcontractor_started` and `subcontractor_ended`; never the cause of a `paused`."""


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


class Then(StrEnum):
    """What follows when a pause has lasted as long as it may."""

    RESUME = "resume"
    """The clock runs again, though nobody has answered."""
    ESCALATE = "escalate"
    """The clock stands; somebody is told."""


@dataclass(frozen=True, slots=True)
class MaxPause:
    """How long one pause may last, in working time or whole working days, whatever its causes."""

    limit: Target
    then: Then = Then.ESCALATE


CLIENT_SIDE = frozenset({Cause.CLIENT, Cause.THIRD_PARTY})
NOBODY: frozenset[Cause] = frozenset()
USUAL_PAUSES = {
    Metric.RESOLUTION: CLIENT_SIDE,
    Metric.INTERNAL_STEP: frozenset(Cause),
}
"""An answer is owed whatever one waits for; a team only for its own time."""
_AS_USUAL = frozenset(["as usual"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The promise for one metric."""

    metric: Metric
    target: Target
    reopen: Reopen = Reopen.RESUME
    change: Change = Change.RETROACTIVE

    pauses: frozenset[Cause] = _AS_USUAL  # type: ignore[assignment]
    """The causes that stop this clock; left out: as usual for the metric."""
    max_pause: MaxPause | None = None

    def __post_init__(self) -> None:
        if self.pauses is _AS_USUAL:
            object.__setattr__(self, "pauses", USUAL_PAUSES.get(self.metric, NOBODY))
