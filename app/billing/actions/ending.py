"""The terms end: with a day, or because the client's last contract does."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.audit import actions as audit
from app.billing import agreed
from app.billing.actions.rating import alone
from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice, RatingRun
from app.billing.rules.kinds import RunState
from app.billing.rules.terms import Month
from app.clients.models import Contract
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from tenants.db import db


def end_with_contract(*, actor: Actor, tenant_id: int, contract_id: UUID, last_day: date) -> bool:
    """The terms end with the client's last contract, unless one has no end; whether they do.

    The month of the last day is the last that is billed: fees and allowances by its days. Raises
    Forbidden, and Conflict where later days are billed already.
    """
    alone(tenant_id)
    others = select(Contract.valid_until).where(
        Contract.tenant_id == tenant_id, Contract.id != contract_id
    )
    last_days = [last_day]
    for until in db.session.scalars(others):
        if until is None:
            return False
        last_days.append(until)
    return end_terms(actor=actor, tenant_id=tenant_id, last_day=max(last_days))


def end_terms(*, actor: Actor, tenant_id: int, last_day: date) -> bool:
    """They end with that day, later versions are given up; whether there were any to end.

    Raises Forbidden, Conflict.
    """
    actor.require(Permission.INVOICE_MANAGE)
    alone(tenant_id)
    running = [one for one in agreed.versions(tenant_id) if _goes_beyond(one, last_day)]
    if not running:
        return False
    _refuse_billed_days(tenant_id, last_day)
    for version in running:
        if version.valid_from > last_day:
            _refuse_used(version)
            db.session.delete(version)
        else:
            version.valid_until = last_day
    db.session.flush()
    audit.record_provider(
        actor=actor, verb="contract.terms_ended", subject_type="client", subject_id=tenant_id,
        detail={"tenant_id": tenant_id, "last_day": last_day.isoformat()},
    )  # fmt: skip
    return True


def _goes_beyond(version: ContractVersion, last_day: date) -> bool:
    return version.valid_until is None or version.valid_until > last_day


def _refuse_billed_days(tenant_id: int, last_day: date) -> None:
    closed = select(func.max(RatingRun.period)).where(
        RatingRun.tenant_id == tenant_id, RatingRun.state == RunState.CLOSED
    )
    last = db.session.scalar(closed)
    until = Month(first=last).following - timedelta(days=1) if last else None
    if until is not None and last_day < until:
        raise Conflict("These days are billed already (until %(day)s).", day=until.isoformat())


def _refuse_used(version: ContractVersion) -> None:
    used = select(Invoice.id).where(Invoice.version_id == version.id).limit(1)
    if db.session.scalars(used).first() is not None:
        raise Conflict("These terms are on an invoice already.")
