"""Write down how cycles ended: what reports sum up, kept in step with the fold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.sla.models import SlaClock
from app.sla.outcome_models import SlaOutcome
from app.sla.rules import timeline
from app.sla.rules.clock_events import moment
from app.sla.rules.clock_state import Cycle, State
from app.sla.standing import Judged
from tenants.db import db

_KEPT = frozenset({"clock_id", "cycle", "service_key"})
"""The service is that of the time: work that is moved leaves what has ended where it was."""
_JUDGED = frozenset({State.MET, State.BREACHED, State.CANCELLED})


def may_have_some(judged: Iterable[Judged]) -> frozenset[UUID]:
    """Clocks that may have outcomes: ask before their rows are written."""
    return frozenset(one.clock.id for one in judged if _may_have_some(one.clock))


def record(judged: Iterable[Judged], *, stale: frozenset[UUID]) -> None:
    """Bring the clocks' outcomes in step, once their own rows are written; two statements.

    `stale`: what `may_have_some` said. Costs nothing for clocks that run and never ended, which is
    nearly every call.
    """
    rows = [row for one in judged for row in _rows(one)]
    if stale:
        kept = [(row["clock_id"], row["cycle"]) for row in rows]
        key = tuple_(SlaOutcome.clock_id, SlaOutcome.cycle)
        db.session.execute(
            delete(SlaOutcome).where(SlaOutcome.clock_id.in_(stale), key.not_in(kept))
        )
    if rows:
        statement = insert(SlaOutcome).values(rows)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in _KEPT}
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["clock_id", "cycle"], set_=changed)
        )


def differing(judged: Sequence[Judged]) -> Iterator[tuple[UUID, Any, Any]]:
    """Clocks whose stored outcomes are not what the fold says: (clock, stored, rebuilt)."""
    stored: dict[UUID, dict[int, dict[str, Any]]] = {}
    query = select(SlaOutcome).where(SlaOutcome.clock_id.in_([one.clock.id for one in judged]))
    for outcome in db.session.scalars(query):
        names = SlaOutcome.__table__.columns.keys()
        stored.setdefault(outcome.clock_id, {})[outcome.cycle] = {
            name: getattr(outcome, name) for name in names
        }
    for one in judged:
        rebuilt = {row["cycle"]: row for row in _rows(one)}
        known = stored.get(one.clock.id, {})
        for number, row in rebuilt.items():
            if number in known:
                row["service_key"] = known[number]["service_key"]
        if known != rebuilt:
            yield one.clock.id, _told(known), _told(rebuilt)


def _told(outcomes: Mapping[int, Mapping[str, Any]]) -> str:
    return "; ".join(f"{number} {row['state']}" for number, row in sorted(outcomes.items()))


def _may_have_some(clock: SlaClock) -> bool:
    return clock.cycle > 1 or clock.result is not None or clock.breached_at is not None


def _rows(judged: Judged) -> Iterator[dict[str, Any]]:
    clock = judged.clock
    for number, cycle in enumerate(judged.state.cycles, start=1):
        if cycle.state not in _JUDGED:
            continue
        split = timeline.split_of([cycle])
        yield {
            "clock_id": clock.id,
            "cycle": number,
            "subject_id": clock.subject_id,
            "service_key": clock.service_key,
            "metric": clock.metric,
            "state": cycle.state,
            "is_excused": cycle.excused,
            "counted_at": _counted_at(cycle),
            "started_at": cycle.started_at,
            "due_at": cycle.due_at,
            "finished_at": cycle.finished_at,
            "breached_at": cycle.breached_at or cycle.original_breached_at,
            "provider_seconds": split.provider,
            "client_seconds": split.client,
            "third_party_seconds": split.third_party,
            "closed_seconds": split.closed,
        }


def _counted_at(cycle: Cycle) -> datetime:
    if cycle.finished_at is not None:
        return cycle.finished_at
    if cycle.state is State.BREACHED and cycle.breached_at is not None:
        return cycle.breached_at
    # Cancelled: what was counted ends there.
    return moment(cycle.stretches[-1].end) if cycle.stretches else cycle.started_at
