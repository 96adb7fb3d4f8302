"""Tells a kind of work's own functions what happens to its item (catalogue.service.BookKeeping)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app import jobs
from app.catalogue.service import BookKeeping, work_type
from app.catalogue.steps import Deed, StepResult
from app.jobs.running import checkpoint, is_long
from app.kernel.clock import now
from app.kernel.sandbox import watched
from app.work import index, queries
from app.work.models import WorkItem
from app.work.queries import WRITE_BOOKS
from app.work.rules import WorkStatus
from tenants.db import transaction


def gather(item: WorkItem) -> Mapping[str, Any]:
    """What automation and delivery may know of the client's books."""
    books = _of(item)
    return books.gather(_deed(item)) if books.gather else {}


def checked(item: WorkItem, result: StepResult) -> None:
    """The automation has spoken."""
    books = _of(item)
    if books.checked:
        books.checked(_deed(item), result)


def delivered(item: WorkItem) -> None:
    """The result is with the client."""
    books = _of(item)
    if books.delivered:
        books.delivered(_deed(item))


def taken_back(item: WorkItem) -> None:
    """The result holds no more, or there will be none."""
    books = _of(item)
    if books.taken_back:
        books.taken_back(_deed(item))


def accepted(item: WorkItem) -> None:
    """The client took the result; what takes long is written by a job of its own."""
    books = _of(item)
    if books.accepted and books.takes_long and books.takes_long(_deed(item)):
        jobs.enqueue(WRITE_BOOKS, args={"item_id": item.id}, dedupe_key=str(item.id))
    elif books.accepted:
        books.accepted(_deed(item))


def write(*, item_id: UUID) -> None:
    """In that job. A job that comes again writes what is still missing."""
    with transaction():
        item = queries.item(item_id)
        books = _of(item)
        if item.status is not WorkStatus.ACCEPTED or books.accepted is None:
            return
        deed = _deed(item)
    with watched(_committed), transaction():
        books.accepted(deed)


def _committed(done: int, of: int) -> None:
    """What was written so far is kept; whoever waits sees how far it is."""
    if is_long():
        checkpoint(done=done, of=of)


def _of(item: WorkItem) -> BookKeeping:
    return work_type(item.service_key, item.type_key).books or BookKeeping()


def _deed(item: WorkItem) -> Deed:
    return Deed(
        item_id=item.id,
        number=index.number_of(item),
        at=now(),
        values=item.values,
        payload=item.payload,
        replaces=item.rework_of_id,
        ended=item.status is WorkStatus.CANCELLED,
    )
