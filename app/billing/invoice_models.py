"""Runs, invoices, their lines down to the ledger, their documents, and the money that came."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.contract_models import ContractVersion
from app.billing.models import UsageEntry
from app.billing.rules.kinds import (
    Collection,
    CollectionState,
    DocumentKind,
    InvoiceState,
    InvoiceType,
    PaymentState,
    RunState,
)
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may

_SEALED: dict[str, Any] = {"info": {"clients_may": ("select",), "append_only": True}}
"""Rows that the client may read and that nobody changes."""


class RatingRun(ProviderModel):
    """One client's rating of one month. A correction of what was issued is a further revision."""

    __tablename__ = "rating_run"
    __table_args__ = (
        UniqueConstraint("tenant_id", "period", "revision"),
        Index(None, "period", "tenant_id"),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[date]
    """The first day of the month."""
    revision: Mapped[int] = mapped_column(SmallInteger, default=1)
    state: Mapped[RunState]
    carried: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What the next period takes over: `[{"category", "percent", "net_minor"}]`, negative."""
    allowances: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Line key → `{"included", "rolled_in", "used", "left"}`."""
    trouble: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Why it could not be rated: `[{"text", "params"}]`."""
    started_by: Mapped[str] = mapped_column(default="")
    started_by_id: Mapped[UUID | None]
    rated_at: Mapped[datetime]


class Invoice(ProviderModel):
    """A bill, or the correction of one. PostgreSQL keeps one live bill a run."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("uq_invoice_number", "number", unique=True, postgresql_where=text("number <> ''")),
        Index(
            "uq_invoice_run", "run_id", "document_type", unique=True,
            postgresql_where=text("run_id is not null"),
        ),
        Index(
            "uq_invoice_corrects", "corrects_id", unique=True,
            postgresql_where=text("corrects_id is not null"),
        ),
        Index(None, "tenant_id", "period"),
        Index(None, "state", "period"),
        CheckConstraint("net_minor + vat_minor = gross_minor", name="sum"),
        CheckConstraint(
            "(state in ('draft', 'approved', 'carried')) = (number = '')", name="numbered"
        ),
        clients_may("select"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey(RatingRun.id))
    version_id: Mapped[UUID] = mapped_column(ForeignKey(ContractVersion.id))
    """The terms in force at the end of the period: payment, collection, dunning."""
    document_type: Mapped[InvoiceType] = mapped_column(default=InvoiceType.INVOICE)
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.invoice.id"))
    """Of a correction: the invoice that it takes back."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was corrected."""
    period: Mapped[date]
    state: Mapped[InvoiceState]
    number: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    """What is owed, in minor units of the currency. Negative for a correction."""
    vat_groups: Mapped[list[dict[str, Any]]]
    """`[{"category", "percent", "net_minor", "vat_minor"}]`: the tax is rounded once a group."""
    blocked_because: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What a check found when it was to be issued: `[{"code", "text"}]`."""
    created_by_id: Mapped[UUID | None]
    approved_by_id: Mapped[UUID | None]
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    issued_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    collection: Mapped[Collection]
    seller: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Both parties as they were at issue."""
    buyer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    locale: Mapped[str] = mapped_column(default="de")
    payment_state: Mapped[PaymentState] = mapped_column(default=PaymentState.OPEN)
    amount_paid_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_at: Mapped[datetime | None]
    """When it was first paid in full."""
    collection_state: Mapped[CollectionState] = mapped_column(default=CollectionState.NONE)
    mailed_at: Mapped[datetime | None]


class InvoiceLine(ProviderModel):
    """One position: what stands on the page, and where it comes from."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"), clients_may("select"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id, ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str]
    """A kind of charge (app.billing.rules.charges.ChargeKind)."""
    contract_line_id: Mapped[UUID | None]
    service_key: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values of the text that explains it: tier, days, month."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    """In major units."""
    net_minor: Mapped[int] = mapped_column(BigInteger)
    vat_category: Mapped[str]
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class BilledEntry(ProviderModel):
    """An entry of the ledger behind a line. An entry is on one live invoice at most."""

    __tablename__ = "billed_entry"
    __table_args__ = (
        Index(
            "uq_billed_entry_live", "usage_entry_id", unique=True,
            postgresql_where=text("is_live and is_first"),
        ),
        Index(None, "invoice_id"),
        clients_may("select"),
    )  # fmt: skip

    line_id: Mapped[UUID] = mapped_column(
        ForeignKey(InvoiceLine.id, ondelete="CASCADE"), primary_key=True
    )
    usage_entry_id: Mapped[UUID] = mapped_column(ForeignKey(UsageEntry.id), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id, ondelete="CASCADE"))
    is_first: Mapped[bool]
    """An entry whose units fall into several tiers stands behind several lines."""
    is_live: Mapped[bool] = mapped_column(default=True)
    """Not behind an invoice that was taken back."""


class InvoiceDocument(ProviderModel):
    """A file of an issued invoice, as it was sent."""

    __tablename__ = "invoice_document"
    __table_args__ = (_SEALED,)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime]

    @property
    def media_type(self) -> str:
        """What a browser takes it for."""
        return "application/pdf" if self.kind is DocumentKind.PDF else "application/xml"


class InvoiceNumber(ProviderModel):
    """The last number of a year; its row is locked until the transaction that took one ends."""

    __tablename__ = "invoice_number"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int]


class InvoicePayment(ProviderModel):
    """Money that came for an invoice, or went back (negative). Only ever added to."""

    __tablename__ = "invoice_payment"
    __table_args__ = (
        UniqueConstraint("invoice_id", "source"),
        _SEALED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str]
    """What tells it from every other payment: `stripe:pi_…`, `bank:…`, `by_hand:…`."""
    recorded_at: Mapped[datetime]
