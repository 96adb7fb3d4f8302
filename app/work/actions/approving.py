"""A client's approvals: keep the matrix, name substitutes, approve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.identity.queries import members
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.text import Text
from app.work import approval_queries
from app.work.approval_models import (
    Approval,
    ApprovalRule,
    ApprovalRulePerson,
    ApprovalSubstitute,
)
from app.work.changing import note
from app.work.models import WorkItem
from tenants.context import current_tenant
from tenants.db import db

MOST_NEEDED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the matrix to be."""

    service_key: str
    from_minor: int
    needed: int
    approvers: Mapping[UUID, str]
    """Account → name."""


def add_rule(*, actor: Actor, line: Line) -> ApprovalRule:
    """Ask for approvals from an amount on. Raises Forbidden, Invalid."""
    actor.require(Permission.PEOPLE_MANAGE)
    if not line.approvers:
        raise Invalid(fields={"approvers": ["Please choose who approves."]})
    if not 1 <= line.needed <= min(MOST_NEEDED, len(line.approvers)):
        raise Invalid(fields={"needed": ["So many cannot approve."]})
    if line.from_minor < 0:
        raise Invalid(fields={"from_amount": ["An amount is not negative."]})
    _refuse_part_sight(line.approvers, field="approvers")
    rule = ApprovalRule(
        service_key=line.service_key,
        from_minor=line.from_minor,
        needed=line.needed,
        created_at=now(),
        created_by_name=actor.name,
    )
    db.session.add(rule)
    db.session.flush()
    for account_id, name in line.approvers.items():
        db.session.add(ApprovalRulePerson(rule_id=rule.id, account_id=account_id, person=name))
    db.session.flush()
    _record(
        actor, "approval.rule_added", rule.id, from_minor=line.from_minor, needed=line.needed,
        approvers=sorted(line.approvers.values()),
    )  # fmt: skip
    return rule


def remove_rule(*, actor: Actor, rule_id: UUID) -> None:
    """Ask for it no more. Raises Forbidden, NotFound."""
    actor.require(Permission.PEOPLE_MANAGE)
    rule = db.session.get(ApprovalRule, rule_id)
    if rule is None:
        raise NotFound("There is no such rule.")
    db.session.execute(delete(ApprovalRulePerson).where(ApprovalRulePerson.rule_id == rule_id))
    db.session.delete(rule)
    db.session.flush()
    _record(actor, "approval.rule_removed", rule_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Who stands in for whom."""

    account_id: UUID
    person: str
    substitute_id: UUID
    substitute: str
    starts_on: date
    ends_on: date


def stand_in(*, actor: Actor, stand: Stand) -> ApprovalSubstitute:
    """Name a substitute: for oneself, or as the client's admin for anybody.

    Raises Forbidden, Invalid.
    """
    _may_for(actor, stand.account_id)
    if stand.account_id == stand.substitute_id:
        raise Invalid(fields={"substitute_id": ["Nobody is their own substitute."]})
    if stand.ends_on < stand.starts_on:
        raise Invalid(fields={"ends_on": ["The last day lies before the first."]})
    _refuse_part_sight({stand.substitute_id: stand.substitute}, field="substitute_id")
    row = ApprovalSubstitute(
        account_id=stand.account_id, person=stand.person, substitute_id=stand.substitute_id,
        substitute=stand.substitute, starts_on=stand.starts_on, ends_on=stand.ends_on,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record(
        actor, "approval.substitute_named", row.id, person=stand.person,
        substitute=stand.substitute, starts_on=stand.starts_on.isoformat(),
        ends_on=stand.ends_on.isoformat(),
    )  # fmt: skip
    return row


def _refuse_part_sight(people: Mapping[UUID, str], *, field: str) -> None:
    """Whoever approves by rule has to see what it is about."""
    seeing = {one.account_id for one in members(current_tenant().id) if not one.sees_all}
    if names := sorted(name for key, name in people.items() if key in seeing):
        problem = Text(
            "%(names)s: sees only a part of the requests, so cannot approve by rule.",
            names=", ".join(names),
        )
        raise Invalid(fields={field: [problem]})


def end_stand_in(*, actor: Actor, substitute_id: UUID) -> None:
    """The person approves again. Raises Forbidden, NotFound."""
    row = db.session.get(ApprovalSubstitute, substitute_id)
    if row is None:
        raise NotFound("There is no such substitute.")
    _may_for(actor, row.account_id)
    db.session.delete(row)
    db.session.flush()
    _record(actor, "approval.substitute_removed", substitute_id, person=row.person)


def _may_for(actor: Actor, account_id: UUID) -> None:
    actor.require(Permission.WORK_ACCEPT)
    if actor.id != account_id:
        actor.require(Permission.PEOPLE_MANAGE)


def approve(item: WorkItem, *, actor: Actor) -> bool:
    """Give one's voice to a delivered result (inside the caller's change); whether it is enough.

    True at once where no line of the matrix fits. Raises Forbidden for who is not asked, has
    approved already, or is no person.
    """
    seen = approval_queries.standing(item, person=actor.id)
    if seen is None:
        return True
    if actor.side is not Side.CLIENT or actor.id is None:
        raise Forbidden("This result needs the approval of certain people.")
    if any(one.account_id == actor.id for one in seen.given):
        raise Forbidden("You have approved this already: a second person has to.")
    if seen.for_whom is None:
        raise Forbidden("This result needs the approval of certain people.")
    db.session.add(
        Approval(
            item_id=item.id,
            account_id=actor.id,
            person=actor.name,
            instead_of=seen.for_whom,
            at=now(),
        )
    )
    db.session.flush()
    after = approval_queries.standing(item, person=actor.id)
    enough = after is None or after.is_complete
    note(item, actor=actor, verb="work.approval_given", left=after.left if after else 0)
    return enough


def forget(item: WorkItem) -> None:
    """What was approved is no longer the result (inside the caller's change)."""
    db.session.execute(delete(Approval).where(Approval.item_id == item.id))


def _record(actor: Actor, verb: str, subject_id: UUID, **detail: object) -> None:
    audit.record(
        actor=actor, verb=verb, subject_type="approval", subject_id=subject_id, detail=detail
    )
