"""What a client's approvals stand at, inside its scope."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.catalogue.service import work_type
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


def line_of(item: WorkItem) -> MatrixLine | None:
    """The line of the matrix that the item falls under; None: whoever may accept, accepts."""
    money = amount(item)
    return line_for(
        [_line(view) for view in rules()],
        service_key=item.service_key,
        amount_minor=money.minor if money else None,
    )


def _line(view: RuleView) -> MatrixLine:
    return MatrixLine(
        key=view.rule.id,
        service_key=view.rule.service_key,
        from_minor=view.rule.from_minor,
        needed=view.rule.needed,
        approvers=frozenset(one.account_id for one in view.people),
    )


def stands() -> list[Stand]:
    """Who stands in for whom."""
    return [
        Stand(
            absent=one.account_id,
            substitute=one.substitute_id,
            first=one.starts_on,
            last=one.ends_on,
        )
        for one in substitutes()
    ]


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


def standing(item: WorkItem, *, person: UUID | None) -> Standing | None:
    """How its approval stands for this person; None where no line of the matrix fits."""
    view = _deciding(item)
    if view is None:
        return None
    line, so_far, all_stands = _line(view), given(item.id), stands()
    voices = {one.account_id: one.instead_of for one in so_far}
    on = today()
    return Standing(
        line=line,
        given=so_far,
        names=[one.person for one in view.people],
        for_whom=for_whom(person, line, stands=all_stands, given=voices, on=on) if person else None,
        is_asked=person is not None and may_ever(person, line, stands=all_stands, on=on),
    )


def _deciding(item: WorkItem) -> RuleView | None:
    line = line_of(item)
    return next((view for view in rules() if line and view.rule.id == line.key), None)


def waiting_for(person: UUID) -> Sequence[tuple[WorkItem, Standing]]:
    """Delivered results that this person may approve now, the oldest first."""
    query = select(WorkItem).where(WorkItem.status == WorkStatus.DELIVERED).order_by(WorkItem.id)
    found = []
    for item in db.session.scalars(query.limit(200)):
        seen = standing(item, person=person)
        if seen is not None and seen.for_whom is not None:
            found.append((item, seen))
    return found


def asked(item: WorkItem) -> frozenset[UUID]:
    """Accounts to be told that a result waits for them: approvers, and who stands in today."""
    line = line_of(item)
    if line is None:
        return frozenset()
    on = today()
    away = {stand.absent: stand.substitute for stand in stands() if stand.counts(on)}
    return frozenset(away.get(one, one) for one in line.approvers)
