"""What was agreed on money: versions of a contract, each with its days and lines."""

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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules.kinds import Collection, LineKind, PriceModel, VatTreatment, VersionState
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class ContractVersion(ProviderModel):
    """The terms of one client from a day on. Of agreed versions one is in force on a day."""

    __tablename__ = "contract_version"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        Index(None, "tenant_id", "valid_from"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="days"),
        CheckConstraint("billing_day between 1 and 28", name="billing_day"),
        CheckConstraint("terms_days between 0 and 365", name="terms_days"),
        ExcludeConstraint(
            (func.int8range(text("tenant_id"), text("tenant_id"), text("'[]'")), "&&"),
            (func.daterange(text("valid_from"), text("valid_until"), text("'[]'")), "&&"),
            where=text("state = 'agreed'"),
            name="ex_contract_version_days",
        ),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("provider.contract.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """The last day."""
    currency: Mapped[str]
    terms_days: Mapped[int] = mapped_column(SmallInteger, default=14)
    """Days from issue until payment is due."""
    billing_day: Mapped[int] = mapped_column(SmallInteger, default=1)
    """The day of the following month from which a month may be billed."""
    zone: Mapped[str] = mapped_column(default="Europe/Berlin")
    """Where the month begins and ends."""
    vat_treatment: Mapped[VatTreatment] = mapped_column(default=VatTreatment.STANDARD)
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(19))
    """Of lines that name no rate of their own; 0 unless the treatment is standard."""
    collection: Mapped[Collection] = mapped_column(default=Collection.SEND_INVOICE)
    dunning: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"reminder_days": [3, 14], "read_only_days": 30}`: days after the due day."""
    credits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The ladder of service credits (app.sla.credits.credit_rule); empty: none."""
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    agreed_by: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None]


class ContractLine(ProviderModel):
    """One thing that is charged."""

    __tablename__ = "contract_line"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index(None, "version_id", "position"),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    version_id: Mapped[UUID] = mapped_column(
        ForeignKey(ContractVersion.id, ondelete="CASCADE"),
    )
    key: Mapped[str]
    """What stays equal from version to version: rolled-over units follow it."""
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[LineKind]
    service_key: Mapped[str] = mapped_column(default="")
    """Of unit price, allowance and minimum; a minimum without one is of all usage."""
    role: Mapped[str] = mapped_column(default="")
    """Of time and material."""
    title: Mapped[str] = mapped_column(default="")
    """Shown on the invoice; empty: the service's own."""
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """The sum a month of a retainer, an allowance (its price) or a minimum."""
    price_model: Mapped[PriceModel] = mapped_column(default=PriceModel.FLAT)
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 8), default=Decimal(0))
    """In major units, so that a price may be less than a cent."""
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """`[{"up_to": "100", "price": "1.20"}, {"up_to": null, "price": "0.90"}]`."""
    included: Mapped[Decimal] = mapped_column(Numeric(18, 6), default=Decimal(0))
    roll_over: Mapped[bool] = mapped_column(default=False)
    """What was not used of a month can be used in the next one."""
    vat_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
