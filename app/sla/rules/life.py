"""The life of an item as one metric sees it: what has to be remembered between two events."""

from collections.abc import Callable, Mapping
from datetime import datetime

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, instant
from app.sla.rules.clock_state import Cycle, Whose
from app.sla.rules.policy import (
    Cause,
    Change,
    Metric,
    Policy,
    Reopen,
    Target,
    Then,
    WorkingTime,
)
from app.sla.rules.run import Run

_HOLDERS = {
    Cause.CLIENT: Whose.CLIENT,
    Cause.THIRD_PARTY: Whose.THIRD_PARTY,
    Cause.PROVIDER: Whose.PROVIDER_WAITING,
    Cause.SUBCONTRACTOR: Whose.PROVIDER_WAITING,
}
"""Whose a paused second is; where causes overlap, the first."""


_BEFORE_THE_OPENING = frozenset({Kind.OPENED, Kind.TARGET_CHANGED})

_WITH_SUBCONTRACTOR = frozenset({Cause.SUBCONTRACTOR})
"""Which goes on when somebody resumes: it has an end of its own."""


class Life:
    """Takes events in the order of their time and keeps the runs of one metric's clock."""

    __slots__ = (
        "_calendar",
        "_is_opened",
        "_is_over",
        "_is_resolved",
        "_limit_at",
        "_metric",
        "_paused_at",
        "_pending",
        "_policy",
        "_run",
        "_runs",
        "_steps",
        "_target",
        "_waiting",
    )

    def __init__(self, policy: Policy, calendar: Calendar, steps: "Steps") -> None:
        self._policy = policy
        self._metric = policy.metric
        self._calendar = calendar
        self._target = policy.target
        self._pending: Target | None = None
        self._runs: list[Run] = []
        self._run: Run | None = None
        self._waiting: set[Cause] = set()
        self._paused_at: int | None = None
        self._limit_at: int | None = None
        # An unanswered message is owed an answer, whatever else is known of the item.
        self._is_opened = policy.metric is Metric.NEXT_RESPONSE
        self._is_resolved = self._is_over = False
        self._steps = steps

    def take(self, event: ClockEvent) -> None:
        """Apply the next event; what this metric does not know changes nothing."""
        kind = event.kind
        step = self._steps.get(kind)
        if step is None or not (self._is_opened or kind in _BEFORE_THE_OPENING):
            return
        if self._is_over and kind is not Kind.EXCUSED:
            return
        at = instant(event.at)
        if self._limit_at is not None:
            self._keep_limit(at)
        step(self, event, at)

    def cycles(self, now: datetime) -> tuple[Cycle, ...]:
        """The cycles at `now`. Ends the life: nothing may be taken afterwards."""
        at = instant(now)
        if self._limit_at is not None:
            self._keep_limit(at)
            if self._run is not None and self._run.is_open:
                self._run.pause_limit = self._limit_at
        return tuple([run.show(at) for run in self._runs])

    def opened(self, event: ClockEvent, at: int) -> None:
        if self._is_opened:
            return
        self._is_opened = True
        if self._metric is Metric.RESOLUTION or (
            self._metric is Metric.FIRST_RESPONSE and not event.by_provider
        ):
            self._start(at)

    def asked(self, _: ClockEvent, at: int) -> None:
        """By the client; or the subcontractor's time begins."""
        if self._run is None or not self._run.is_open:
            self._start(at)

    def answered(self, _: ClockEvent, at: int) -> None:
        """By the provider; or a step or the subcontractor has ended."""
        if self._run is not None and self._run.is_open:
            self._run.finish(at)

    def step_started(self, event: ClockEvent, at: int) -> None:
        self.answered(event, at)
        self._start(at, team=event.team)

    def paused(self, event: ClockEvent, at: int) -> None:
        if not self._is_resolved and event.cause is not None:
            self._waiting.add(event.cause)
            self._hold(at)

    def resumed(self, event: ClockEvent, at: int) -> None:
        if self._is_resolved:
            return
        if event.cause is not None:
            self._waiting.discard(event.cause)
        else:
            self._waiting &= _WITH_SUBCONTRACTOR
        self._hold(at)

    def subcontractor_started(self, _: ClockEvent, at: int) -> None:
        if not self._is_resolved:
            self._waiting.add(Cause.SUBCONTRACTOR)
            self._hold(at)

    def subcontractor_ended(self, _: ClockEvent, at: int) -> None:
        self._waiting.discard(Cause.SUBCONTRACTOR)
        self._hold(at)

    def resolved(self, _: ClockEvent, at: int) -> None:
        if self._is_resolved:
            return
        self._is_resolved = True
        self._waiting.clear()
        self._paused_at = self._limit_at = None
        if self._run is not None and self._run.is_open:
            self._run.finish(at)

    def reopened(self, _: ClockEvent, at: int) -> None:
        if not self._is_resolved:
            return
        self._is_resolved = False
        if self._metric is Metric.RESOLUTION:
            self._reopen(at)
        else:
            self._hold(at)

    def cancelled(self, _: ClockEvent, at: int) -> None:
        self._is_over = True
        self._limit_at = None
        if self._run is not None and self._run.is_open:
            self._run.cancel(at)

    def moved(self, event: ClockEvent, at: int) -> None:
        policy = event.policies.get(self._metric) if event.policies else None
        if policy is None:
            self.cancelled(event, at)
            return
        self._adopt(policy, at)
        self._target = self._pending = policy.target
        if self._run is not None and self._run.is_open:
            self._run.cancel(at)
            self._start(at, team=self._run.team)

    def policy_changed(self, event: ClockEvent, at: int) -> None:
        policy = None if event.policies is None else event.policies.get(self._metric)
        if policy is None:
            self.cancelled(event, at)
            return
        self._adopt(policy, at)
        if policy.target != self._target:
            self._change_target(policy.target, at)

    def target_changed(self, event: ClockEvent, at: int) -> None:
        if event.target is not None:
            self._change_target(event.target, at)

    def due_set(self, event: ClockEvent, at: int) -> None:
        if (event.metric or Metric.RESOLUTION) is not self._metric:
            return
        if self._run is not None and self._run.is_open:
            self._run.set_due(None if event.due_at is None else instant(event.due_at), at=at)

    def excused(self, event: ClockEvent, at: int) -> None:
        if event.metric not in (None, self._metric):
            return
        if self._run is not None and self._run.is_open:
            self._run.judge(at)
        for run in reversed(self._runs):
            if run.breached is not None:
                run.is_excused = True
                return

    def _start(self, at: int, *, team: str | None = None) -> None:
        self._pending = None
        self._run = Run(at, self._target, calendar=self._calendar, holder=self._holder())
        self._run.team = team
        self._runs.append(self._run)

    def _holder(self) -> Whose | None:
        if self._is_resolved:
            return None
        waiting = self._waiting
        if waiting:
            pauses = self._policy.pauses
            for cause, whose in _HOLDERS.items():
                if cause in waiting and cause in pauses:
                    return whose
        return Whose.PROVIDER

    def _hold(self, at: int) -> None:
        holder = self._holder()
        if self._run is not None and self._run.is_open:
            self._run.hold(at, holder)
        if self._policy.max_pause is not None:
            self._watch(at, is_paused=holder is not Whose.PROVIDER)

    def _watch(self, at: int, *, is_paused: bool) -> None:
        """Reckon when the present pause has lasted as long as it may."""
        limit = self._policy.max_pause
        if not is_paused or limit is None:
            self._paused_at = self._limit_at = None
        elif self._paused_at is None:
            self._paused_at = at
            target = limit.limit
            self._limit_at = (
                self._calendar.add(at, target.seconds)
                if isinstance(target, WorkingTime)
                else self._calendar.business_day_close(at, target.days, cutoff=target.cutoff)
            )

    def _keep_limit(self, at: int) -> None:
        limit, limit_at = self._policy.max_pause, self._limit_at
        if limit is None or limit_at is None or at < limit_at or limit.then is Then.ESCALATE:
            return
        self._waiting.clear()
        self._hold(limit_at)

    def _adopt(self, policy: Policy, at: int) -> None:
        self._policy = policy
        self._paused_at = self._limit_at = None
        self._hold(at)

    def _change_target(self, target: Target, at: int) -> None:
        self._target = target
        if self._run is not None and self._run.is_open:
            self._retarget(self._run, at)
        else:
            self._pending = target

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
            self._start(at, team=run.team)


Steps = Mapping[Kind, Callable[[Life, ClockEvent, int], None]]
"""What each kind of event does to the clock of a metric."""
