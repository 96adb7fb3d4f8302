"""The definitions once more, as slowly and plainly as can be: a walk in steps of a quarter hour.

It shares nothing with the engine but the values that go in. Every offset from UTC, every shift
and every event lies on the grid of a quarter; targets need not.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.opening_hours import OpeningHours
from app.sla.rules.policy import BusinessDays, Cause, Change, Metric, Policy, Reopen, Target

QUARTER = 900
DAYS = 130
Facts = tuple[str, int | None, int, int, int | None, int | None]
"""State, due, elapsed, remaining, breached, finished: of a cycle."""


@lru_cache(maxsize=100)
def wall(zone: str, first: date) -> list[datetime]:
    """What the wall clock shows at each quarter from `first` (00:00 UTC) on."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    there = ZoneInfo(zone)
    return [
        (start + timedelta(seconds=n * QUARTER)).astimezone(there).replace(tzinfo=None)
        for n in range(DAYS * 96)
    ]


class Hours:
    """For each quarter from `first` on, whether it is working time; the closes of working days."""

    def __init__(self, definition: OpeningHours, first: date) -> None:
        self.start = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
        self.wall = wall(definition.zone, first)
        self.is_open = [False] * len(self.wall)
        self.closes: dict[date, int] = {}
        for number in range(1, DAYS - 3):
            day = first + timedelta(days=number)
            for shift in definition.shifts_on(day):
                opens, closes = self.showing(day, shift.opens), self.showing(day, shift.closes)
                for quarter in range(opens, closes):
                    self.is_open[quarter] = True
                if opens < closes:
                    self.closes[day] = max(self.closes.get(day, 0), self.at(closes))

    def showing(self, day: date, seconds: int) -> int:
        """The first quarter at which the wall clock shows that time of that day, or later."""
        wanted = datetime.combine(day, time()) + timedelta(seconds=seconds)
        quarter = max((wanted - self.wall[0]) // timedelta(seconds=QUARTER) - 12, 0)
        while self.wall[quarter] < wanted:
            quarter += 1
        return quarter

    def at(self, quarter: int) -> int:
        """Seconds since 1970."""
        return self.start + quarter * QUARTER

    def quarter(self, at: int) -> int:
        """The quarter that begins at that instant."""
        assert (at - self.start) % QUARTER == 0
        return (at - self.start) // QUARTER

    def worked(self, start: int, end: int) -> int:
        """Working seconds between two instants on the grid."""
        return QUARTER * sum(self.is_open[self.quarter(start) : self.quarter(end)])

    def seconds(self, target: Target, start: int) -> int:
        """A target in working seconds."""
        if not isinstance(target, BusinessDays):
            return target.seconds
        today = self.wall[self.quarter(start)].date()
        days = sorted(self.closes)
        index = bisect_left(days, today)
        if days[index] == today:
            last = self.closes[today]
            if target.cutoff is not None:
                last = self.at(self.showing(today, target.cutoff))
            if start > last:
                index += 1
        return self.worked(start, max(self.closes[days[index + target.days]], start))


@dataclass
class Slow:
    """One cycle."""

    start: int
    goal: int
    counted: list[int] = field(default_factory=list)
    """The quarters that were worked."""
    since: int = 0
    before: int = 0
    """The seconds that had elapsed where the goal begins."""
    breached: int | None = None
    finished: int | None = None
    cancelled: bool = False

    @property
    def is_open(self) -> bool:
        return self.finished is None and not self.cancelled

    def due(self) -> int | None:
        """When the goal was reached, if it was."""
        wanted = max(self.goal - 1, 0) // QUARTER
        if len(self.counted) - self.since <= wanted:
            return None
        rest = self.goal - wanted * QUARTER if self.goal else 0
        return self.counted[self.since + wanted] + rest

    def judge(self, at: int) -> None:
        due = self.due()
        if self.breached is None and due is not None and due < at:
            self.breached = due


class Reference:
    """Walks from the first event to `now`, and on to where the clock is due."""

    def __init__(self, policy: Policy, hours: Hours) -> None:
        self.policy, self.hours, self.target = policy, hours, policy.target
        self.cycles: list[Slow] = []
        self.waiting: set[Cause] = set()
        self.resolved = self.over = False
        self.changed_meanwhile = False
        self.split = {"provider": 0, "client": 0, "third_party": 0, "closed": 0}

    @property
    def open_cycle(self) -> Slow | None:
        return self.cycles[-1] if self.cycles and self.cycles[-1].is_open else None

    def walk(self, events: list[ClockEvent], now: int) -> None:
        happens: dict[int, list[ClockEvent]] = {}
        for event in events:
            happens.setdefault(int(event.at.timestamp()), []).append(event)
        at = min([now, *happens])
        while at <= now:
            for event in happens.get(at, []):
                self.take(event, at)
            if at < now:
                self.live(at)
            at += QUARTER
        if self.open_cycle:
            self.open_cycle.judge(now)

    def live(self, at: int) -> None:
        cycle = self.open_cycle
        if cycle is None or self.resolved:
            return
        whose = self.whose()
        if not self.hours.is_open[self.hours.quarter(at)]:
            self.split["closed"] += QUARTER
            return
        self.split[whose] += QUARTER
        if not self.is_paused():
            cycle.counted.append(at)

    def is_paused(self) -> bool:
        return bool(self.waiting & self.policy.pauses)

    def whose(self) -> str:
        for cause, name in ((Cause.CLIENT, "client"), (Cause.THIRD_PARTY, "third_party")):
            if cause in self.waiting & self.policy.pauses:
                return name
        return "provider"

    def begin(self, at: int) -> None:
        self.changed_meanwhile = False
        self.cycles.append(Slow(at, self.hours.seconds(self.target, at)))

    def end(self, at: int) -> None:
        cycle = self.open_cycle
        if cycle:
            cycle.judge(at)
            cycle.finished = at

    def take(self, event: ClockEvent, at: int) -> None:
        kind = event.kind
        if self.over:
            return
        if kind is Kind.OPENED:
            self.open(event, at)
        elif kind in (Kind.PAUSED, Kind.RESUMED):
            self.pause(event)
        elif kind in (Kind.RESOLVED, Kind.REOPENED):
            self.resolve(kind, at)
        elif kind is Kind.CANCELLED:
            self.cancel(at)
            self.over = True
        elif kind is Kind.TARGET_CHANGED:
            self.retarget(event, at)
        else:
            self.talk(kind, at)

    def open(self, event: ClockEvent, at: int) -> None:
        metric = self.policy.metric
        owed = metric is Metric.FIRST_RESPONSE and not event.by_provider
        if owed or metric is Metric.RESOLUTION:
            self.begin(at)

    def resolve(self, kind: Kind, at: int) -> None:
        if kind is Kind.RESOLVED and not self.resolved:
            self.end(at)
            self.waiting.clear()
            self.resolved = True
        elif kind is Kind.REOPENED and self.resolved:
            self.resolved = False
            if self.policy.metric is Metric.RESOLUTION:
                self.reopen(at)

    def retarget(self, event: ClockEvent, at: int) -> None:
        assert event.target is not None
        self.target = event.target
        self.changed_meanwhile = self.open_cycle is None
        if self.open_cycle:
            self.change(at)

    def talk(self, kind: Kind, at: int) -> None:
        metric = self.policy.metric
        begins = {
            Metric.NEXT_RESPONSE: Kind.CLIENT_MESSAGE,
            Metric.INTERNAL_STEP: Kind.STEP_STARTED,
            Metric.SUBCONTRACTOR: Kind.SUBCONTRACTOR_STARTED,
        }.get(metric)
        ends = {
            Metric.FIRST_RESPONSE: Kind.PROVIDER_MESSAGE,
            Metric.NEXT_RESPONSE: Kind.PROVIDER_MESSAGE,
            Metric.INTERNAL_STEP: Kind.STEP_ENDED,
            Metric.SUBCONTRACTOR: Kind.SUBCONTRACTOR_ENDED,
        }.get(metric)
        if metric is Metric.INTERNAL_STEP and kind is begins:
            self.end(at)
        if kind is begins and self.open_cycle is None:
            self.begin(at)
        elif kind is ends:
            self.end(at)
        if metric is not Metric.SUBCONTRACTOR and not self.resolved:
            if kind is Kind.SUBCONTRACTOR_STARTED:
                self.waiting.add(Cause.SUBCONTRACTOR)
            elif kind is Kind.SUBCONTRACTOR_ENDED:
                self.waiting.discard(Cause.SUBCONTRACTOR)

    def pause(self, event: ClockEvent) -> None:
        if self.resolved:
            return
        if event.kind is Kind.PAUSED and event.cause:
            self.waiting.add(event.cause)
        elif event.cause:
            self.waiting.discard(event.cause)
        else:
            self.waiting = {cause for cause in self.waiting if cause is Cause.SUBCONTRACTOR}

    def reopen(self, at: int) -> None:
        is_reset = self.changed_meanwhile and self.policy.change is Change.RESET
        if self.policy.reopen is Reopen.NEW_CYCLE or is_reset:
            self.begin(at)
            return
        self.cycles[-1].finished = None
        if self.changed_meanwhile:
            self.change(at)
            self.changed_meanwhile = False

    def cancel(self, at: int) -> None:
        if self.open_cycle:
            self.open_cycle.judge(at)
            self.open_cycle.cancelled = True

    def change(self, at: int) -> None:
        cycle = self.cycles[-1]
        cycle.judge(at)
        if self.policy.change is Change.RESET:
            self.cancel(at)
            self.begin(at)
        elif self.policy.change is Change.FORWARD:
            cycle.since, cycle.before = len(cycle.counted), len(cycle.counted) * QUARTER
            cycle.goal = self.hours.seconds(self.target, at)
        else:
            cycle.since = cycle.before = 0
            cycle.goal = self.hours.seconds(self.target, cycle.start)

    def facts(self, now: int) -> Iterator[Facts]:
        """What each cycle shows at `now`."""
        for cycle in self.cycles:
            elapsed = len(cycle.counted) * QUARTER
            end = cycle.finished or now
            stands = cycle.finished is None and (self.is_paused() or self.resolved)
            due = cycle.due()
            if due is not None and cycle.breached is None and cycle.is_open:
                cycle.judge(now)
            state = self.state(cycle)
            if due is None and not cycle.cancelled and not (cycle.is_open and stands):
                due = self.projected(cycle, end)
            if cycle.is_open and stands and cycle.breached is None:
                due = None
            yield (
                state, due, elapsed, cycle.before + cycle.goal - elapsed, cycle.breached,
                cycle.finished,
            )  # fmt: skip

    def state(self, cycle: Slow) -> str:
        if cycle.cancelled:
            return "cancelled"
        if cycle.breached is not None:
            return "breached"
        if cycle.finished is not None:
            return "met"
        return "paused" if self.is_paused() and not self.resolved else "running"

    def projected(self, cycle: Slow, at: int) -> int | None:
        """The due time if the clock ran on from there; None: not within this walk."""
        onward = Slow(cycle.start, cycle.goal, list(cycle.counted), cycle.since)
        for quarter in range(self.hours.quarter(at), (DAYS - 4) * 96):
            if self.hours.is_open[quarter]:
                onward.counted.append(self.hours.at(quarter))
                if onward.due() is not None:
                    return onward.due()
        return None
