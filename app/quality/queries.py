"""Read samples, and how right the work of an operator, a service, a client was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.kernel.errors import NotFound
from app.quality.models import QualityPlan, QualitySample
from app.quality.rules import PASS_MARK, Plan
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of one operator, service or client."""

    key: Any
    name: str
    scored: int
    right: int
    average: float

    @property
    def share(self) -> float:
        """Right pieces of all that were looked at."""
        return self.right / self.scored


def plan(tenant_id: int) -> Plan:
    """The client's, else the house's."""
    row = db.session.get(QualityPlan, tenant_id)
    if row is None:
        return Plan()
    return Plan(
        amount=row.amount,
        new_operator_items=row.new_operator_items,
        every=row.every,
        random_percent=row.random_percent,
    )


def sample(sample_id: UUID) -> QualitySample:
    """Raises NotFound."""
    found = db.session.get(QualitySample, sample_id)
    if found is None:
        raise NotFound("There is no such sample.")
    return found


def samples(
    *,
    scored: bool,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
    limit: int = 100,
) -> Sequence[QualitySample]:
    """Those to look at, the oldest first; or those looked at, the newest first."""
    query = select(QualitySample).limit(limit)
    if scored:
        query = query.where(QualitySample.scored_at.is_not(None)).order_by(
            QualitySample.scored_at.desc()
        )
    else:
        query = query.where(QualitySample.scored_at.is_(None)).order_by(QualitySample.drawn_at)
    if clients is not None:
        query = query.where(QualitySample.tenant_id.in_(clients))
    if hidden_services:
        query = query.where(QualitySample.service_key.not_in(hidden_services))
    return db.session.scalars(query).all()


def by_operator(*, since: datetime, clients: frozenset[int] | None) -> Sequence[Accuracy]:
    """The least right first."""
    return _accuracy(
        QualitySample.operator_id, func.max(QualitySample.operator_name), since, clients
    )


def by_service(*, since: datetime, clients: frozenset[int] | None) -> Sequence[Accuracy]:
    """The least right first."""
    return _accuracy(QualitySample.service_key, func.max(QualitySample.service_key), since, clients)


def by_client(*, since: datetime, clients: frozenset[int] | None) -> Sequence[Accuracy]:
    """The least right first; names are the desk's to say."""
    return _accuracy(QualitySample.tenant_id, func.max(""), since, clients)


def _accuracy(
    key: Any, name: ColumnElement[str], since: datetime, clients: frozenset[int] | None
) -> list[Accuracy]:
    right = func.count().filter(QualitySample.points >= PASS_MARK)
    query = (
        select(key, name, func.count(), right, func.avg(QualitySample.points))
        .where(QualitySample.scored_at >= since)
        .group_by(key)
    )
    if clients is not None:
        query = query.where(QualitySample.tenant_id.in_(clients))
    found = [
        Accuracy(key=row[0], name=row[1] or "", scored=row[2], right=row[3], average=float(row[4]))
        for row in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.share, one.name))
