"""Rate a client's month into a draft. Done again, a draft is written anew, without a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select, update

from app.billing import agreed
from app.billing.actions import positions
from app.billing.contract_models import ContractVersion
from app.billing.credit_models import ServiceCredit
from app.billing.invoice_models import Invoice, RatingRun
from app.billing.rules.charges import Totals, tax_of, totals
from app.billing.rules.kinds import CreditState, InvoiceState, InvoiceType, RunState
from app.billing.rules.rating import Rated, rate
from app.billing.rules.terms import Carried, Month, Usage
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.db import db

REDONE = frozenset({RunState.DRAFT, RunState.EMPTY, RunState.CARRIED, RunState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What a client's month is rated from."""

    versions: Sequence[ContractVersion]
    governing: ContractVersion
    """The terms at the month's end: payment, zone, currency."""
    before: RatingRun | None
    credits: Sequence[ServiceCredit]


def rate_client(*, actor: Actor, tenant_id: int, month: Month) -> RatingRun | None:
    """The client's run of the month; None for a client without terms for it.

    A run whose invoice is approved or issued is given back as it is: started twice, killed and
    started again, each month is billed once. Raises Forbidden, Conflict.
    """
    actor.require(Permission.INVOICE_MANAGE)
    alone(tenant_id)
    basis = _basis(tenant_id, month)
    if basis is None:
        return None
    run = latest_run(tenant_id, month)
    if run is not None and not _may_be_redone(run):
        return run
    run = _fresh(run, actor=actor, tenant_id=tenant_id, month=month)
    rated = rate(
        month,
        terms=agreed.terms(basis.versions),
        usage=_usage(tenant_id, month, basis=basis),
        rolled=_rolled(basis.before, month),
        carried=[*_carried(basis.before), *_credited(basis)],
    )
    run.allowances = {key: _as_json(one) for key, one in rated.allowances.items()}
    _write(run, rated, basis=basis)
    return run


def _usage(tenant_id: int, month: Month, *, basis: _Basis) -> list[Usage]:
    """What was accepted until the month's end; work of before the first terms is not ours."""
    zone = basis.governing.zone
    before = agreed.begin_of(month.following, zone)
    begin = basis.versions[0].valid_from
    entries = agreed.unbilled(tenant_id, before=before, zone=zone)
    return [entry for entry in entries if entry.performed_on >= begin]


def alone(tenant_id: int) -> None:
    """Nobody else rates, issues or corrects for this client until the transaction ends."""
    key = func.hashtextextended(f"billing:{tenant_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


def latest_run(tenant_id: int, month: Month) -> RatingRun | None:
    """The newest revision of the client's month."""
    query = select(RatingRun).where(
        RatingRun.tenant_id == tenant_id, RatingRun.period == month.first
    )
    return db.session.scalars(query.order_by(RatingRun.revision.desc()).limit(1)).first()


def _may_be_redone(run: RatingRun) -> bool:
    """A draft can; what is closed only where its invoice was taken back."""
    states = set(
        db.session.scalars(
            select(Invoice.state).where(
                Invoice.run_id == run.id, Invoice.document_type == InvoiceType.INVOICE
            )
        )
    )
    if run.state is RunState.CLOSED:
        return states == {InvoiceState.CORRECTED}
    return run.state in REDONE and InvoiceState.APPROVED not in states and not _was_taken_over(run)


def _was_taken_over(run: RatingRun) -> bool:
    """Whether a later month, that is closed, has what this one handed on."""
    later = select(RatingRun.id).where(
        RatingRun.tenant_id == run.tenant_id,
        RatingRun.period > run.period,
        RatingRun.state == RunState.CLOSED,
    )
    carried = run.state is RunState.CARRIED
    return carried and db.session.scalars(later.limit(1)).first() is not None


def _fresh(run: RatingRun | None, *, actor: Actor, tenant_id: int, month: Month) -> RatingRun:
    """The run to write into: the draft's own, emptied, or the next revision."""
    if run is not None and run.state is not RunState.CLOSED:
        drop_draft(run)
    else:
        revision = 1 if run is None else run.revision + 1
        run = RatingRun(id=new_id(), tenant_id=tenant_id, period=month.first, revision=revision)
        db.session.add(run)
    run.state = RunState.EMPTY
    run.started_by, run.started_by_id = actor.name, actor.id
    run.rated_at = now()
    run.carried, run.trouble = [], []
    db.session.flush()
    return run


def drop_draft(run: RatingRun) -> None:
    """Take the run's draft away: its entries and credits are free again."""
    db.session.execute(delete(Invoice).where(Invoice.run_id == run.id))


def _basis(tenant_id: int, month: Month) -> _Basis | None:
    versions = agreed.versions(tenant_id)
    begun = [one for one in versions if one.valid_from <= month.last]
    if not begun:
        return None
    runs = select(RatingRun).where(RatingRun.tenant_id == tenant_id, RatingRun.period < month.first)
    order = runs.order_by(RatingRun.period.desc(), RatingRun.revision.desc())
    waiting = select(ServiceCredit).where(
        ServiceCredit.tenant_id == tenant_id,
        ServiceCredit.state == CreditState.APPROVED,
        ServiceCredit.period <= month.first,
    )
    return _Basis(
        versions=versions,
        governing=begun[-1],
        before=db.session.scalars(order.limit(1)).first(),
        credits=db.session.scalars(waiting.order_by(ServiceCredit.period)).all(),
    )


def _rolled(before: RatingRun | None, month: Month) -> dict[str, Decimal]:
    if before is None or before.period != month.before.first:
        return {}
    return {key: Decimal(one["left"]) for key, one in before.allowances.items()}


def _carried(before: RatingRun | None) -> list[Carried]:
    if before is None or before.state is not RunState.CARRIED:
        return []
    return [
        Carried(
            net_minor=one["net_minor"],
            vat_category=one["category"],
            vat_percent=Decimal(one["percent"]),
            period=before.period,
        )
        for one in before.carried
    ]


def _credited(basis: _Basis) -> list[Carried]:
    category, percent = tax_of(agreed.as_terms(basis.governing, ()))
    return [
        Carried(
            net_minor=-one.amount_minor,
            vat_category=category,
            vat_percent=percent,
            period=one.period,
            is_credit=True,
        )
        for one in basis.credits
        if one.invoice_id is None
    ]


def _write(run: RatingRun, rated: Rated, *, basis: _Basis) -> None:
    if not rated.charges:
        return
    sums = totals(rated.charges)
    run.state = RunState.CARRIED if sums.gross_minor < 0 else RunState.DRAFT
    if run.state is RunState.CARRIED:
        run.carried = [
            {
                "category": group.category,
                "percent": f"{group.percent:f}",
                "net_minor": group.net_minor,
            }
            for group in sums.groups
        ]
    invoice = _invoice(run, sums, governing=basis.governing)
    db.session.add(invoice)
    db.session.flush()
    positions.write(invoice, rated.charges)
    waiting = [one.id for one in basis.credits if one.invoice_id is None]
    db.session.execute(
        update(ServiceCredit).where(ServiceCredit.id.in_(waiting)).values(invoice_id=invoice.id)
    )


def _invoice(run: RatingRun, sums: Totals, *, governing: ContractVersion) -> Invoice:
    carried = run.state is RunState.CARRIED
    return Invoice(
        id=new_id(),
        tenant_id=run.tenant_id,
        run_id=run.id,
        version_id=governing.id,
        document_type=InvoiceType.INVOICE,
        period=run.period,
        state=InvoiceState.CARRIED if carried else InvoiceState.DRAFT,
        currency=governing.currency,
        net_minor=sums.net_minor,
        vat_minor=sums.vat_minor,
        gross_minor=sums.gross_minor,
        vat_groups=[
            {
                "category": group.category,
                "percent": f"{group.percent:f}",
                "net_minor": group.net_minor,
                "vat_minor": group.vat_minor,
            }
            for group in sums.groups
        ],
        created_by_id=run.started_by_id,
        collection=governing.collection,
    )


def _as_json(allowance: Any) -> dict[str, str]:
    names = ("included", "rolled_in", "used", "left")
    values = {name: f"{getattr(allowance, name).normalize():f}" for name in names}
    return {**values, "service_key": allowance.service_key}
