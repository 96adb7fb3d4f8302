"""The clerk's part: take, assign, tick, correct, hand to review or complete."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from marshmallow import Schema, ValidationError

from app.catalogue.form_pieces import WithOpenRows
from app.catalogue.service import work_type
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.work import blind, checklists, index, queries
from app.work.actions.blind import forget as forget_second_entry
from app.work.actions.closing import deliver
from app.work.changing import changing, move, note, participate, project
from app.work.models import ChecklistEntry, WorkItem
from app.work.rules import OPEN, RELEASABLE, WorkStatus, may_review
from app.work.rules.steps import open_steps
from tenants.db import db

_NOTHING: Final[tuple[object, ...]] = (None, "", [], False)
"""Was not read, and was saved empty: no correction."""


def claim(*, actor: Actor, item_id: UUID, reason: Mapping[str, Any]) -> WorkItem | None:
    """Give the item to the actor if nobody else has it: the last step of Get next.

    None when it was lost to somebody else, who may be taking it at this very moment. `reason`
    is why this one came first; it is logged.
    """
    actor.require(Permission.WORK_PERFORM)
    item = queries.locked_if_free(item_id)
    if item is None or item.assignee_id is not None or actor.id is None:
        return None
    if item.status is WorkStatus.NEW:
        _give(item, actor)
    elif item.status is WorkStatus.REVIEW and may_review(
        actor.id, workers=index.workers_of(item.id)
    ):
        item.assignee_id, item.assignee_name = actor.id, actor.name
    else:
        return None
    project(item)
    note(item, actor=actor, verb="work.taken", reason=dict(reason))
    return item


def take(*, actor: Actor, item_id: UUID) -> WorkItem:
    """Take a certain item. Raises Conflict where somebody else has it."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if item.assignee_id not in (None, actor.id):
            raise Conflict(
                "%(number)s is with %(who)s.", number=index.number_of(item), who=item.assignee_name
            )
        if item.status is WorkStatus.REVIEW:
            _check_may_review(item, actor)
            item.assignee_id, item.assignee_name = actor.id, actor.name
        elif item.status in OPEN:
            _give(item, actor)
        else:  # what is delivered comes back by a complaint alone
            move(item, item.status)
    note(item, actor=actor, verb="work.taken")
    return item


def _give(item: WorkItem, actor: Actor) -> None:
    if item.status not in (WorkStatus.IN_PROGRESS, WorkStatus.WAITING):
        move(item, WorkStatus.IN_PROGRESS)
    item.assignee_id = item.clerk_id = actor.id
    item.assignee_name = item.clerk_name = actor.name
    participate(item, actor)


def assign(*, actor: Actor, item_id: UUID, account_id: UUID | None, name: str = "") -> WorkItem:
    """A lead gives the item to somebody, or with None back to everybody."""
    with changing(item_id, actor=actor, permission=Permission.WORK_ASSIGN) as item:
        if item.status not in (WorkStatus.NEW, WorkStatus.IN_PROGRESS, WorkStatus.WAITING):
            raise Conflict("Only open work that is not in review can be assigned.")
        item.assignee_id, item.assignee_name = account_id, name if account_id else ""
        item.clerk_id, item.clerk_name = item.assignee_id, item.assignee_name
        if account_id is None and item.status is WorkStatus.IN_PROGRESS:
            move(item, WorkStatus.NEW)
    note(item, actor=actor, verb="work.assigned", to=name or None)
    return item


def release(*, actor: Actor, item_id: UUID, reason: str = "") -> WorkItem:
    """Put one's own item back for others; a lead anybody's, with a reason.

    Raises Forbidden, Conflict (nobody holds it, or it is not open), Invalid (no reason).
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if item.assignee_id != actor.id and not actor.may(Permission.WORK_ASSIGN):
            raise Forbidden("Only who holds the item can put it back.")
        if item.assignee_id is None:
            raise Conflict("Nobody holds %(number)s.", number=index.number_of(item))
        if item.assignee_id != actor.id and not reason.strip():
            raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
        held_by = item.assignee_name if item.assignee_id != actor.id else None
        if item.status not in RELEASABLE:
            raise Conflict("Only work in progress can be put back.")
        if item.status is WorkStatus.IN_PROGRESS:
            move(item, WorkStatus.NEW)
            item.clerk_id, item.clerk_name = None, ""
        item.assignee_id, item.assignee_name = None, ""
    note(item, actor=actor, verb="work.released", held_by=held_by, reason=reason.strip() or None)
    return item


def _being_worked_on(item: WorkItem) -> None:
    if item.status not in (WorkStatus.IN_PROGRESS, WorkStatus.WAITING):
        raise Conflict("Please take %(number)s first.", number=index.number_of(item))


def tick(
    *, actor: Actor, item_id: UUID, key: str, done: bool, skills: Collection[str] = ()
) -> WorkItem:
    """Tick or untick a point of the checklist; `skills`: what this person can do today.

    Raises NotFound for an unknown point, Conflict for one that cannot be done yet or is not
    needed, Forbidden for one that somebody else has to do.
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        _being_worked_on(item)
        entry = db.session.get(ChecklistEntry, (item_id, key))
        if entry is None:
            raise NotFound("There is no such point on the checklist.")
        if done:
            entries = queries.checklist(item_id)
            checklists.check(item, entry, entries, actor=actor, skills=skills)
        entry.done_at = now() if done else None
        entry.done_by_id = actor.id if done else None
        entry.done_by_name = actor.name if done else ""
        participate(item, actor)
    note(item, actor=actor, verb="work.ticked" if done else "work.unticked", point=key)
    return item


def correct(
    *, actor: Actor, item_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> WorkItem:
    """Write what is to be delivered. Raises Invalid with the faulty fields, ItemMoved."""
    with changing(
        item_id, actor=actor, permission=Permission.WORK_PERFORM, version=version
    ) as item:
        _being_worked_on(item)
        schema_type = work_type(item.service_key, item.type_key).values
        if schema_type is None:
            raise Conflict("This kind of work has no values to correct.")
        schema = schema_type()
        try:
            loaded = schema.load(values)
        except ValidationError as faulty:
            raise Invalid(fields=dict(faulty.messages_dict)) from None
        before, item.values = _as_saved(schema, item.values), dict(schema.dump(loaded))
        participate(item, actor)
    changed = {
        key: [before.get(key), value]
        for key, value in item.values.items()
        if before.get(key) != value and not (before.get(key) in _NOTHING and value in _NOTHING)
    }
    if changed:
        note(item, actor=actor, verb="work.corrected", changed=changed)
    return item


def _as_saved(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """As saving writes them, so that `80` saved as `80.00` is no correction."""
    told = dict(values)
    for key, value in values.items():
        field = schema.fields.get(key)
        if field is not None and value is not None:
            with suppress(ValidationError):
                told[key] = field.serialize(key, {key: field.deserialize(value)})
    return told


def hand_over(*, actor: Actor, item_id: UUID, version: int | None = None) -> WorkItem:
    """The clerk is done: to review where four eyes are asked for, else straight to the client.

    Raises Conflict while a mandatory point is open.
    """
    with changing(
        item_id, actor=actor, permission=Permission.WORK_PERFORM, version=version
    ) as item:
        if item.status is not WorkStatus.IN_PROGRESS:
            _being_worked_on(item)
        steps = [checklists.step_of(entry) for entry in queries.checklist(item_id)]
        open_points = open_steps(steps, checklists.known(item))
        if open_points:
            raise Conflict(
                "Points of the checklist that are still open: %(count)s.", count=len(open_points)
            )
        _check_values(item)
        participate(item, actor)
        item.clerk_id, item.clerk_name = actor.id, actor.name
        if item.four_eyes:
            forget_second_entry(item)
            move(item, WorkStatus.REVIEW)
            item.assignee_id, item.assignee_name = None, ""
            note(item, actor=actor, verb="work.handed_to_review")
        else:
            deliver(item, actor=actor)
    return item


def _check_values(item: WorkItem) -> None:
    schema_type = work_type(item.service_key, item.type_key).values
    if schema_type is None:
        return
    schema = schema_type()
    try:
        loaded = schema.load(item.values)
        faulty = schema.still_open(loaded) if isinstance(schema, WithOpenRows) else {}
    except ValidationError as wrong:
        faulty = wrong.messages_dict
    if faulty:
        raise Invalid("Please correct and save the values first.", fields=dict(faulty))


def withdraw(*, actor: Actor, item_id: UUID) -> WorkItem:
    """Undo handing over: the clerk takes it back while no checker has it."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if item.status is not WorkStatus.REVIEW or item.assignee_id is not None:
            raise Conflict("%(number)s cannot be taken back now.", number=index.number_of(item))
        if item.clerk_id != actor.id:
            raise Forbidden("Only who handed it over can take it back.")
        move(item, WorkStatus.IN_PROGRESS)
        item.assignee_id, item.assignee_name = item.clerk_id, item.clerk_name
    note(item, actor=actor, verb="work.withdrawn")
    return item


def approve(*, actor: Actor, item_id: UUID, version: int | None = None) -> WorkItem:
    """The second person agrees: the item is delivered. Raises Forbidden for who worked on it."""
    with changing(item_id, actor=actor, permission=Permission.WORK_REVIEW, version=version) as item:
        if item.status is not WorkStatus.REVIEW:
            raise Conflict("%(number)s is not in review.", number=index.number_of(item))
        _check_may_review(item, actor)
        blind.check_before_approval(item, actor)
        note(item, actor=actor, verb="work.approved")
        deliver(item, actor=actor)
    return item


def reject(*, actor: Actor, item_id: UUID, reason: str, version: int | None = None) -> WorkItem:
    """The second person sends it back to the clerk. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    with changing(item_id, actor=actor, permission=Permission.WORK_REVIEW, version=version) as item:
        if item.status is not WorkStatus.REVIEW:
            raise Conflict("%(number)s is not in review.", number=index.number_of(item))
        _check_may_review(item, actor)
        move(item, WorkStatus.IN_PROGRESS)
        item.assignee_id, item.assignee_name = item.clerk_id, item.clerk_name
    note(item, actor=actor, verb="work.rejected", reason=reason.strip())
    return item


def _check_may_review(item: WorkItem, actor: Actor) -> None:
    if not may_review(actor.id, workers=index.workers_of(item.id)):
        raise Forbidden(
            "You worked on %(number)s yourself: a second person has to check it.",
            number=index.number_of(item),
        )
