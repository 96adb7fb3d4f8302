"""Lists of the books: a month over all clients, the invoices of one client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import (
    Invoice,
    InvoiceDocument,
    InvoicePayment,
    RatingRun,
)
from app.billing.rules.kinds import InvoiceState, InvoiceType, RunState, VersionState
from app.billing.rules.terms import Month
from app.kernel.errors import NotFound
from app.kernel.money import Money
from tenants.db import db

NOTABLE = Decimal("0.2")
"""A change of a fifth against the month before is shown to whoever approves."""
SENT = (InvoiceState.ISSUED, InvoiceState.CORRECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One client's month."""

    run: RatingRun
    invoice: Invoice | None
    before: Money | None
    """The net of the month before, where it was billed in the same currency."""

    @property
    def change(self) -> Decimal | None:
        """Against the month before, as a share of it."""
        if self.invoice is None or self.before is None or not self.before.minor:
            return None
        return Decimal(self.invoice.net_minor - self.before.minor) / abs(self.before.minor)

    @property
    def is_notable(self) -> bool:
        """Somebody should look at it before it is approved."""
        is_new = self.invoice is not None and self.before is None
        return is_new or (self.change is not None and abs(self.change) >= NOTABLE)


def month_rows(month: Month) -> Sequence[MonthRow]:
    """Every client's newest run of the month. In the provider's books."""
    runs = _newest(month)
    invoices = _bills([run.id for run in runs.values()])
    earlier = _bills([run.id for run in _newest(month.before).values()])
    nets = {one.tenant_id: Money(one.net_minor, one.currency) for one in earlier.values()}
    rows = []
    for tenant_id, run in runs.items():
        invoice = invoices.get(run.id)
        before = nets.get(tenant_id)
        if invoice is not None and before is not None and before.currency != invoice.currency:
            before = None
        rows.append(MonthRow(run=run, invoice=invoice, before=before))
    return rows


def _newest(month: Month) -> Mapping[int, RatingRun]:
    query = select(RatingRun).where(RatingRun.period == month.first)
    order = query.order_by(RatingRun.tenant_id, RatingRun.revision)
    return {run.tenant_id: run for run in db.session.scalars(order)}


def _bills(run_ids: Sequence[UUID]) -> Mapping[UUID, Invoice]:
    query = select(Invoice).where(Invoice.run_id.in_(run_ids))
    return {one.run_id: one for one in db.session.scalars(query) if one.run_id}


def corrections(month: Month) -> Sequence[Invoice]:
    """Corrections of invoices of that month."""
    query = select(Invoice).where(
        Invoice.period == month.first, Invoice.document_type == InvoiceType.CORRECTION
    )
    return db.session.scalars(query.order_by(Invoice.id)).all()


def months() -> Sequence[date]:
    """Months that were rated, the newest first."""
    query = select(RatingRun.period).distinct().order_by(RatingRun.period.desc())
    return db.session.scalars(query.limit(60)).all()


def sent_invoices(*, tenant_id: int, limit: int = 120) -> Sequence[Invoice]:
    """What a client was sent, the newest first: never a draft."""
    query = select(Invoice).where(Invoice.tenant_id == tenant_id, Invoice.state.in_(SENT))
    return db.session.scalars(query.order_by(Invoice.number.desc()).limit(limit)).all()


def sent_invoice(invoice_id: UUID, *, tenant_id: int) -> Invoice:
    """One of them. Raises NotFound, for a draft too."""
    query = select(Invoice).where(
        Invoice.id == invoice_id, Invoice.tenant_id == tenant_id, Invoice.state.in_(SENT)
    )
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


def document(invoice_id: UUID, kind: str) -> InvoiceDocument:
    """One of an invoice's files. Raises NotFound."""
    query = select(InvoiceDocument).where(
        InvoiceDocument.invoice_id == invoice_id, InvoiceDocument.kind == kind
    )
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def document_kinds(invoice_id: UUID) -> Sequence[str]:
    """Which files an invoice has."""
    query = select(InvoiceDocument.kind).where(InvoiceDocument.invoice_id == invoice_id)
    return [kind.value for kind in db.session.scalars(query.order_by(InvoiceDocument.kind))]


def payments(invoice_id: UUID) -> Sequence[InvoicePayment]:
    """What came for an invoice, in its order."""
    query = select(InvoicePayment).where(InvoicePayment.invoice_id == invoice_id)
    return db.session.scalars(query.order_by(InvoicePayment.at, InvoicePayment.id)).all()


def correction_of(invoice_id: UUID) -> Invoice | None:
    """The correction of an invoice, also while it is a draft."""
    return db.session.scalars(select(Invoice).where(Invoice.corrects_id == invoice_id)).first()


def all_versions(tenant_id: int) -> Sequence[ContractVersion]:
    """Every version of a client's terms, drafts too, the newest first."""
    query = select(ContractVersion).where(ContractVersion.tenant_id == tenant_id)
    return db.session.scalars(query.order_by(ContractVersion.valid_from.desc())).all()


def version(version_id: UUID, *, tenant_id: int) -> ContractVersion:
    """One of them. Raises NotFound."""
    found = db.session.get(ContractVersion, version_id)
    if found is None or found.tenant_id != tenant_id:
        raise NotFound("There are no such terms.")
    return found


def version_in_force(tenant_id: int, *, on: date) -> ContractVersion | None:
    """The agreed version that holds on a day."""
    query = select(ContractVersion).where(
        ContractVersion.tenant_id == tenant_id,
        ContractVersion.state == VersionState.AGREED,
        ContractVersion.valid_from <= on,
    )
    found = db.session.scalars(query.order_by(ContractVersion.valid_from.desc()).limit(1)).first()
    is_over = found is not None and found.valid_until is not None and found.valid_until < on
    return None if is_over else found


def latest_allowances(tenant_id: int) -> tuple[date, Mapping[str, Mapping[str, str]]] | None:
    """How the included units stood at the end of the last month that was billed."""
    query = select(RatingRun).where(
        RatingRun.tenant_id == tenant_id, RatingRun.state == RunState.CLOSED
    )
    order = query.order_by(RatingRun.period.desc(), RatingRun.revision.desc()).limit(1)
    run = db.session.scalars(order).first()
    return None if run is None else (run.period, run.allowances)


def months_cost(tenant_id: int, *, most: int = 12) -> Sequence[tuple[date, Money]]:
    """What was billed month by month, net, corrections taken off, the oldest first."""
    query = (
        select(Invoice.period, Invoice.currency, func.sum(Invoice.net_minor))
        .where(Invoice.tenant_id == tenant_id, Invoice.state.in_(SENT))
        .group_by(Invoice.period, Invoice.currency)
        .order_by(Invoice.period.desc())
        .limit(most)
    )
    rows = db.session.execute(query).all()
    return [(period, Money(int(minor), currency)) for period, currency, minor in reversed(rows)]
