"""What is agreed with the client in scope today, as the JSON a draft begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.kernel.clock import now
from app.sla import terms
from app.sla.models import SlaClock
from app.sla.rules import agreement as agreements
from app.sla.rules import wire
from app.sla.rules.refusal import Refused
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The agreement that most clocks have, and the calendar of today; in one way of writing."""

    agreement: Mapping[str, Any] | None
    calendar: Mapping[str, Any]


def held() -> Held:
    """None for the agreement where nothing was ever promised."""
    query = (
        select(SlaClock.agreement_digest)
        .group_by(SlaClock.agreement_digest)
        .order_by(func.count().desc(), SlaClock.agreement_digest)
        .limit(1)
    )
    digest = db.session.scalars(query).first()
    calendar = terms.client_calendar(at=now())
    return Held(
        agreement=None if digest is None else agreements.agreement_json(terms.agreed(digest)),
        calendar=wire.opening_hours_json(wire.opening_hours(calendar.value)),
    )


def is_agreed(draft: Any) -> bool:
    """Whether a draft says what is agreed today, however it is written; False for nonsense."""
    try:
        return agreements.agreement_json(agreements.agreement(draft)) == held().agreement
    except Refused:
        return False


def is_calendar(draft: Any) -> bool:
    """Whether a draft is today's calendar; False for nonsense."""
    try:
        return wire.opening_hours_json(wire.opening_hours(draft)) == held().calendar
    except Refused:
        return False
