"""What Get next offers, and in which order it is tried while others try for the same."""

from collections.abc import Iterator, Sequence
from random import SystemRandom
from threading import Lock
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select

from app.work.models import WorkIndex
from app.work.rules import WorkStatus
from tenants.db import among, db

Offer = TypeVar("Offer", bound=tuple[int, UUID, *tuple[object, ...]])

BESIDE = 8
"""So many of the next most urgent are tried at random."""
TRIED_FOR = 0.5
"""Seconds: whoever found an item free before that has tried it or found it gone."""
_tried: dict[UUID, float] = {}
_lock = Lock()


def candidates(
    *,
    operator_id: UUID,
    services: Sequence[str],
    clients: frozenset[int] | None,
    may_review: bool,
    limit: int = 20,
) -> Sequence[Row[Any]]:
    """What Get next may give this person, the most urgent first: new work nobody holds, and
    reviews of work this person did not touch. Two partial indexes, never a scan.
    """
    allowed: list[ColumnElement[bool]] = [among(WorkIndex.service_key, services)]
    if clients is not None:
        allowed.append(among(WorkIndex.tenant_id, clients))
    fresh = _most_urgent(
        and_(WorkIndex.status == WorkStatus.NEW, WorkIndex.assignee_id.is_(None), *allowed), limit
    )
    found = list(db.session.execute(fresh))
    if may_review:
        reviews = _most_urgent(
            and_(
                WorkIndex.status == WorkStatus.REVIEW,
                WorkIndex.assignee_id.is_(None),
                ~WorkIndex.worker_ids.contains([str(operator_id)]),
                *allowed,
            ),
            limit,
        )
        found += db.session.execute(reviews)
    return sorted(found, key=lambda row: (row.urgent_at, row.item_id))[:limit]


_OFFERED = (
    "tenant_id", "item_id", "status", "service_key", "priority", "received_at", "due_at",
    "urgent_at",
)  # fmt: skip


def _most_urgent(condition: ColumnElement[bool], limit: int) -> Select[Any]:
    return (
        select(*(getattr(WorkIndex, name) for name in _OFFERED))
        .where(condition)
        .order_by(WorkIndex.urgent_at, WorkIndex.item_id)
        .limit(limit)
    )


def in_turn(offers: Sequence[Offer]) -> Iterator[Offer]:
    """The most urgent, then its neighbours at random; last what this process tried just now.

    Whoever loses the first to somebody else would lose the second to the same crowd: eight people
    at once cost each other 5.6 lost tries an item in strict order (`make bench`).
    """
    near = list(offers[1 : 1 + BESIDE])
    SystemRandom().shuffle(near)
    crowded = []
    for offer in (*offers[:1], *near, *offers[1 + BESIDE :]):
        if _is_ours(offer[1]):
            yield offer
        else:
            crowded.append(offer)
    yield from crowded


def _is_ours(item_id: UUID) -> bool:
    """Whether nobody else of this process is at it; from now on, we are."""
    at = monotonic()
    with _lock:
        if _tried.get(item_id, 0.0) > at:
            return False
        if len(_tried) > 1000:
            for key in [key for key, until in _tried.items() if until <= at]:
                del _tried[key]
        _tried[item_id] = at + TRIED_FOR
    return True
