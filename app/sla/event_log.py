"""The append-only log of what happened to subjects, read as values."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.sla import terms
from app.sla.models import SlaEvent
from app.sla.rules import wire
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.policy import Metric, Policy
from tenants.db import db

_NONE: dict[Kind, dict[Metric, Policy]] = {Kind.MOVED: {}}
"""Moved to where nothing is promised."""


def events(subject_id: UUID) -> list[ClockEvent]:
    """The log of a subject, as values, in the order of noting."""
    return logs([subject_id])[subject_id]


def logs(subject_ids: Collection[UUID]) -> Mapping[UUID, list[ClockEvent]]:
    """The logs of many subjects, in one question."""
    # Rows, not objects: there are many, and nobody changes them.
    query = (
        select(*_LOG)
        .where(SlaEvent.subject_id.in_(subject_ids))
        .order_by(SlaEvent.subject_id, SlaEvent.number)
    )
    found: defaultdict[UUID, list[ClockEvent]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.subject_id].append(as_value(row))
    return found


_LOG = (
    SlaEvent.subject_id, SlaEvent.at, SlaEvent.recorded_at, SlaEvent.kind, SlaEvent.cause,
    SlaEvent.by_provider, SlaEvent.target, SlaEvent.team, SlaEvent.due_at, SlaEvent.metric,
    SlaEvent.agreement_digest,
)  # fmt: skip


def as_value(row: SlaEvent | Row[Any]) -> ClockEvent:
    """A row of the log as the fold takes it."""
    digest = row.agreement_digest
    return ClockEvent(
        at=row.at,
        recorded_at=row.recorded_at,
        kind=row.kind,
        cause=row.cause,
        by_provider=row.by_provider,
        target=None if row.target is None else wire.target(row.target),
        team=row.team,
        due_at=row.due_at,
        policies=terms.agreed(digest).policies if digest else _NONE.get(row.kind),
        metric=row.metric,
    )
