"""One cycle of a clock while its events are being folded."""

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import moment
from app.sla.rules.clock_state import Cycle, State, Stretch, Whose
from app.sla.rules.policy import Target, WorkingTime


class Run:
    """Counts stretches from the start on; instants are seconds since 1970."""

    __slots__ = (
        "_by_change",
        "_calendar",
        "_counted",
        "_counted_from",
        "_elapsed",
        "_goal",
        "_holder",
        "_impossible",
        "_mark",
        "_reached",
        "_started",
        "_stretches",
        "_target",
        "breached",
        "cancelled",
        "finished",
        "is_open",
    )

    def __init__(
        self, start: int, target: Target, *, calendar: Calendar, holder: Whose | None
    ) -> None:
        self._calendar = calendar
        self._started = self._mark = start
        self._holder = holder
        self._stretches: list[Stretch] = []
        self._elapsed = self._counted = self._counted_from = 0
        self._reached: int | None = None
        self._impossible = not calendar.has_working_time
        self._goal = self._target = self._in_seconds(target, start=start)
        self._by_change = self.cancelled = False
        self.breached: int | None = None
        self.finished: int | None = None
        self.is_open = True

    def hold(self, at: int, holder: Whose | None) -> None:
        """From now on the time is `holder`'s; None: nobody's (the item is resolved)."""
        if holder is not self._holder:
            self.advance(at)
            self._holder = holder

    def advance(self, at: int) -> None:
        """Count what has passed since the last event."""
        mark = self._mark
        if at <= mark:
            return
        self._mark = at
        holder = self._holder
        if holder is None:
            return
        stretch = Stretch(mark, at, holder, self._calendar.between(mark, at))
        self._stretches.append(stretch)
        if holder is Whose.PROVIDER:
            self._elapsed += stretch.worked
            self._count(stretch)

    def finish(self, at: int) -> None:
        """The work is done: judged once the stretch before is counted."""
        self.advance(at)
        self._note_breach(at)
        self.finished = at
        self.is_open = False
        self._holder = None

    def reopen(self, at: int) -> None:
        """Go on as the same clock; the time since the finish is nobody's."""
        self.finished = None
        self.is_open = True
        self._mark = at
        self._holder = Whose.PROVIDER

    def cancel(self, at: int) -> None:
        """Neither met nor missed; a breach of before stays on record."""
        self.advance(at)
        self._note_breach(at)
        self.cancelled = True
        self.is_open = False

    def retarget_from_start(self, target: Target, *, at: int) -> None:
        """The new target holds as if it had always been so."""
        self.advance(at)
        self._note_breach(at)
        self._target = self._goal = self._in_seconds(target, start=self._started)
        self._recount(since=0)
        if self.breached is None:
            self._note_breach(at)
            self._by_change = self.breached is not None

    def retarget_from_here(self, target: Target, *, at: int) -> None:
        """The full new target from now on; what has elapsed is kept for the reports."""
        self.advance(at)
        self._note_breach(at)
        self._goal = self._in_seconds(target, start=at)
        self._target = self._elapsed + self._goal
        self._recount(since=len(self._stretches))

    def show(self, now: int) -> Cycle:
        """The cycle as it stands at `now`."""
        if self.is_open:
            self.advance(now)
            self._note_breach(now)
        due, breached, finished = self._due(), self.breached, self.finished
        return Cycle(
            state=self._state(due),
            started_at=moment(self._started),
            due_at=None if due is None else moment(due),
            finished_at=None if finished is None else moment(finished),
            breached_at=None if breached is None else moment(breached),
            breach_by_change=self._by_change,
            target_seconds=self._target,
            elapsed_seconds=self._elapsed,
            remaining_seconds=self._target - self._elapsed,
            stretches=tuple(self._stretches),
            counted_from=self._counted_from,
            goal_seconds=self._goal,
            judged_to=self._mark,
            is_counting=self.is_open and self._holder is Whose.PROVIDER,
        )

    def _is_paused(self) -> bool:
        return self.finished is None and self._holder is not Whose.PROVIDER

    def _due(self) -> int | None:
        if self._is_paused() and self.breached is None:
            return None
        if self._reached is not None:
            return self._reached
        if self._is_paused() or self._impossible:
            return None
        return self._calendar.add(self._mark, self._goal - self._counted)

    def _state(self, due: int | None) -> State:
        if self.cancelled:
            return State.CANCELLED
        if self._impossible:
            return State.UNMEASURABLE
        if self.breached is not None:
            return State.BREACHED
        if self.finished is not None:
            return State.MET
        if self._is_paused():
            return State.RUNNING if self._holder is None else State.PAUSED
        return State.UNMEASURABLE if due is None else State.RUNNING

    def _count(self, stretch: Stretch) -> None:
        counted = self._counted
        self._counted = counted + stretch.worked
        if self._reached is not None:
            return
        if self._goal == 0:
            first = self._calendar.add(stretch.start, 0)
            if first is not None and first < stretch.end:
                self._reached = first
        elif self._counted >= self._goal:
            self._reached = self._calendar.add(stretch.start, self._goal - counted)

    def _recount(self, *, since: int) -> None:
        self._counted, self._counted_from, self._reached = 0, since, None
        for stretch in self._stretches[since:]:
            if stretch.whose is Whose.PROVIDER:
                self._count(stretch)

    def _note_breach(self, at: int) -> None:
        if self.breached is None and self._reached is not None and self._reached < at:
            self.breached = self._reached

    def _in_seconds(self, target: Target, *, start: int) -> int:
        """The target in working seconds; business days are converted once, here."""
        if isinstance(target, WorkingTime):
            return target.seconds
        close = None
        if not self._impossible:
            close = self._calendar.business_day_close(start, target.days, cutoff=target.cutoff)
        if close is None:
            self._impossible = True
            return 0
        return self._calendar.between(start, close)
