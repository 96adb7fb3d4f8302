"""What a client's approvals stand at, inside its scope."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.catalogue.service import work_type
from app.identity.permissions import ClientRole
from app.identity.queries import Member, members
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.work.approval_models import (
    Approval,
    ApprovalRule,
    ApprovalRulePerson,
    ApprovalSubstitute,
)
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from app.work.rules.approving import MatrixLine, Stand, for_whom, is_complete, line_for, may_ever
from tenants.context import current_tenant
from tenants.db import db

MOST = 200
"""Results looked at for one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the approval of one result stands, for one person."""

    line: MatrixLine
    given: Sequence[Approval]
    names: Sequence[str]
    """Whose approval is asked for."""
    for_whom: UUID | None
    """For whom this person may approve now; None: not at all."""
    is_asked: bool

    @property
    def left(self) -> int:
        """How many approvals are missing."""
        return max(0, self.line.needed - len(self.given))

    @property
    def is_complete(self) -> bool:
        """Enough people have approved."""
        return is_complete(self.line, [one.account_id for one in self.given])


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Everything of a client's that decides who approves, read once."""

    lines: Sequence[MatrixLine]
    names: Mapping[UUID, str]
    stands: Sequence[Stand]
    on: date

    def line_of(self, item: WorkItem) -> MatrixLine | None:
        """The line that the item falls under; None: whoever may accept, accepts."""
        money = amount(item)
        return line_for(
            self.lines,
            service_key=item.service_key,
            amount_minor=money.minor if money else None,
        )

    def standing(
        self, item: WorkItem, *, person: UUID | None, given: Sequence[Approval]
    ) -> Standing | None:
        """How its approval stands for this person; None where no line of the matrix fits."""
        line = self.line_of(item)
        if line is None:
            return None
        stands, on = self.stands, self.on
        voices = {one.account_id: one.instead_of for one in given}
        return Standing(
            line=line,
            given=given,
            names=sorted(self.names[one] for one in line.approvers),
            for_whom=for_whom(person, line, stands=stands, given=voices, on=on) if person else None,
            is_asked=person is not None and may_ever(person, line, stands=stands, on=on),
        )


@dataclass(frozen=True, slots=True)
class RuleView:
    """A line of the matrix with its people."""

    rule: ApprovalRule
    people: Sequence[ApprovalRulePerson]


def rules() -> Sequence[RuleView]:
    """The matrix: every service first, then by amount."""
    people: defaultdict[UUID, list[ApprovalRulePerson]] = defaultdict(list)
    for one in db.session.scalars(select(ApprovalRulePerson).order_by(ApprovalRulePerson.person)):
        people[one.rule_id].append(one)
    query = select(ApprovalRule).order_by(ApprovalRule.service_key, ApprovalRule.from_minor)
    return [RuleView(rule, people[rule.id]) for rule in db.session.scalars(query)]


def substitutes() -> Sequence[ApprovalSubstitute]:
    """Those that are not over."""
    query = select(ApprovalSubstitute).where(ApprovalSubstitute.ends_on >= today())
    return db.session.scalars(query.order_by(ApprovalSubstitute.starts_on)).all()


def today() -> date:
    """The day in the client's zone."""
    return now().astimezone(ZoneInfo(current_tenant().zone)).date()


def matrix() -> Matrix:
    """The lines with who stands in for whom, as they hold today.

    Whoever sees only a part of the requests by now is asked no more, and stands in for nobody.
    """
    views, people = rules(), members(current_tenant().id)
    names = {one.account_id: one.name for one in people}
    names |= {one.account_id: one.person for view in views for one in view.people}
    limited = {one.account_id for one in people if not one.sees_all}
    return Matrix(
        lines=[_line(view, people=people, limited=limited) for view in views],
        names=names,
        stands=[
            Stand(
                absent=one.account_id,
                substitute=one.substitute_id,
                first=one.starts_on,
                last=one.ends_on,
            )
            for one in substitutes()
            if one.substitute_id not in limited
        ],
        on=today(),
    )


def _line(view: RuleView, *, people: Sequence[Member], limited: Collection[UUID]) -> MatrixLine:
    """Where too few of its people still see everything, the company's admins are asked as well."""
    approvers = {one.account_id for one in view.people} - set(limited)
    needed = view.rule.needed
    if len(approvers) < needed:
        approvers |= {
            one.account_id
            for one in people
            if one.role is ClientRole.CLIENT_ADMIN and one.accepted_at is not None
        }
    return MatrixLine(
        key=view.rule.id,
        service_key=view.rule.service_key,
        from_minor=view.rule.from_minor,
        needed=max(1, min(needed, len(approvers))),
        approvers=frozenset(approvers),
    )


def amount(item: WorkItem) -> Money | None:
    """What the result is about in money, where its kind of work says so."""
    try:
        field = work_type(item.service_key, item.type_key).amount_field
    except NotFound:
        return None
    text = item.values.get(field) if field else None
    if text in (None, ""):
        return None
    try:
        cents = Decimal(str(text)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return Money.of(cents, str(item.values.get("currency") or "EUR"))


def given(item_id: UUID) -> Sequence[Approval]:
    """The approvals of an item, the first first."""
    query = select(Approval).where(Approval.item_id == item_id)
    return db.session.scalars(query.order_by(Approval.at)).all()


def given_to(item_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Approval]]:
    """The approvals of many items, each item's first first."""
    found: defaultdict[UUID, list[Approval]] = defaultdict(list)
    query = select(Approval).where(Approval.item_id.in_(item_ids)).order_by(Approval.at)
    for one in db.session.scalars(query):
        found[one.item_id].append(one)
    return found


def standing(item: WorkItem, *, person: UUID | None) -> Standing | None:
    """How its approval stands for this person; None where no line of the matrix fits."""
    return matrix().standing(item, person=person, given=given(item.id))


def delivered(
    *, person: UUID | None, hidden_services: Collection[str] = ()
) -> Sequence[tuple[WorkItem, Standing | None]]:
    """Results that wait for an approval, and how it stands for this person; the oldest first."""
    query = select(WorkItem).where(
        WorkItem.status == WorkStatus.DELIVERED, WorkItem.service_key.not_in(hidden_services)
    )
    items = db.session.scalars(query.order_by(WorkItem.id).limit(MOST)).all()
    decides, given = matrix(), given_to([item.id for item in items])
    return [
        (item, decides.standing(item, person=person, given=given.get(item.id, ())))
        for item in items
    ]


def waiting_for(person: UUID) -> Sequence[tuple[WorkItem, Standing]]:
    """Delivered results that this person may approve now, the oldest first."""
    return [
        (item, seen)
        for item, seen in delivered(person=person)
        if seen is not None and seen.for_whom is not None
    ]


def asked(item: WorkItem) -> frozenset[UUID]:
    """Accounts to be told that a result waits for them: approvers, and who stands in today."""
    decides = matrix()
    line = decides.line_of(item)
    if line is None:
        return frozenset()
    away = {one.absent: one.substitute for one in decides.stands if one.counts(decides.on)}
    return frozenset(away.get(one, one) for one in line.approvers)
