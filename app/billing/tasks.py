"""Jobs of the books: rate a month, issue a month."""

from datetime import date
from uuid import UUID

from app.billing import crediting
from app.billing.actions import months
from app.billing.rules.terms import Month
from app.identity.permissions import Permission
from app.jobs.registry import job
from app.jobs.running import checkpoint
from app.kernel.actor import Actor, Side

_RIGHTS = frozenset({Permission.INVOICE_MANAGE})
"""Asked for when the job was started; the job acts in that person's name."""


@job(months.RATE, job_class="bulk", long=True, max_attempts=3)
def rate_month(month: str, actor_id: UUID | None, actor_name: str) -> None:
    """All clients of a month, one after the other."""
    months.rate_month(actor=_actor(actor_id, actor_name), month=_month(month), told=_told)


@job(months.ISSUE, job_class="bulk", long=True, max_attempts=3)
def issue_month(month: str, actor_id: UUID | None, actor_name: str) -> None:
    """All approved invoices of a month, one after the other."""
    months.issue_month(actor=_actor(actor_id, actor_name), month=_month(month), told=_told)


def _actor(actor_id: UUID | None, name: str) -> Actor:
    return Actor(id=actor_id, name=name, side=Side.PROVIDER, permissions=_RIGHTS)


def _month(text: str) -> Month:
    return Month(first=date.fromisoformat(text))


def _told(done: int, of: int) -> None:
    checkpoint(done=done, of=of)


@job(crediting.JOB)
def propose_credits(invoice_id: UUID) -> None:
    """What the month's broken promises cost us: in the scope of the invoice's client."""
    crediting.propose(invoice_id)
