"""One cycle of a clock while its events are being folded."""

from app.sla.rules.by_hand import DueByHand
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import moment
from app.sla.rules.clock_state import Cycle, State, Stretch, Whose
from app.sla.rules.policy import Target, WorkingTime

_PROVIDER = Whose.PROVIDER


class Run:
    """Counts stretches from the start on; instants are seconds since 1970."""

    __slots__ = (
        "_by_change",
        "_by_hand",
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
        "is_excused",
        "is_open",
        "pause_limit",
        "team",
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
        self._impossible = False
        self._goal = self._target = self._in_seconds(target, start=start)
        self._by_hand: DueByHand | None = None
        self._by_change = self.cancelled = self.is_excused = False
        self.breached: int | None = None
        self.finished: int | None = None
        self.pause_limit: int | None = None
        self.team: str | None = None
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
        worked = self._calendar.between(mark, at)
        stretch = Stretch(mark, at, holder, worked)
        self._stretches.append(stretch)
        if holder is _PROVIDER:
            self._elapsed += worked
            self._count(stretch)
        if self._by_hand is not None:
            self._by_hand.pass_over(stretch)

    def judge(self, at: int) -> None:
        """Count up to now, and note a breach: it stays whatever comes later."""
        self.advance(at)
        self._note_breach(at)

    def finish(self, at: int) -> None:
        """The work is done: judged once the stretch before is counted."""
        self.judge(at)
        self.finished = at
        self.is_open = False
        self._holder = None

    def reopen(self, at: int) -> None:
        """Go on as the same clock; the time since the finish is nobody's."""
        if self._by_hand is not None:
            self._by_hand.wait(self._calendar.between(self._mark, at))
        self.finished = None
        self.is_open = True
        self._mark = at
        self._holder = _PROVIDER

    def cancel(self, at: int) -> None:
        """Neither met nor missed; a breach of before stays on record."""
        self.judge(at)
        self.cancelled = True
        self.is_open = False

    def retarget_from_start(self, target: Target, *, at: int) -> None:
        """The new target holds as if it had always been so."""
        self.judge(at)
        self._target = self._goal = self._in_seconds(target, start=self._started)
        self._recount(since=0)
        self._note_breach_by_change(at)

    def retarget_from_here(self, target: Target, *, at: int) -> None:
        """The full new target from now on; what has elapsed is kept for the reports."""
        self.judge(at)
        self._goal = self._in_seconds(target, start=at)
        self._target = self._elapsed + self._goal
        self._recount(since=len(self._stretches))

    def set_due(self, due: int | None, *, at: int) -> None:
        """A due time by hand from now on; None: what was promised holds again."""
        self.judge(at)
        self._by_hand = None
        if due is not None:
            self._by_hand = DueByHand(due, at=at, elapsed=self._elapsed, calendar=self._calendar)
        self._note_breach_by_change(at)

    def show(self, now: int) -> Cycle:
        """The cycle as it stands at `now`."""
        if self.is_open:
            self.judge(now)
        by_hand, promised = self._by_hand, self._promised()
        due = promised if by_hand is None else self._due_by_hand(by_hand)
        target = self._target if by_hand is None else by_hand.target
        breached, finished = self.breached, self.finished
        return Cycle(
            state=self._state(due),
            started_at=moment(self._started),
            due_at=None if due is None else moment(due),
            finished_at=None if finished is None else moment(finished),
            breached_at=None if breached is None else moment(breached),
            breach_by_change=self._by_change,
            target_seconds=target,
            elapsed_seconds=self._elapsed,
            remaining_seconds=target - self._elapsed,
            stretches=tuple(self._stretches),
            counted_from=self._counted_from,
            goal_seconds=self._counted + target - self._elapsed,
            judged_to=self._mark,
            is_counting=self.is_open and self._holder is _PROVIDER,
            original_due_at=None if by_hand is None or promised is None else moment(promised),
            excused=self.is_excused,
            original_breached_at=moment(breached) if self.is_excused and breached else None,
            pause_limit_at=None if self.pause_limit is None else moment(self.pause_limit),
            team=self.team,
        )

    def _is_paused(self) -> bool:
        return self.finished is None and self._holder is not _PROVIDER

    def _promised(self) -> int | None:
        """The due time that follows from the target."""
        if self._is_paused() and self.breached is None:
            return None
        if self._reached is not None:
            return self._reached
        if self._is_paused() or self._impossible:
            return None
        return self._calendar.add(self._mark, self._goal - self._counted)

    def _due_by_hand(self, by_hand: DueByHand) -> int | None:
        if by_hand.reached is not None:
            return by_hand.reached
        return None if self._is_paused() else by_hand.due()

    def _state(self, due: int | None) -> State:
        if self.cancelled:
            return State.CANCELLED
        if self._impossible and self._by_hand is None:
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
        if self._reached is not None or self._impossible:
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
            if stretch.whose is _PROVIDER:
                self._count(stretch)

    def _note_breach(self, at: int) -> None:
        reached = self._reached if self._by_hand is None else self._by_hand.reached
        if self.breached is None and reached is not None and reached < at:
            self.breached = reached

    def _note_breach_by_change(self, at: int) -> None:
        if self.breached is None:
            self._note_breach(at)
            self._by_change = self.breached is not None

    def _in_seconds(self, target: Target, *, start: int) -> int:
        """The target in working seconds; business days are converted once, here."""
        self._impossible = not self._calendar.has_working_time
        if isinstance(target, WorkingTime):
            return target.seconds
        close = None
        if not self._impossible:
            close = self._calendar.business_day_close(start, target.days, cutoff=target.cutoff)
        if close is None:
            self._impossible = True
            return 0
        return self._calendar.between(start, close)
