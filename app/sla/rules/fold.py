"""The clock: a pure fold over an item's events. Its definitions are those of the contract."""

from collections.abc import Iterable
from datetime import datetime

from app.sla.rules import on_record
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, in_order
from app.sla.rules.clock_state import ClockState, Cycle
from app.sla.rules.life import Life
from app.sla.rules.policy import Policy
from app.sla.rules.steps import STEPS
from app.sla.rules.timeline import split_of


def evaluate(
    policy: Policy, calendar: Calendar, events: Iterable[ClockEvent], now: datetime
) -> ClockState:
    """The clock of one metric at `now`, from nothing but its terms and its events.

    The same input gives the same state on every machine, however often it is asked.
    """
    known = in_order(events, now=now)
    state = fold(policy, calendar, known, now)
    if on_record.is_any_late(known):
        return on_record.excuse(
            state, known, now=now, judge=lambda log, at: fold(policy, calendar, log, at)
        )
    return state


def fold(
    policy: Policy, calendar: Calendar, events: Iterable[ClockEvent], now: datetime
) -> ClockState:
    """The same for events that are in order and not after `now`, whenever they were recorded."""
    life = Life(policy, calendar, STEPS[policy.metric])
    for event in events:
        life.take(event)
    return shown(life.cycles(now))


def shown(cycles: tuple[Cycle, ...]) -> ClockState:
    """The state of the last cycle, and the split of all of them."""
    if not cycles:
        return ClockState()
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
        split=split_of(cycles),
    )
