"""What endangers promises, over all clients: read from the provider's index alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.work.models import WorkIndex
from tenants.db import db

MOST_COUNTED = 1000


class Group(StrEnum):
    """The radar's groups, the gravest first."""

    LATE = "late"
    AT_RISK = "at_risk"
    PAUSED = "paused"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """What is looked for. `clients` restricts an operator; None means every client."""

    hours: int = 4
    """Due within that time is at risk."""
    paused_days: int = 5
    """Standing still for longer than that is too long."""
    clients: frozenset[int] | None = None
    tenant_id: int | None = None
    service_key: str = ""
    hidden_services: frozenset[str] = frozenset()
    assignee_id: UUID | None = None
    only_unassigned: bool = False
    team: str = ""


def page(
    wanted: Radar, group: Group, *, at: datetime, limit: int, skip: int = 0
) -> Sequence[WorkIndex]:
    """The rows of one group, the gravest first."""
    order = {
        Group.LATE: WorkIndex.next_due_at,
        Group.AT_RISK: WorkIndex.next_due_at,
        Group.PAUSED: WorkIndex.paused_since,
        Group.UNMEASURED: WorkIndex.urgent_at,
    }[group]
    query = select(WorkIndex).where(*_conditions(wanted, group, at=at))
    query = query.order_by(order, WorkIndex.item_id).offset(skip).limit(limit)
    return db.session.scalars(query).all()


def counts(wanted: Radar, *, at: datetime) -> dict[Group, int]:
    """Every group's size in one round trip; counting stops at a thousand."""
    columns = []
    for group in Group:
        inner = (
            select(WorkIndex.item_id)
            .where(*_conditions(wanted, group, at=at))
            .limit(MOST_COUNTED)
            .subquery()
        )
        columns.append(select(func.count()).select_from(inner).scalar_subquery())
    found = db.session.execute(select(*columns)).one()
    return dict(zip(Group, found, strict=True))


def assignees(*, clients: frozenset[int] | None) -> Mapping[UUID, str]:
    """Who holds open work, by name."""
    is_open: ColumnElement[bool] = WorkIndex.is_open.expression
    query = (
        select(WorkIndex.assignee_id, func.max(WorkIndex.assignee_name))
        .where(is_open, WorkIndex.assignee_id.is_not(None))
        .group_by(WorkIndex.assignee_id)
    )
    if clients is not None:
        query = query.where(WorkIndex.tenant_id.in_(clients))
    found = [(who, name) for who, name in db.session.execute(query) if who is not None]
    return dict(sorted(found, key=lambda one: one[1].casefold()))


def teams() -> Sequence[str]:
    """Those whose step something open is."""
    is_open: ColumnElement[bool] = WorkIndex.is_open.expression
    query = select(WorkIndex.team).where(is_open, WorkIndex.team != "").distinct()
    return db.session.scalars(query.order_by(WorkIndex.team)).all()


def _conditions(wanted: Radar, group: Group, *, at: datetime) -> list[ColumnElement[bool]]:
    conditions = _group(wanted, group, at=at)
    if wanted.clients is not None:
        conditions.append(WorkIndex.tenant_id.in_(wanted.clients))
    if wanted.tenant_id is not None:
        conditions.append(WorkIndex.tenant_id == wanted.tenant_id)
    if wanted.hidden_services:
        conditions.append(WorkIndex.service_key.not_in(wanted.hidden_services))
    if wanted.service_key:
        conditions.append(WorkIndex.service_key == wanted.service_key)
    if wanted.team:
        conditions.append(WorkIndex.team == wanted.team)
    if wanted.assignee_id is not None:
        conditions.append(WorkIndex.assignee_id == wanted.assignee_id)
    elif wanted.only_unassigned:
        conditions.append(WorkIndex.assignee_id.is_(None))
    return conditions


def _group(wanted: Radar, group: Group, *, at: datetime) -> list[ColumnElement[bool]]:
    # The bare column: `is_open IS true` would not find the indexes made `where is_open`.
    is_open: ColumnElement[bool] = WorkIndex.is_open.expression
    is_measured: ColumnElement[bool] = WorkIndex.is_measured.expression
    # A response runs on while the resolution is paused; a paused clock has no due time.
    runs = [is_open, WorkIndex.next_due_at.is_not(None)]
    soon = at + timedelta(hours=wanted.hours)
    found: dict[Group, list[Any]] = {
        Group.LATE: [*runs, WorkIndex.next_due_at < at],
        Group.AT_RISK: [*runs, WorkIndex.next_due_at >= at, WorkIndex.next_due_at <= soon],
        Group.PAUSED: [
            is_open,
            WorkIndex.paused_since.is_not(None),
            WorkIndex.paused_since <= at - timedelta(days=wanted.paused_days),
        ],
        Group.UNMEASURED: [is_open, ~is_measured],
    }
    return found[group]
