"""Deeds that can be taken back: each remembers how the item was before.

Taking back restores who holds the item and in which state, as long as nobody has changed it since.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.audit import queries as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.work import index, queries, time_queries
from app.work.actions import handling, passing, promised
from app.work.actions.passing import Colleague
from app.work.changing import changing, note
from app.work.deed_models import WorkDeed
from app.work.models import Participation, WorkItem
from app.work.rules import Priority, WorkStatus
from tenants.context import current_tenant
from tenants.db import db

UNDO_FOR = timedelta(minutes=10)
KEPT = timedelta(days=1)


class Kind(StrEnum):
    """What can be done to many at once."""

    TAKE = "take"
    PUT_BACK = "put_back"
    HAND_ON = "hand_on"
    PRIORITY = "priority"
    ASSIGN = "assign"
    """A lead gives it to somebody whatever the skills, or back to everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be done."""

    kind: Kind
    priority: Priority = Priority.NORMAL
    colleague: Colleague | None = None
    assignee: tuple[UUID | None, str] = (None, "")
    remark: str = ""


def perform(*, actor: Actor, item_id: UUID, deed: Deed, batch_id: UUID | None = None) -> WorkDeed:
    """Do it, so that it can be taken back. Raises what the deed raises."""
    if actor.id is None:
        raise Invalid("Only people take work.")
    item = queries.locked(item_id)
    before = _state(item, actor.id)
    _do(actor, item_id, deed)
    db.session.flush()
    return _remember(actor.id, item, deed, batch_id=batch_id, before=before)


def refuse(*, actor: Actor, item_id: UUID, deed: Deed, batch_id: UUID, why: Text) -> None:
    """Remember that this one of several was not done, and why."""
    if actor.id is not None:
        _remember(actor.id, queries.item(item_id), deed, batch_id=batch_id, refused=_packed(why))


def _packed(text: Text) -> dict[str, Any]:
    values = {k: _packed(v) if isinstance(v, Text) else str(v) for k, v in text.params.items()}
    return {"id": text.msgid, "with": values}


def unpacked(refused: dict[str, Any]) -> Text:
    """The sentence again."""
    values = {k: unpacked(v) if isinstance(v, dict) else v for k, v in refused["with"].items()}
    return Text(refused["id"], **values)


def _remember(
    account_id: UUID,
    item: WorkItem,
    deed: Deed,
    *,
    batch_id: UUID | None,
    before: dict[str, Any] | None = None,
    refused: dict[str, Any] | None = None,
) -> WorkDeed:
    done = WorkDeed(
        id=new_id(),
        batch_id=batch_id or new_id(),
        tenant_id=current_tenant().id,
        item_id=item.id,
        account_id=account_id,
        kind=deed.kind.value,
        number=index.number_of(item),
        title=item.title,
        before=before or {},
        version=item.version,
        at=now(),
        refused=refused,
    )
    db.session.add(done)
    db.session.flush()
    return done


def _do(actor: Actor, item_id: UUID, deed: Deed) -> None:
    match deed.kind:
        case Kind.TAKE:
            handling.take(actor=actor, item_id=item_id)
        case Kind.PUT_BACK:
            handling.release(actor=actor, item_id=item_id, reason=deed.remark)
        case Kind.PRIORITY:
            promised.set_priority(
                actor=actor, item_id=item_id, priority=deed.priority, reason=deed.remark
            )
        case Kind.ASSIGN:
            account_id, name = deed.assignee
            handling.assign(actor=actor, item_id=item_id, account_id=account_id, name=name)
        case Kind.HAND_ON:
            if deed.colleague is None:
                raise Invalid("Please choose a person.")
            passing.hand_to(
                actor=actor, item_id=item_id, colleague=deed.colleague, remark=deed.remark
            )


def _state(item: WorkItem, account_id: UUID) -> dict[str, Any]:
    return {
        "status": item.status.value,
        "priority": item.priority,
        "assignee": [str(item.assignee_id or ""), item.assignee_name],
        "clerk": [str(item.clerk_id or ""), item.clerk_name],
        "worked": account_id in index.workers_of(item.id),
    }


def undo(*, actor: Actor, deed_id: UUID) -> WorkItem:
    """Take one's own deed back.

    Raises NotFound, Forbidden (somebody else's), Conflict (too late, or changed since).
    """
    done = db.session.scalar(select(WorkDeed).where(WorkDeed.id == deed_id).with_for_update())
    if done is None or done.tenant_id != current_tenant().id:
        raise NotFound("There is no such deed.")
    if done.account_id != actor.id:
        raise Forbidden("Only who did it can take it back.")
    if done.undone_at is not None or done.refused is not None:
        raise Conflict("It has been taken back already.")
    if now() - done.at > UNDO_FOR:
        raise Conflict("It is too late to take this back.")
    item = queries.locked(done.item_id)
    if item.version != done.version or _worked_since(done):
        raise Conflict(
            "%(number)s has been changed since: it is left as it is.", number=index.number_of(item)
        )
    if done.kind == Kind.PRIORITY:
        before = Priority(done.before["priority"])
        promised.set_priority(actor=actor, item_id=item.id, priority=before)
    else:
        _restore(actor, done)
    done.undone_at = now()
    db.session.flush()
    return item


def _worked_since(done: WorkDeed) -> bool:
    """A step was ticked or time noted: neither counts the item's version up."""
    if done.kind == Kind.PRIORITY:
        return False
    steps = queries.checklist(done.item_id)
    times = time_queries.of_item(done.item_id, account_id=None).entries
    return any(step.done_at is not None and step.done_at > done.at for step in steps) or any(
        entry.started_at > done.at for entry in times
    )


def _restore(actor: Actor, done: WorkDeed) -> None:
    before = done.before
    with changing(done.item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        item.status = WorkStatus(before["status"])
        item.assignee_id, item.assignee_name = _person(before["assignee"])
        item.clerk_id, item.clerk_name = _person(before["clerk"])
        if done.kind == Kind.TAKE and not before.get("worked", True):
            _step_back(done)
    note(item, actor=actor, verb="work.undone", deed=done.kind)


def _step_back(done: WorkDeed) -> None:
    """Who took it by mistake and did nothing to it may check it later; a wall's side stays."""
    mine = [
        entry
        for entry in audit.history(subject_type="work_item", subject_id=done.item_id)
        if entry.actor_id == done.account_id and entry.at > done.at
    ]
    if not mine:
        db.session.execute(
            delete(Participation).where(
                Participation.item_id == done.item_id, Participation.account_id == done.account_id
            )
        )


def _person(kept: list[str]) -> tuple[UUID | None, str]:
    key, name = kept
    return (UUID(key) if key else None), name


def forget() -> None:
    """Forget what can no longer be taken back, of the client in scope."""
    old = (WorkDeed.tenant_id == current_tenant().id, WorkDeed.at < now() - KEPT)
    db.session.execute(delete(WorkDeed).where(*old))
