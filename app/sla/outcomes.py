"""Write down how cycles ended: what reports sum up, kept in step with the fold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.sla.models import SlaClock
from app.sla.outcome_models import SlaOutcome
from app.sla.rules.clock_events import moment
from app.sla.rules.clock_state import Cycle, State, Whose
from app.sla.standing import Judged
from tenants.db import db

_JUDGED = frozenset({State.MET, State.BREACHED, State.CANCELLED})


def record(judged: Judged) -> None:
    """Bring the clock's outcomes in step; call it before the clock's own row is written.

    Costs nothing for a clock that runs and never ended, which is nearly every call.
    """
    rows = list(_rows(judged))
    if not rows and not _may_have_some(judged.clock):
        return
    kept = [row["cycle"] for row in rows]
    db.session.execute(
        delete(SlaOutcome).where(
            SlaOutcome.clock_id == judged.clock.id, SlaOutcome.cycle.not_in(kept)
        )
    )
    for row in rows:
        statement = insert(SlaOutcome).values(row)
        changed = {name: row[name] for name in row if name not in {"clock_id", "cycle"}}
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["clock_id", "cycle"], set_=changed)
        )


def _may_have_some(clock: SlaClock) -> bool:
    return clock.cycle > 1 or clock.result is not None or clock.breached_at is not None


def _rows(judged: Judged) -> Iterator[dict[str, Any]]:
    clock = judged.clock
    for number, cycle in enumerate(judged.state.cycles, start=1):
        if cycle.state not in _JUDGED:
            continue
        seconds = _seconds(cycle)
        yield {
            "clock_id": clock.id,
            "cycle": number,
            "subject_id": clock.subject_id,
            "service_key": clock.service_key,
            "metric": clock.metric,
            "state": cycle.state,
            "is_excused": getattr(cycle, "excused", False),
            "counted_at": _counted_at(cycle),
            "started_at": cycle.started_at,
            "due_at": cycle.due_at,
            "finished_at": cycle.finished_at,
            "breached_at": cycle.breached_at or getattr(cycle, "original_breached_at", None),
            **{f"{whose.value}_seconds": seconds[whose] for whose in Whose},
        }


def _counted_at(cycle: Cycle) -> datetime:
    if cycle.finished_at is not None:
        return cycle.finished_at
    if cycle.state is State.BREACHED and cycle.breached_at is not None:
        return cycle.breached_at
    # Cancelled: what was counted ends there.
    return moment(cycle.stretches[-1].end) if cycle.stretches else cycle.started_at


def _seconds(cycle: Cycle) -> dict[Whose, int]:
    """As `Split`, of one cycle."""
    seconds = dict.fromkeys(Whose, 0)
    for stretch in cycle.stretches:
        seconds[stretch.whose] += stretch.worked
        seconds[Whose.CLOSED] += stretch.end - stretch.start - stretch.worked
    return seconds
