"""The usage ledger: append-only, one entry per accepted piece of work."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class UsageEntry(ProviderModel):
    """What will be priced by the contract in force at `performed_at`. Corrections are reversals."""

    __tablename__ = "usage_entry"
    __table_args__ = (Index(None, "tenant_id", "performed_at"), clients_may("select", "insert"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    fact_id: Mapped[UUID] = mapped_column(unique=True)
    """The fact it stands for: the key that makes it be written once."""
    item_id: Mapped[UUID]
    item_number: Mapped[str]
    service_key: Mapped[str]
    contract_service_id: Mapped[UUID | None]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    performed_at: Mapped[datetime]
    accepted_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
