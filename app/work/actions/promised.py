"""Correct what is promised for an item: by a lead, with a reason, in the item's history."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.sla import actions as sla
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.terms import Work
from app.work import index, promises
from app.work.changing import changing, move, note
from app.work.models import WorkItem
from app.work.rules import FINISHED, Priority, WaitingFor, WorkStatus
from tenants.context import current_tenant


def set_due(*, actor: Actor, item_id: UUID, due_at: datetime, reason: str) -> WorkItem:
    """Promise the item for another time (aware) by hand.

    Raises Forbidden, Invalid (no reason), NotFound (nothing is promised), Conflict (ended).
    """
    with _correcting(actor, item_id) as item:
        due = sla.set_due(actor=actor, subject_id=item.id, due_at=due_at, reason=reason)
        item.due_at = due
    return item


def excuse(
    *, actor: Actor, item_id: UUID, reason: str, metric: Metric = Metric.RESOLUTION
) -> WorkItem:
    """Show the breach apart. Raises Forbidden, Invalid, NotFound, Conflict (no breach)."""
    with _correcting(actor, item_id) as item:
        due = sla.excuse(actor=actor, subject_id=item.id, metric=metric, reason=reason)
        item.due_at = due or item.due_at
    return item


def pause_backdated(
    *,
    actor: Actor,
    item_id: UUID,
    since: datetime,
    until: datetime | None = None,
    cause: Cause = Cause.CLIENT,
    reason: str,
) -> WorkItem:
    """Note a pause afterwards; without `until` the item waits from now on as well.

    Raises Forbidden, Invalid, NotFound, Conflict (finished, or waiting already).
    """
    with _correcting(actor, item_id) as item:
        if until is None:
            _wait(item, cause)
        item.due_at = sla.pause_backdated(
            actor=actor, subject_id=item.id, since=since, until=until, cause=cause, reason=reason
        )
    return item


def _wait(item: WorkItem, cause: Cause) -> None:
    if cause.value not in {kind.value for kind in WaitingFor}:
        raise Invalid(fields={"cause": ["Please choose whom the work waited for."]})
    if item.status is WorkStatus.WAITING:
        raise Conflict("%(number)s is already waiting.", number=index.number_of(item))
    if item.status is WorkStatus.NEW:
        move(item, WorkStatus.IN_PROGRESS)
    move(item, WorkStatus.WAITING)
    item.waiting_for = WaitingFor(cause.value)


def set_priority(*, actor: Actor, item_id: UUID, priority: Priority, reason: str = "") -> WorkItem:
    """Change the priority: the clocks take the target of the policy for it, by its change mode.

    Raises Forbidden, Conflict (finished).
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_ASSIGN) as item:
        _refuse_finished(item)
        before, item.priority = item.priority, int(priority)
        if before != item.priority:
            _migrate(item, actor, reason=reason)
    if before != item.priority:
        note(
            item,
            actor=actor,
            verb="work.priority_changed",
            before=before,
            after=int(priority),
            reason=reason.strip() or None,
        )
    return item


def migrate(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """Put the item under the newest version of its policy. Raises Forbidden, Invalid."""
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    with _correcting(actor, item_id) as item:
        _refuse_finished(item)
        _migrate(item, actor, reason=reason)
    note(item, actor=actor, verb="work.policy_changed", reason=reason.strip())
    return item


def wait_for_subcontractor(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """The provider's own subcontractor has the ball: its clock runs, the team's stands still.

    The promise to the client goes on, unless agreed otherwise.
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        _refuse_finished(item)
        item.due_at = sla.begin_subcontracting(subject_id=item.id, at=now())
    note(item, actor=actor, verb="work.waits_for_subcontractor", reason=reason.strip() or None)
    return item


def subcontractor_done(*, actor: Actor, item_id: UUID) -> WorkItem:
    """The subcontractor has given it back."""
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        item.due_at = sla.end_subcontracting(subject_id=item.id, at=now())
    note(item, actor=actor, verb="work.subcontractor_done")
    return item


def hand_to_team(*, actor: Actor, item_id: UUID, team: str) -> WorkItem:
    """Another team of the provider has the item: the step of the team before ends, judged."""
    if not team.strip():
        raise Invalid(fields={"team": ["Please choose a team."]})
    with changing(item_id, actor=actor, permission=Permission.WORK_ASSIGN) as item:
        _refuse_finished(item)
        item.due_at = sla.begin_step(subject_id=item.id, team=team.strip(), at=now())
    note(item, actor=actor, verb="work.handed_to_team", team=team.strip())
    return item


@contextmanager
def _correcting(actor: Actor, item_id: UUID) -> Iterator[WorkItem]:
    with changing(item_id, actor=actor, permission=Permission.SLA_CORRECT) as item:
        yield item


def _refuse_finished(item: WorkItem) -> None:
    if item.status in FINISHED:
        raise Conflict("%(number)s is already finished.", number=index.number_of(item))


def _migrate(item: WorkItem, actor: Actor, *, reason: str) -> None:
    work = Work(service_key=item.service_key, type_key=item.type_key, priority=item.priority)
    due = sla.migrate(
        actor=actor, subject_id=item.id, work=work, promised=_promised(item), reason=reason
    )
    if item.status is not WorkStatus.DELIVERED or due is not None:
        item.due_at = due


def _promised(item: WorkItem) -> dict[Metric, Target]:
    """What the contract says, where there is no policy; nothing where it has ended."""
    try:
        offer = clients.orderable(item.service_key, tenant_id=current_tenant().id, on=now().date())
    except NotFound:
        return {}
    return promises.targets(offer.promise)
