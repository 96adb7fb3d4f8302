"""What was corrected of a subject's promises: the original beside what holds since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.sla.events import CorrectionKind
from app.sla.models import SlaCorrection
from app.sla.rules.policy import Metric
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """One correction; due times as they stood before and after (None: the clock stood still)."""

    at: datetime
    kind: CorrectionKind
    metric: Metric
    actor_name: str
    reason: str
    due_before: datetime | None
    due_after: datetime | None
    breach_before: datetime | None


def corrections(subject_id: UUID) -> Sequence[Corrected]:
    """In order; inside the client's scope."""
    query = (
        select(SlaCorrection)
        .where(SlaCorrection.subject_id == subject_id)
        .order_by(SlaCorrection.at, SlaCorrection.id)
    )
    return [
        Corrected(
            at=row.at,
            kind=row.kind,
            metric=row.metric,
            actor_name=row.actor_name,
            reason=row.reason,
            due_before=_moment(row.before, "due_at"),
            due_after=_moment(row.after, "due_at"),
            breach_before=_moment(row.before, "breached_at"),
        )
        for row in db.session.scalars(query)
    ]


def _moment(values: Mapping[str, Any], name: str) -> datetime | None:
    text = values.get(name)
    return datetime.fromisoformat(text) if text else None
