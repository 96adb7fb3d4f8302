"""Write events into a subject's log and move its clocks: one read, one write, whatever is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla import settling, standing
from app.sla.models import SlaClock, SlaEvent
from app.sla.rules import wire
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.rules.refusal import Refused
from app.sla.standing import Judged
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to be noted. `at`: when it happened (aware); the future is taken as now."""

    kind: Kind | str
    at: datetime
    cause: Cause | str | None = None
    by_provider: bool = False
    target: Target | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further columns of the log: team, due_at, metric, agreement_digest, actor, reason."""


def note(subject_id: UUID, entries: Sequence[Entry]) -> list[Judged]:
    """Append the entries and write down where every clock of the subject stands after them.

    Raises Refused for an unknown kind, a pause without a cause or a change without a target.
    """
    clocks = standing.clocks(subject_id, lock=True)
    log = standing.events(subject_id)
    added = append(subject_id, entries, after=len(log))
    judged = standing.judge_all(clocks, {subject_id: [*log, *added]}, at=now())
    settling.settle(judged)
    return judged


def begin(subject_id: UUID, clocks: Sequence[SlaClock], entry: Entry) -> list[Judged]:
    """The first entry of a log and the clocks that it starts, which are no rows yet."""
    log = append(subject_id, [entry], after=0)
    judged = [standing.judge(clock, log, at=now()) for clock in clocks]
    settling.settle(judged)
    return judged


def append(subject_id: UUID, entries: Sequence[Entry], *, after: int) -> list[ClockEvent]:
    """Write the log's next entries, the clocks' locks being held; what the fold takes of them."""
    moment = now()
    rows = [
        _row(subject_id, entry, number=number, moment=moment)
        for number, entry in enumerate(entries, start=after + 1)
    ]
    db.session.execute(insert(SlaEvent), rows)
    return [standing.as_value(SlaEvent(**row)) for row in rows]


def due_at(judged: Sequence[Judged]) -> datetime | None:
    """The due time of the resolution; None while it is paused, cancelled or nothing is promised."""
    for one in judged:
        if one.clock.metric is Metric.RESOLUTION and one.clock.state is not State.CANCELLED:
            return one.clock.due_at
    return None


def _row(subject_id: UUID, entry: Entry, *, number: int, moment: datetime) -> dict[str, Any]:
    kind = wire.member(Kind, entry.kind, "kind")
    return {
        "id": new_id(),
        "subject_id": subject_id,
        "number": number,
        "at": min(entry.at, moment),
        "recorded_at": moment,
        "kind": kind,
        "cause": _cause(kind, entry.cause),
        "by_provider": entry.by_provider,
        "target": _target(kind, entry.target),
        "claimed_at": entry.at if entry.at > moment else None,
        "team": None,
        "due_at": None,
        "metric": None,
        "agreement_digest": None,
        "actor_id": None,
        "actor_name": "",
        "reason": "",
        **entry.more,
    }


def _cause(kind: Kind, cause: Cause | str | None) -> Cause | None:
    if cause is None:
        if kind is Kind.PAUSED:
            raise Refused("cause", "a pause has a cause")
        return None
    return wire.member(Cause, cause, "cause")


def _target(kind: Kind, target: Target | None) -> dict[str, Any] | None:
    if kind is Kind.TARGET_CHANGED and target is None:
        raise Refused("target", "a changed target is needed")
    return None if target is None else wire.target_json(target)
