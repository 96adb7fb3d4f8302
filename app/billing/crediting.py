"""Service credits of a month: proposed from frozen breaches, each of which counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.billing import agreed, overview
from app.billing.credit_models import CreditBreach, ServiceCredit
from app.billing.invoice_models import Invoice, InvoiceLine
from app.billing.rules.charges import ChargeKind
from app.billing.rules.kinds import CreditState
from app.billing.rules.terms import Month
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.sla.credits import Breach, CreditRule, capped, credit, credit_rule
from app.sla.outcome_models import SlaOutcome
from app.sla.rules.clock_state import State
from app.work import queries as work
from app.work.index import number_of
from tenants.context import current_tenant
from tenants.db import db

JOB = "billing.propose_credits"
_GIVEN_BACK = (ChargeKind.CREDIT.value, ChargeKind.CARRIED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A credit with its evidence."""

    credit: ServiceCredit
    breaches: Sequence[CreditBreach]


def propose(invoice_id: UUID) -> ServiceCredit | None:
    """The credits of an issued invoice's month, for the next one. In the client's scope.

    Called again, or after a correction of the record, it adds what is new, under the same cap.
    """
    client = current_tenant()
    invoice = overview.sent_invoice(invoice_id, tenant_id=client.id)
    version = overview.version_in_force(client.id, on=Month(first=invoice.period).last)
    if version is None or not version.credits:
        return None
    rule, fee = credit_rule(version.credits), _fee(invoice)
    found = _new_breaches(Month(first=invoice.period), version.zone)
    given = credit(rule, found, fee=fee)
    if not given.lines:
        return None
    already = _already(client.id, invoice.period)
    total = capped(rule, Money(given.uncapped.minor + already, fee.currency), fee=fee)
    row = _row(invoice, rule=rule, fee=fee, uncapped=given.uncapped.minor)
    row.amount_minor = total.minor - already
    if row.amount_minor <= 0:
        return None
    db.session.add(row)
    db.session.flush()
    for line in given.lines:
        db.session.add(_evidence(row, line, found[line.breach]))
    db.session.flush()
    return row


def _fee(invoice: Invoice) -> Money:
    """The month's net before credits: what the percentages are of."""
    query = select(func.coalesce(func.sum(InvoiceLine.net_minor), 0)).where(
        InvoiceLine.invoice_id == invoice.id, InvoiceLine.kind.not_in(_GIVEN_BACK)
    )
    return Money(max(int(db.session.scalar(query) or 0), 0), invoice.currency)


def _new_breaches(month: Month, zone: str) -> dict[Breach, SlaOutcome]:
    query = select(SlaOutcome).where(
        SlaOutcome.state == State.BREACHED,
        ~SlaOutcome.is_excused,
        SlaOutcome.finished_at.is_not(None),
        SlaOutcome.counted_at >= agreed.begin_of(month.first, zone),
        SlaOutcome.counted_at < agreed.begin_of(month.following, zone),
    )
    known = {
        (one.subject_id, one.metric, one.cycle) for one in db.session.scalars(select(CreditBreach))
    }
    return {
        Breach(
            subject_id=one.subject_id,
            metric=one.metric,
            cycle=one.cycle,
            minutes_late=_minutes_late(one),
        ): one
        for one in db.session.scalars(query)
        if (one.subject_id, one.metric.value, one.cycle) not in known
    }


def _minutes_late(outcome: SlaOutcome) -> int:
    due, ended = outcome.due_at, outcome.finished_at
    return int((ended - due).total_seconds() // 60) if due and ended else 0


def _already(tenant_id: int, period: date) -> int:
    query = select(func.coalesce(func.sum(ServiceCredit.amount_minor), 0)).where(
        ServiceCredit.tenant_id == tenant_id,
        ServiceCredit.period == period,
        ServiceCredit.state != CreditState.REFUSED,
    )
    return int(db.session.scalar(query) or 0)


def _row(invoice: Invoice, *, rule: CreditRule, fee: Money, uncapped: int) -> ServiceCredit:
    count = select(func.count()).where(
        ServiceCredit.tenant_id == invoice.tenant_id, ServiceCredit.period == invoice.period
    )
    return ServiceCredit(
        id=new_id(),
        tenant_id=invoice.tenant_id,
        period=invoice.period,
        sequence=(db.session.scalar(count) or 0) + 1,
        state=CreditState.PROPOSED,
        currency=fee.currency,
        fee_minor=fee.minor,
        uncapped_minor=uncapped,
        cap_percent=f"{rule.cap_percent:f}",
        proposed_at=now(),
    )


def _evidence(row: ServiceCredit, line: Any, outcome: SlaOutcome) -> CreditBreach:
    due, ended = outcome.due_at, outcome.finished_at
    return CreditBreach(
        id=new_id(),
        tenant_id=row.tenant_id,
        credit_id=row.id,
        subject_id=outcome.subject_id,
        item_number=number_of(work.item(outcome.subject_id)),
        service_key=outcome.service_key,
        metric=outcome.metric.value,
        cycle=outcome.cycle,
        clause=line.clause,
        amount_minor=line.amount.minor,
        due_at=due or outcome.counted_at,
        ended_at=ended,
        minutes_late=_minutes_late(outcome),
        split={
            "provider": outcome.provider_seconds,
            "client": outcome.client_seconds,
            "third_party": outcome.third_party_seconds,
            "closed": outcome.closed_seconds,
        },
    )


def all_credits(*, tenant_id: int | None = None, most: int = 100) -> Sequence[Shown]:
    """The newest credits with their evidence, of one client if it is named."""
    query = select(ServiceCredit).order_by(ServiceCredit.id.desc()).limit(most)
    if tenant_id is not None:
        query = query.where(ServiceCredit.tenant_id == tenant_id)
    rows = db.session.scalars(query).all()
    behind = _breaches([row.id for row in rows])
    return [Shown(credit=row, breaches=behind.get(row.id, ())) for row in rows]


def _breaches(credit_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[CreditBreach]]:
    query = select(CreditBreach).where(CreditBreach.credit_id.in_(credit_ids))
    found: dict[UUID, list[CreditBreach]] = {}
    for one in db.session.scalars(query.order_by(CreditBreach.due_at)):
        found.setdefault(one.credit_id, []).append(one)
    return found
