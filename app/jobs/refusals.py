"""Tickets that the relay did not write: kept as evidence, and shown to the provider's admins."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from app.jobs.models import JobRefusal
from app.kernel.clock import now
from tenants.db import db, transaction

_MOST_IN_AN_HOUR = 200
"""Whoever writes to Redis must not be able to fill the database: the log counts the rest."""
_LONGEST = 2_000


def keep(*, queue: str, ticket: str, reason: str, found: Mapping[Any, Any]) -> None:
    """Write down what was found in Redis. In the provider's books."""
    with transaction():
        recent = select(func.count()).where(JobRefusal.at > now() - timedelta(hours=1))
        if (db.session.scalar(recent) or 0) >= _MOST_IN_AN_HOUR:
            return
        row = {
            "at": now(),
            "queue": _text(queue),
            "ticket": _text(ticket),
            "reason": reason[:500],
            "found": {_text(name): _text(value) for name, value in list(found.items())[:50]},
        }
        db.session.execute(insert(JobRefusal).values(**row))


def latest(*, limit: int = 20) -> Sequence[JobRefusal]:
    """The newest refused tickets."""
    return db.session.scalars(select(JobRefusal).order_by(JobRefusal.at.desc()).limit(limit)).all()


def since(moment: datetime) -> tuple[int, datetime | None]:
    """How many there were since then, and when the latest was."""
    query = select(func.count(), func.max(JobRefusal.at)).where(JobRefusal.at > moment)
    number, latest_at = db.session.execute(query).one()
    return number, latest_at


def _text(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.replace("\x00", "")[:_LONGEST]
