"""What the workers and the ticker do about money."""

from datetime import timedelta
from uuid import UUID

from app.adapters import stripe
from app.collecting import applying, crediting, dunning, fees, inbox, looking, outside, pushing
from app.collecting.at_stripe import StillProcessing
from app.jobs.actions import enqueue
from app.jobs.registry import job, periodic, scheduled
from app.kernel.clock import now
from tenants.db import transaction

_TOMORROW = timedelta(days=1)


@job(inbox.APPLY, job_class="external", max_attempts=10, first_pause=5, time_limit=60)
def apply_event(event_id: UUID) -> None:
    """Apply one of Stripe's events; the row's lock is held until it is done."""
    applying.apply(event_id)


@job(pushing.JOB, job_class="external", long=True, max_attempts=10, first_pause=5, time_limit=900)
def push(invoice_id: UUID) -> None:
    """Bring an invoice to Stripe."""
    pushing.push(invoice_id)


@job(crediting.JOB, job_class="external", long=True, max_attempts=10, first_pause=5)
def credit(invoice_id: UUID, correction_id: UUID) -> None:
    """Take an invoice back at Stripe; again tomorrow while its money is on the way."""
    try:
        crediting.credit(invoice_id, correction_id)
    except StillProcessing:
        _again_tomorrow(crediting.JOB, invoice_id=invoice_id, correction_id=correction_id)


@job(outside.JOB, job_class="external", long=True, max_attempts=10, first_pause=5)
def mark_paid_outside(invoice_id: UUID) -> None:
    """Say at Stripe that an invoice was paid elsewhere; again tomorrow while a debit of it runs."""
    try:
        outside.mark(invoice_id)
    except StillProcessing:
        _again_tomorrow(outside.JOB, invoice_id=invoice_id)


def _again_tomorrow(kind: str, **args: UUID) -> None:
    with transaction():
        enqueue(kind, args=args, run_at=now() + _TOMORROW)


@periodic(seconds=60)
def sweep_events() -> None:
    """Events whose job was lost are applied all the same."""
    with transaction():
        inbox.sweep()


@job("collecting.catch_up", job_class="external", long=True)
def catch_up() -> None:
    """Events that no webhook brought."""
    if stripe.settings().secret_key:
        looking.catch_up()


@job("collecting.reconcile", job_class="external", long=True, time_limit=3600)
def reconcile() -> None:
    """Compare our books with Stripe, and learn what it kept."""
    if stripe.settings().secret_key:
        looking.reconcile()
        fees.learn()


@job("collecting.dun", job_class="bulk")
def dun() -> None:
    """Remind of what is overdue."""
    dunning.dun()


scheduled("collecting.catch_up", cron="7 * * * *", per_client=False)
scheduled("collecting.reconcile", cron="40 2 * * *", per_client=False)
scheduled("collecting.dun", cron="15 7 * * *", per_client=False)
