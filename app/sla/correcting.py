"""Correct a promise: by a person with the right to it, with a reason; the original is kept."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.kernel.actor import Actor
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.terms import Work


def set_due(*, actor: Actor, subject_id: UUID, due_at: datetime, reason: str) -> datetime | None:
    """Promise the resolution for `due_at` (aware) instead; the resolution's due time.

    Raises Forbidden, Invalid (no reason), NotFound (nothing is promised), Conflict (ended).
    """
    raise NotImplementedError


def excuse(*, actor: Actor, subject_id: UUID, metric: Metric, reason: str) -> datetime | None:
    """Show a breach apart: it was not the provider's; the resolution's due time.

    Raises Forbidden, Invalid (no reason), NotFound, Conflict (there is no breach to excuse).
    """
    raise NotImplementedError


def pause_backdated(
    *,
    actor: Actor,
    subject_id: UUID,
    since: datetime,
    until: datetime | None,
    cause: Cause,
    reason: str,
) -> datetime | None:
    """Note a pause that nobody noted then; `until` None: it lasts. The resolution's due time.

    A breach that the pause removes becomes excused. Raises Forbidden, Invalid, NotFound.
    """
    raise NotImplementedError


def migrate(
    *,
    actor: Actor,
    subject_id: UUID,
    work: Work,
    promised: Mapping[Metric, Target] | None = None,
    reason: str = "",
) -> datetime | None:
    """Put the subject's clocks under what is promised for such work now; the due time.

    From this instant on the new targets hold by their change mode; a metric that the new policy
    lacks is cancelled. Raises Forbidden.
    """
    raise NotImplementedError
