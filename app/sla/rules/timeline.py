"""Explain a due time: the line of intervals that led to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import instant, moment
from app.sla.rules.clock_state import Cycle, Split, State, Stretch, Whose


class Because(StrEnum):
    """Why an interval counts, or does not."""

    WORKING = "working"
    WAITING_FOR_CLIENT = "waiting_for_client"
    WAITING_FOR_THIRD_PARTY = "waiting_for_third_party"
    WAITING_WITHIN = "waiting_within"
    """For another part of the provider, or its subcontractor, where that is agreed to pause."""
    RESOLVED = "resolved"
    EXPECTED = "expected"
    """Not yet: what is left until the due time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """[start, end): `open_seconds` lay within the calendar's hours, the rest was closed."""

    start: datetime
    end: datetime
    because: Because
    open_seconds: int
    closed_seconds: int

    @property
    def counts(self) -> bool:
        """Whether its open seconds are taken from the promised time."""
        return self.because in {Because.WORKING, Because.EXPECTED}


_CAUSES = {
    Whose.PROVIDER: Because.WORKING,
    Whose.CLIENT: Because.WAITING_FOR_CLIENT,
    Whose.THIRD_PARTY: Because.WAITING_FOR_THIRD_PARTY,
    Whose.PROVIDER_WAITING: Because.WAITING_WITHIN,
}


def timeline(cycle: Cycle, *, calendar: Calendar) -> list[Interval]:
    """From the start to now, the end, or the due time still ahead; in order, without gaps."""
    line = list(_past(cycle.stretches))
    if cycle.due_at is not None and cycle.state is State.RUNNING:
        start = line[-1].end if line else cycle.started_at
        if cycle.due_at > start:
            open_seconds = calendar.between(instant(start), instant(cycle.due_at))
            line.append(_interval(start, cycle.due_at, Because.EXPECTED, open_seconds))
    return line


def paused_since(cycle: Cycle, *, now: datetime) -> datetime | None:
    """Since when a paused cycle stands still, whatever the causes in between."""
    if cycle.state is not State.PAUSED:
        return None
    since = now
    for stretch in reversed(cycle.stretches):
        if stretch.whose is Whose.PROVIDER:
            break
        since = moment(stretch.start)
    return since


def split_of(cycles: Iterable[Cycle]) -> Split:
    """Whose the seconds of these cycles were."""
    seconds = dict.fromkeys(Whose, 0)
    closed = 0
    for cycle in cycles:
        for start, end, whose, worked in cycle.stretches:
            seconds[whose] += worked
            closed += end - start - worked
    return Split(
        provider=seconds[Whose.PROVIDER] + seconds[Whose.PROVIDER_WAITING],
        client=seconds[Whose.CLIENT],
        third_party=seconds[Whose.THIRD_PARTY],
        closed=closed,
    )


def _past(stretches: tuple[Stretch, ...]) -> Iterator[Interval]:
    previous = None
    for stretch in _joined(stretches):
        start, end = moment(stretch.start), moment(stretch.end)
        if previous is not None and previous < start:
            yield Interval(
                start=previous,
                end=start,
                because=Because.RESOLVED,
                open_seconds=0,
                closed_seconds=0,
            )
        yield _interval(start, end, _CAUSES[stretch.whose], stretch.worked)
        previous = end


def _joined(stretches: tuple[Stretch, ...]) -> Iterator[Stretch]:
    held: Stretch | None = None
    for stretch in stretches:
        if held is not None and (held.whose, held.end) == (stretch.whose, stretch.start):
            held = Stretch(held.start, stretch.end, held.whose, held.worked + stretch.worked)
            continue
        if held is not None:
            yield held
        held = stretch
    if held is not None:
        yield held


def _interval(start: datetime, end: datetime, because: Because, open_seconds: int) -> Interval:
    whole = instant(end) - instant(start)
    return Interval(
        start=start,
        end=end,
        because=because,
        open_seconds=open_seconds,
        closed_seconds=whole - open_seconds,
    )
