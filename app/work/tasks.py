"""What the worker does for work items: let the automation speak, accept what was not answered."""

from uuid import UUID

from app import jobs
from app.audit import access
from app.jobs import queries as job_queries
from app.jobs.registry import job, periodic, scheduled
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.work import (
    desk_queries,
    findable,
    idempotency,
    queries,
    reminding,
    service_books,
    telling,
)
from app.work.actions import automation, closing, deeds, recurring
from tenants.db import transaction
from tenants.registry import UnknownTenant, by_id
from tenants.scope import tenant_scope


@job(queries.CHECK, job_class="interactive", long=True, max_attempts=3)
def check(item_id: UUID) -> None:
    """Run the service's automation over the item's files."""
    automation.check(item_id=item_id)


@job(queries.WRITE_BOOKS, job_class="bulk", long=True, max_attempts=10)
def write_books(item_id: UUID) -> None:
    """Write what an accepted item means for the client's books, where that takes long."""
    service_books.write(item_id=item_id)


@job("work.accept_overdue")
def accept_overdue(item_id: UUID) -> None:
    """Accept an item whose time to complain is over."""
    closing.accept_overdue(item_id=item_id)


@job(findable.JOB, job_class="bulk", long=True, max_attempts=2)
def read_file(item_id: UUID, document_id: UUID) -> None:
    """Read the words of a file, so that it can be found by them."""
    findable.read_file(item_id=item_id, document_id=document_id)


@periodic(seconds=60)
def accept_what_was_not_answered() -> None:
    """Find delivered items whose time is over, and have each accepted by a job of its client."""
    with transaction():
        overdue = desk_queries.overdue_for_acceptance(at=now())
        given_up = job_queries.dead_keys("work.accept_overdue")
    for tenant_id, item_id in overdue:
        if str(item_id) in given_up:
            continue
        try:
            client = by_id(tenant_id)
        except UnknownTenant:
            continue
        with tenant_scope(client), transaction():
            jobs.enqueue("work.accept_overdue", args={"item_id": item_id}, dedupe_key=str(item_id))


@job("work.forget_keys", job_class="bulk")
def forget_old_keys() -> None:
    """Forget requests that nobody repeats any more, and deeds that nobody can take back."""
    idempotency.forget()
    deeds.forget()


scheduled("work.forget_keys", cron="20 3 * * *", per_client=True)


@job("work.open_periods")
def open_periods() -> None:
    """Open the periods of recurring work whose time has come."""
    recurring.open_due()


scheduled("work.open_periods", cron="12 * * * *", per_client=True)


@periodic(seconds=5)
def tell_of_promises() -> None:
    """Write to people about promises that run out or were broken."""
    telling.tell()


@job("work.note_export", job_class="bulk")
def note_export(account_id: UUID, person: str, reason: str) -> None:
    """Note for the client that somebody of ours took out a list with its work."""
    access.note(
        actor=Actor(id=account_id, name=person, side=Side.PROVIDER),
        subject_type="export",
        subject_id=account_id,
        about_id=account_id,
        reason=access.Reason(reason),
    )


@job("work.remind_of_documents")
def remind_of_documents(request_id: UUID) -> None:
    """Remind the client of documents that are still missing, where they are."""
    reminding.remind(request_id)
