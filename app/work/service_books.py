"""Tells a kind of work's own functions what happens to its item (catalogue.service.BookKeeping)."""

from collections.abc import Mapping
from typing import Any

from app.catalogue.service import BookKeeping, work_type
from app.catalogue.steps import Deed, StepResult
from app.kernel.clock import now
from app.work import index
from app.work.models import WorkItem
from app.work.rules import WorkStatus


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
    """The client took the result."""
    books = _of(item)
    if books.accepted:
        books.accepted(_deed(item))


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
