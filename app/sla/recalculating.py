"""Go through all open clocks of a client in the background: batch by batch, resumable."""

from uuid import UUID

from app.kernel.actor import Actor
from app.sla.terms import DEFAULT_CALENDAR


def calendar_changed(
    *, actor: Actor, tenant_id: int, key: str = DEFAULT_CALENDAR, reason: str
) -> UUID | None:
    """Put the client's open clocks under the newest version of that calendar; the job's id.

    Called in the provider's books after `agreeing.set_calendar`. None: such a job is waiting
    already. Frozen results and alerts that were told stay. Raises Forbidden, Invalid.
    """
    raise NotImplementedError


def policy_changed(*, actor: Actor, tenant_id: int, policy_id: UUID, reason: str) -> UUID | None:
    """Put all open clocks of that policy under its newest version; the job's id (None: waiting).

    Called in the provider's books. Raises Forbidden, Invalid.
    """
    raise NotImplementedError
