"""The clock: a pure fold over an item's events. Its definitions are those of the contract."""

from collections.abc import Callable, Iterable
from datetime import datetime

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, in_order, instant
from app.sla.rules.clock_state import ClockState, Cycle, Split, State, Whose
from app.sla.rules.policy import Cause, Change, Metric, Policy, Reopen, Target
from app.sla.rules.run import Run


def evaluate(
    policy: Policy, calendar: Calendar, events: Iterable[ClockEvent], now: datetime
) -> ClockState:
    """The clock of one metric at `now`, from nothing but its terms and its events.

    The same input gives the same state on every machine, however often it is asked.
    """
    fold = Fold(policy, calendar)
    for event in in_order(events, now=now):
        fold.take(event)
    return fold.show(now)


class Fold:
    """What has to be remembered between two events."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self._policy = policy
        self._calendar = calendar
        self._target = policy.target
        self._pending: Target | None = None
        self._runs: list[Run] = []
        self._run: Run | None = None
        self._waiting: set[Cause] = set()
        self._pausing = policy.pauses
        self._is_opened = self._is_resolved = self._is_over = False
        self._steps = _STEPS[policy.metric]

    def take(self, event: ClockEvent) -> None:
        """Apply the next event; what this metric does not know changes nothing."""
        step = self._steps.get(event.kind)
        if step is None or self._is_over or not (self._is_opened or event.kind is Kind.OPENED):
            return
        step(self, event, instant(event.at))

    def show(self, now: datetime) -> ClockState:
        """The state at `now`. Ends the fold: nothing may be taken afterwards."""
        if not self._runs:
            return ClockState(state=State.NOT_APPLICABLE)
        at = instant(now)
        cycles = tuple(run.show(at) for run in self._runs)
        last = cycles[-1]
        return ClockState(
            state=last.state,
            due_at=last.due_at,
            elapsed_seconds=last.elapsed_seconds,
            remaining_seconds=last.remaining_seconds,
            target_seconds=last.target_seconds,
            breached_at=last.breached_at,
            finished_at=last.finished_at,
            cycles=cycles,
            split=_split(cycles),
        )

    def opened(self, event: ClockEvent, at: int) -> None:
        if self._is_opened:
            return
        self._is_opened = True
        metric = self._policy.metric
        if metric is Metric.RESOLUTION or (
            metric is Metric.FIRST_RESPONSE and not event.by_provider
        ):
            self._start(at)

    def client_message(self, _: ClockEvent, at: int) -> None:
        if self._run is None or not self._run.is_open:
            self._start(at)

    def provider_message(self, _: ClockEvent, at: int) -> None:
        if self._run is not None and self._run.is_open:
            self._run.finish(at)

    def paused(self, event: ClockEvent, at: int) -> None:
        if not self._is_resolved and event.cause in self._pausing:
            self._waiting.add(event.cause)
            self._hold(at)

    def resumed(self, event: ClockEvent, at: int) -> None:
        if self._is_resolved:
            return
        if event.cause is None:
            self._waiting.clear()
        else:
            self._waiting.discard(event.cause)
        self._hold(at)

    def resolved(self, _: ClockEvent, at: int) -> None:
        if self._is_resolved:
            return
        self._is_resolved = True
        self._waiting.clear()
        if self._run is not None and self._run.is_open:
            self._run.finish(at)

    def reopened(self, _: ClockEvent, at: int) -> None:
        if not self._is_resolved:
            return
        self._is_resolved = False
        if self._policy.metric is Metric.RESOLUTION:
            self._reopen(at)
        else:
            self._hold(at)

    def cancelled(self, _: ClockEvent, at: int) -> None:
        self._is_over = True
        if self._run is not None and self._run.is_open:
            self._run.cancel(at)

    def target_changed(self, event: ClockEvent, at: int) -> None:
        if event.target is None:
            return
        self._target = event.target
        if self._run is not None and self._run.is_open:
            self._retarget(self._run, at)
        else:
            self._pending = event.target

    def _start(self, at: int) -> None:
        self._pending = None
        self._run = Run(at, self._target, calendar=self._calendar, holder=self._holder())
        self._runs.append(self._run)

    def _holder(self) -> Whose | None:
        if self._is_resolved:
            return None
        waiting = self._waiting
        if not waiting:
            return Whose.PROVIDER
        return Whose.CLIENT if Cause.CLIENT in waiting else Whose.THIRD_PARTY

    def _hold(self, at: int) -> None:
        if self._run is not None and self._run.is_open:
            self._run.hold(at, self._holder())

    def _reopen(self, at: int) -> None:
        starts_anew = self._policy.reopen is Reopen.NEW_CYCLE or (
            self._pending is not None and self._policy.change is Change.RESET
        )
        if starts_anew or self._run is None:
            self._start(at)
            return
        self._run.reopen(at)
        if self._pending is not None:
            # A target changed while the item was resolved applies when its clock runs again.
            self._pending = None
            self._retarget(self._run, at)

    def _retarget(self, run: Run, at: int) -> None:
        change = self._policy.change
        if change is Change.RETROACTIVE:
            run.retarget_from_start(self._target, at=at)
        elif change is Change.FORWARD:
            run.retarget_from_here(self._target, at=at)
        else:
            run.cancel(at)
            self._start(at)


Step = Callable[[Fold, ClockEvent, int], None]
_ALWAYS: dict[Kind, Step] = {
    Kind.OPENED: Fold.opened,
    Kind.RESOLVED: Fold.resolved,
    Kind.CANCELLED: Fold.cancelled,
    Kind.TARGET_CHANGED: Fold.target_changed,
}
_STEPS: dict[Metric, dict[Kind, Step]] = {
    Metric.RESOLUTION: {
        **_ALWAYS,
        Kind.PAUSED: Fold.paused,
        Kind.RESUMED: Fold.resumed,
        Kind.REOPENED: Fold.reopened,
    },
    Metric.FIRST_RESPONSE: {**_ALWAYS, Kind.PROVIDER_MESSAGE: Fold.provider_message},
    Metric.NEXT_RESPONSE: {
        **_ALWAYS,
        Kind.CLIENT_MESSAGE: Fold.client_message,
        Kind.PROVIDER_MESSAGE: Fold.provider_message,
        Kind.REOPENED: Fold.reopened,
    },
    Metric.INTERNAL_STEP: {**_ALWAYS},
    Metric.SUBCONTRACTOR: {**_ALWAYS},
}


def _split(cycles: Iterable[Cycle]) -> Split:
    seconds = dict.fromkeys(Whose, 0)
    for cycle in cycles:
        for stretch in cycle.stretches:
            seconds[stretch.whose] += stretch.worked
            seconds[Whose.CLOSED] += stretch.end - stretch.start - stretch.worked
    return Split(
        provider=seconds[Whose.PROVIDER],
        client=seconds[Whose.CLIENT],
        third_party=seconds[Whose.THIRD_PARTY],
        closed=seconds[Whose.CLOSED],
    )
