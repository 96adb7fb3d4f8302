"""Ask, work out and keep what-ifs: small ones at once, large ones as a job with progress."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.kernel.text import Text
from app.sla import what_if
from app.sla.credits import credit_rule
from app.sla.rules import wire
from app.sla.rules.agreement import agreement
from app.sla.rules.calendar import Calendar
from app.sla.rules.refusal import Refused
from app.sla.what_if import Draft, Period
from app.sla.what_if_answers import Fees, Tally
from app.sla.what_if_models import WhatIfRun
from tenants.context import current_tenant
from tenants.db import db

AT_ONCE = 3_000
"""Pieces of work that are replayed while the person waits (a few seconds)."""
KEPT = timedelta(days=7)
STEP = 1_000
"""Clocks between two notes of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as it is kept: JSON values. None: as it was."""

    since: datetime
    until: datetime
    service_key: str = ""
    agreement: Mapping[str, Any] | None = None
    calendar: Mapping[str, Any] | None = None
    credits: Mapping[str, Any] | None = None
    """`{"fee_minor", "currency", "clauses", "cap_percent"}` (app.sla.credits)."""

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "service_key": self.service_key,
            "agreement": self.agreement,
            "calendar": self.calendar,
            "credits": self.credits,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Question":
        """As it was kept."""
        times = {name: datetime.fromisoformat(value[name]) for name in ("since", "until")}
        return cls(**{**value, **times})

    @property
    def period(self) -> Period:
        return Period(since=self.since, until=self.until, service_key=self.service_key)


def draft_of(question: Question) -> Draft:
    """The terms, compiled. Raises Invalid naming `agreement` or `calendar`."""
    return Draft(
        agreement=_read("agreement", agreement, question.agreement),
        calendar=_read("calendar", _calendar, question.calendar),
    )


def fees_of(question: Question) -> Fees | None:
    """The rule on credits and the fee. Raises Invalid naming `credits`."""
    fees: Fees | None = _read("credits", _fees, question.credits)
    return fees


def _read(field: str, reader: Callable[[Any], Any], value: Mapping[str, Any] | None) -> Any:
    if value is None:
        return None
    try:
        return reader(value)
    except Refused as refused:
        text = Text("%(field)s: %(reason)s", field=refused.field, reason=refused.reason)
        raise Invalid(fields={field: [text]}) from refused


def _calendar(value: Mapping[str, Any]) -> Calendar:
    calendar = Calendar(wire.opening_hours(value))
    if not calendar.has_working_time:
        raise Refused("week", "has no working time")
    return calendar


def _fees(value: Mapping[str, Any]) -> Fees:
    minor, currency = value.get("fee_minor"), value.get("currency", "EUR")
    if not isinstance(minor, int) or isinstance(minor, bool) or minor < 0:
        raise Refused("fee_minor", "is a whole number of cents")
    return Fees(rule=credit_rule(value), monthly=Money(minor, str(currency)))


def ask(*, actor: Actor, question: Question) -> WhatIfRun:
    """Keep the question; the caller answers it at once or has a job do so (`is_small`).

    Raises Forbidden, Invalid. Inside the client's scope; the books of the client are only read.
    """
    actor.require(Permission.SLA_AGREE)
    if question.until <= question.since:
        raise Invalid(fields={"until": [Text("The period ends before it begins.")]})
    if question.agreement is None and question.calendar is None:
        raise Invalid(fields={"agreement": [Text("Please change the policy or the calendar.")]})
    draft_of(question)
    fees_of(question)
    tenant_id = current_tenant().id
    _forget(tenant_id)
    run = WhatIfRun(
        id=new_id(),
        tenant_id=tenant_id,
        author_name=actor.name,
        question=question.as_json(),
        subjects=what_if.size(question.period),
    )
    db.session.add(run)
    db.session.flush()
    return run


def _forget(tenant_id: int) -> None:
    old = WhatIfRun.created_at < now() - KEPT
    db.session.execute(delete(WhatIfRun).where(WhatIfRun.tenant_id == tenant_id, old))


def is_small(run: WhatIfRun) -> bool:
    """Whether it is answered while somebody waits."""
    return run.subjects <= AT_ONCE


def work_out(run_id: UUID, *, progress: Callable[[int], None] | None = None) -> None:
    """Replay, and write the answer; `progress` is told now and then how many clocks are done."""
    question = Question.from_json(find(run_id).question)
    tally = Tally(zone=current_tenant().zone)
    for one in what_if.replay(draft_of(question), question.period):
        tally.add(one)
        if progress is not None and tally.clocks % STEP == 0:
            progress(tally.subjects)
    run = find(run_id)
    run.done = tally.subjects
    run.answer = {**tally.answer(fees_of(question)), "differences": tally.differences()}
    run.finished_at = now()
    db.session.flush()


def find(run_id: UUID) -> WhatIfRun:
    """A question of the client in scope. Raises NotFound."""
    query = select(WhatIfRun).where(
        WhatIfRun.id == run_id, WhatIfRun.tenant_id == current_tenant().id
    )
    run = db.session.scalars(query).first()
    if run is None:
        raise NotFound("There is no such what-if.")
    return run


def latest(limit: int = 10) -> list[WhatIfRun]:
    """The last questions about the client in scope, the newest first."""
    query = select(WhatIfRun).where(WhatIfRun.tenant_id == current_tenant().id)
    return list(db.session.scalars(query.order_by(WhatIfRun.id.desc()).limit(limit)))
