"""Tell an endpoint: the intention is committed, then the message goes out, then the outcome."""

from uuid import UUID

from app.adapters import outbound
from app.jobs.registry import job, periodic
from app.jobs.running import current_job_id
from app.webhooks import rescue, sending
from app.webhooks.rules import Why
from app.webhooks.sending import Outcome, Outgoing
from tenants.context import TenantState
from tenants.db import transaction
from tenants.registry import all_refs, by_ids
from tenants.scope import tenant_scope


@periodic(seconds=24 * 3600)
def forget_old_messages() -> None:
    """Forget what was told, or given up, three months ago."""
    for client in all_refs():
        if client.state is TenantState.READY:  # a suspended one is read only
            with tenant_scope(client), transaction():
                sending.forget()


@periodic(seconds=60)
def mark_what_nobody_will_tell() -> None:
    """A message whose job is dead or given up must not stay "being sent" for ever."""
    with transaction():
        stuck = rescue.without_a_job()
    for client in by_ids(stuck).values():
        if client.state is not TenantState.READY:
            continue
        with tenant_scope(client), transaction():
            for delivery_id, job_id in stuck[client.id]:
                sending.cut_off(delivery_id, job_id=job_id)


@job(sending.JOB, job_class="external", long=True, max_attempts=8, time_limit=60)
def deliver(delivery_id: UUID) -> None:
    """One attempt; the next one is a job of its own."""
    with transaction():
        message = sending.begin(delivery_id, job_id=current_job_id())
    if message is None:
        return
    outcome = _post(message)
    with transaction():
        sending.end(delivery_id, attempt=message.attempt, outcome=outcome)


def _post(message: Outgoing) -> Outcome:
    try:
        answer = outbound.post(message.url, headers=message.headers, body=message.body)
    except outbound.AddressRefused as refused:
        return Outcome(why=Why.REFUSED_ADDRESS, text=str(refused))
    except outbound.TookTooLong as late:
        return Outcome(why=Why.TIME_OUT, text=str(late))
    except outbound.Unreachable as failure:
        return Outcome(why=Why.UNREACHABLE, text=str(failure))
    return Outcome(
        status=answer.status,
        text=answer.text,
        why=_why(answer.status),
        retry_after=answer.retry_after,
    )


def _why(status: int) -> Why:
    if 200 <= status < 300:
        return Why.NONE
    return Why.REDIRECT if 300 <= status < 400 else Why.STATUS
