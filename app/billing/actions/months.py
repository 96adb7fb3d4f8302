"""A whole month over all clients: rated and issued by long jobs, one transaction a client."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select

from app import jobs
from app.audit import actions as audit
from app.billing.actions.issuing import issue
from app.billing.actions.rating import drop_draft, latest_run, rate_client
from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice, RatingRun
from app.billing.rules.kinds import InvoiceState, RunState, VersionState
from app.billing.rules.terms import Month
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, KontorError
from app.kernel.ids import new_id
from app.kernel.text import Text
from tenants.db import db

RATE, ISSUE = "billing.rate_month", "billing.issue_month"
Told = Callable[[int, int], None]
"""Called after each client with how many are done, of how many."""


def start_rating(*, actor: Actor, month: Month) -> UUID | None:
    """Have the month rated for all clients; the job's id, None where that is going on already.

    Raises Forbidden, and Invalid for a month that is not over.
    """
    actor.require(Permission.INVOICE_MANAGE)
    if month.following > now().date():
        raise Invalid(fields={"month": [Text("This month is not over yet.")]})
    return _start(RATE, actor, month)


def start_issuing(*, actor: Actor, month: Month) -> UUID | None:
    """Have every approved invoice of the month issued; the job's id. Raises Forbidden."""
    actor.require(Permission.INVOICE_MANAGE)
    return _start(ISSUE, actor, month)


def _start(kind: str, actor: Actor, month: Month) -> UUID | None:
    args = {"month": month.first.isoformat(), "actor_id": actor.id, "actor_name": actor.name}
    job_id = jobs.enqueue(kind, args=args, dedupe_key=month.first.isoformat())
    if job_id is not None:
        audit.record_provider(
            actor=actor,
            verb=f"{kind}_started",
            subject_type="month",
            subject_id=month.first.isoformat(),
        )
    return job_id


def rate_month(*, actor: Actor, month: Month, told: Told) -> None:
    """Rate client by client; `told` commits. Killed and begun again, nothing is billed twice."""
    clients = _clients(month)
    for done, tenant_id in enumerate(clients, start=1):
        _rate_or_note(actor, tenant_id, month)
        told(done, len(clients))


def _clients(month: Month) -> Sequence[int]:
    over = (now().date() - month.following).days + 1
    query = select(ContractVersion.tenant_id).where(
        ContractVersion.state == VersionState.AGREED,
        ContractVersion.valid_from <= month.last,
        ContractVersion.billing_day <= over,
    )
    return db.session.scalars(query.distinct().order_by(ContractVersion.tenant_id)).all()


def _rate_or_note(actor: Actor, tenant_id: int, month: Month) -> None:
    try:
        with db.session.begin_nested():
            rate_client(actor=actor, tenant_id=tenant_id, month=month)
    except KontorError as refused:
        run = latest_run(tenant_id, month)
        if run is None:
            run = RatingRun(id=new_id(), tenant_id=tenant_id, period=month.first)
            db.session.add(run)
        elif run.state is not RunState.CLOSED:
            drop_draft(run)
        run.state, run.rated_at = RunState.FAILED, now()
        run.trouble = [{"text": refused.text.msgid, "params": refused.text.params}]


def issue_month(*, actor: Actor, month: Month, told: Told) -> None:
    """Issue every approved invoice of the month and those before it; `told` commits."""
    query = select(Invoice.id).where(
        Invoice.state == InvoiceState.APPROVED, Invoice.period <= month.first
    )
    waiting = db.session.scalars(query.order_by(Invoice.period, Invoice.tenant_id)).all()
    for done, invoice_id in enumerate(waiting, start=1):
        try:
            issue(actor=actor, invoice_id=invoice_id)
        except Conflict as refused:
            invoice = db.session.get_one(Invoice, invoice_id)
            invoice.blocked_because = [{"code": "refused", "detail": str(refused)}]
        told(done, len(waiting))
