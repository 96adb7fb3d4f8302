"""Go through all open clocks of a client in the background: batch by batch, resumable.

Asked for in the provider's books, done by a long job of the client's. The job keeps its place in
the client's own schema and commits after each batch, so that a killed worker's successor goes on
where it stood; clocks in other hands are passed over and looked at in the end, so that nobody who
works waits for longer than one batch takes.
"""

from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.jobs import enqueue
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.sla.recalculation import JOB, What
from app.sla.terms import DEFAULT_CALENDAR


def calendar_changed(
    *, actor: Actor, tenant_id: int, key: str = DEFAULT_CALENDAR, reason: str
) -> UUID | None:
    """Put the client's open clocks under the newest version of that calendar; the job's id.

    Called in the provider's books after `agreeing.set_calendar`. None: such a job is waiting
    already. Frozen results and alerts that were told stay. Raises Forbidden, Invalid.
    """
    return _ask(What.CALENDAR, actor=actor, tenant_id=tenant_id, key=key, reason=reason)


def policy_changed(*, actor: Actor, tenant_id: int, policy_id: UUID, reason: str) -> UUID | None:
    """Put all open clocks of that policy under its newest version; the job's id (None: waiting).

    Called in the provider's books. Raises Forbidden, Invalid.
    """
    return _ask(What.POLICY, actor=actor, tenant_id=tenant_id, key=str(policy_id), reason=reason)


def alerts_changed(
    *, actor: Actor, tenant_id: int, policy_id: UUID, run_at: datetime
) -> UUID | None:
    """Arm the open clocks of that policy by the thresholds that hold from `run_at` on."""
    return _ask(
        What.ALERTS,
        actor=actor,
        tenant_id=tenant_id,
        key=str(policy_id),
        reason="thresholds",
        run_at=run_at,
    )


def zone_rules_changed(*, actor: Actor, tenant_id: int, reason: str) -> UUID | None:
    """Derive the client's open due times again from the rules of zones that are installed now."""
    return _ask(What.ZONES, actor=actor, tenant_id=tenant_id, key="", reason=reason)


def contract_ended(
    *,
    actor: Actor,
    tenant_id: int,
    service_key: str,
    runs_off: bool,
    reason: str,
    at: datetime | None = None,
) -> UUID | None:
    """The client's contract for that service ("": for all) ends, now or at `at`; the job's id.

    Its open clocks are cancelled, or run off where that is agreed; in either case nobody is warned.
    """
    return _ask(
        What.RUN_OFF if runs_off else What.CANCEL,
        actor=actor,
        tenant_id=tenant_id,
        key=service_key,
        reason=reason,
        run_at=at,
    )


def _ask(
    what: What,
    *,
    actor: Actor,
    tenant_id: int,
    key: str,
    reason: str,
    run_at: datetime | None = None,
) -> UUID | None:
    actor.require(Permission.SLA_AGREE)
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    job_id = enqueue(
        JOB,
        args={
            "what": what.value,
            "key": key,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "reason": reason.strip(),
        },
        run_at=run_at,
        tenant_id=tenant_id,
    )
    audit.record_provider(
        actor=actor,
        verb=f"sla.recalculation_{what.value}",
        subject_type="tenant",
        subject_id=tenant_id,
        detail={"key": key, "reason": reason.strip(), "job": str(job_id)},
    )
    return job_id
