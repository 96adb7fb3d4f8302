"""Time on items: a timer, entries by hand, the lead's approval, budgets and rounding."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.work import queries, time_queries
from app.work.changing import note
from app.work.index import number_of
from app.work.time_models import TimeBudget, TimeEntry, TimeRule
from app.work.time_rules import MOST_SECONDS, seconds_of
from tenants.context import current_tenant
from tenants.db import db


def start(*, actor: Actor, item_id: UUID) -> None:
    """Start one's timer on the item. Raises NotFound, Conflict where one runs, on any item."""
    queries.item(item_id)
    if _running(actor) is not None or not _insert(actor, item_id, at=now(), seconds=None):
        raise Conflict("Your timer is running already: please stop it first.")


def stop(*, actor: Actor, item_id: UUID, text: str = "") -> TimeEntry:
    """Stop one's timer on the item. Raises NotFound, Conflict where none runs."""
    item = queries.item(item_id)
    entry = _running(actor)
    if entry is None or entry.item_id != item_id:
        raise Conflict("No timer of yours is running here.")
    entry.seconds = max(1, min(int((now() - entry.started_at).total_seconds()), MOST_SECONDS))
    entry.note = text.strip()[:500]
    note(item, actor=actor, verb="work.time_noted", seconds=entry.seconds)
    return entry


def enter(*, actor: Actor, item_id: UUID, typed: str, text: str = "") -> None:
    """Note time afterwards: `1:30`, `90`, `1h 30`. Raises NotFound, Invalid."""
    item = queries.item(item_id)
    seconds = seconds_of(typed)
    if seconds is None:
        raise Invalid("Please give a time such as 1:30 or 45 (minutes).")
    _insert(actor, item_id, at=now(), seconds=seconds, text=text.strip()[:500])
    note(item, actor=actor, verb="work.time_noted", seconds=seconds)


def _insert(
    actor: Actor, item_id: UUID, *, at: datetime, seconds: int | None, text: str = ""
) -> bool:
    actor.require(Permission.WORK_PERFORM)
    item = queries.item(item_id)
    statement = insert(TimeEntry).values(
        tenant_id=current_tenant().id, item_id=item_id, item_number=number_of(item),
        service_key=item.service_key, account_id=actor.id, account_name=actor.name,
        started_at=at, seconds=seconds, note=text, billable=item.billable,
    )  # fmt: skip
    made = db.session.execute(statement.on_conflict_do_nothing().returning(TimeEntry.id))
    return made.first() is not None


def _running(actor: Actor) -> TimeEntry | None:
    query = select(TimeEntry).where(TimeEntry.account_id == actor.id, TimeEntry.seconds.is_(None))
    return db.session.scalar(query.with_for_update())


def strike(*, actor: Actor, item_id: UUID, time_id: UUID) -> None:
    """Take one's own entry away while it is not approved. Raises NotFound, Conflict."""
    actor.require(Permission.WORK_PERFORM)
    gone = delete(TimeEntry).where(
        TimeEntry.id == time_id, TimeEntry.item_id == item_id,
        TimeEntry.tenant_id == current_tenant().id, TimeEntry.account_id == actor.id,
        TimeEntry.approved_at.is_(None),
    )  # fmt: skip
    if db.session.execute(gone.returning(TimeEntry.id)).first() is None:
        raise NotFound("There is no such time of yours that could be struck.")
    note(queries.item(item_id), actor=actor, verb="work.time_struck")


def approve(*, actor: Actor, time_id: UUID) -> TimeEntry:
    """A lead approves somebody else's time; from now on it can be billed and never changes.

    In the provider's books. Raises Forbidden (also for one's own), NotFound, Conflict.
    """
    actor.require(Permission.WORK_ASSIGN)
    entry = db.session.get(TimeEntry, time_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound("There is no such time entry.")
    if entry.account_id == actor.id:
        raise Forbidden("Nobody approves their own time.")
    if entry.seconds is None or entry.approved_at is not None:
        raise Conflict("This time cannot be approved now.")
    entry.rounded_seconds = time_queries.rounding(entry.tenant_id).of(entry.seconds)
    entry.approved_at, entry.approved_by_id = now(), actor.id
    entry.approved_by_name = actor.name
    return entry


def approve_others(*, actor: Actor, waiting: Iterable[TimeEntry]) -> int:
    """Approve these as far as they are somebody else's time; how many. Raises as `approve`."""
    others = [one.id for one in waiting if one.account_id != actor.id]
    for time_id in others:
        approve(actor=actor, time_id=time_id)
    return len(others)


def plan(*, actor: Actor, item_id: UUID, typed: str) -> None:
    """A lead says how long the item is meant to take. Raises Forbidden, Invalid."""
    actor.require(Permission.WORK_ASSIGN)
    item = queries.item(item_id)
    seconds = seconds_of(typed)
    if seconds is None:
        raise Invalid("Please give a time such as 1:30 or 45 (minutes).")
    row = {"tenant_id": current_tenant().id, "item_id": item_id, "seconds": seconds}
    statement = insert(TimeBudget).values(row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "item_id"], set_={"seconds": seconds}
        )
    )
    note(item, actor=actor, verb="work.time_planned", seconds=seconds)


def agree_rounding(*, actor: Actor, tenant_id: int, step_minutes: int, up: bool) -> None:
    """How this client's time is rounded from now on; what is approved stays. In the books."""
    actor.require(Permission.CLIENT_MANAGE)
    if not 1 <= step_minutes <= 480:
        raise Invalid("A step has 1 to 480 minutes.")
    values = {"step_minutes": step_minutes, "up": up}
    statement = insert(TimeRule).values(tenant_id=tenant_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    audit.record_provider(
        actor=actor,
        verb="time.rounding_agreed",
        subject_type="client",
        subject_id=tenant_id,
        detail=values,
    )
