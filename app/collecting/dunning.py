"""What is overdue: reminded twice, then the portal is read only until the money is there."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import InvoiceState, PaymentState
from app.collecting import queries
from app.collecting.models import DunningStep
from app.collecting.rules import DunningKind, dunning_due
from app.identity import queries as people
from app.identity.permissions import ClientRole
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.messages import mail
from tenants.context import TenantState
from tenants.db import db
from tenants.models import Tenant

_SETTLED = (PaymentState.PAID, PaymentState.OVERPAID)


def dun() -> int:
    """Take every step whose day has come, each once; how many."""
    today = now().date()
    taken = 0
    for invoice, plan in queries.overdue(today=today):
        due_on = invoice.due_on or today
        for kind, day in dunning_due(plan=plan, due_on=due_on, today=today):
            taken += _take(invoice, kind, day)
    return taken


def _take(invoice: Invoice, kind: DunningKind, day: date) -> bool:
    step = insert(DunningStep).values(
        id=new_id(), tenant_id=invoice.tenant_id, invoice_id=invoice.id, kind=kind, due_on=day,
        taken_at=now(),
    )  # fmt: skip
    once = step.on_conflict_do_nothing(index_elements=["invoice_id", "kind"])
    if db.session.execute(once.returning(DunningStep.id)).first() is None:
        return False
    if kind is DunningKind.READ_ONLY:
        _become(invoice.tenant_id, TenantState.SUSPENDED, instead_of=TenantState.READY)
    _write(invoice, kind)
    audit.record_provider(
        actor=SYSTEM, verb=f"invoice.{kind}", subject_type="invoice", subject_id=invoice.id,
        detail={"number": invoice.number, "tenant_id": invoice.tenant_id},
    )  # fmt: skip
    return True


def _become(tenant_id: int, state: TenantState, *, instead_of: TenantState) -> None:
    at = now() if state is TenantState.SUSPENDED else None
    changed = update(Tenant).where(Tenant.id == tenant_id, Tenant.state == instead_of)
    db.session.execute(changed.values(state=state, suspended_at=at))


def _write(invoice: Invoice, kind: DunningKind) -> None:
    tenant = db.session.get_one(Tenant, invoice.tenant_id)
    left = Money(invoice.gross_minor - invoice.amount_paid_minor, invoice.currency)
    due_on = invoice.due_on or now().date()
    for one in people.members(invoice.tenant_id):
        if one.role in (ClientRole.CLIENT_ADMIN, ClientRole.APPROVER):
            mail.send(
                to=one.email,
                template=f"invoice_{kind}",
                locale=one.locale,
                tenant_id=invoice.tenant_id,
                params={
                    "path": f"/p/{tenant.slug}/payment",
                    "number": invoice.number,
                    "client": tenant.name,
                    "amount": str(left.major),
                    "currency": left.currency,
                    "due_on": due_on.isoformat(),
                },
            )


def unlock(tenant_id: int) -> bool:
    """Give the portal back if nothing keeps it any more; whether it was.

    Only what dunning has locked: a client that somebody suspended stays so.
    """
    steps = db.session.execute(
        select(DunningStep, Invoice)
        .join(Invoice, Invoice.id == DunningStep.invoice_id)
        .where(
            DunningStep.tenant_id == tenant_id,
            DunningStep.kind == DunningKind.READ_ONLY,
            DunningStep.lifted_at.is_(None),
        )
        .with_for_update(of=DunningStep)
    ).all()
    keeping = 0
    for step, invoice in steps:
        if invoice.payment_state in _SETTLED or invoice.state is InvoiceState.CORRECTED:
            step.lifted_at = now()
        else:
            keeping += 1
    if not steps or keeping:
        return False
    _become(tenant_id, TenantState.READY, instead_of=TenantState.SUSPENDED)
    audit.record_provider(
        actor=SYSTEM, verb="client.unlocked", subject_type="client", subject_id=_first(steps),
        detail={"tenant_id": tenant_id},
    )  # fmt: skip
    return True


def _first(steps) -> UUID:  # type: ignore[no-untyped-def]
    found: UUID = steps[0][0].invoice_id
    return found


def is_locked(tenant_id: int) -> bool:
    """Whether dunning has made the portal read only."""
    query = select(DunningStep.id).where(
        DunningStep.tenant_id == tenant_id,
        DunningStep.kind == DunningKind.READ_ONLY,
        DunningStep.lifted_at.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None
