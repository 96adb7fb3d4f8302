"""The usage ledger: append-only, one entry per accepted piece of work."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class UsageEntry(ProviderModel):
    """What will be priced by the contract in force at `performed_at`. Corrections are reversals."""

    __tablename__ = "usage_entry"
    __table_args__ = (
        Index(None, "tenant_id", "performed_at"),
        Index(None, "tenant_id", "accepted_at"),
        Index(
            "uq_usage_entry_reversal", "reversal_of_id", unique=True,
            postgresql_where=text("reversal_of_id is not null"),
        ),
        clients_may("select", "insert"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    fact_id: Mapped[UUID] = mapped_column(unique=True)
    """The fact it stands for: the key that makes it be written once."""
    item_id: Mapped[UUID | None]
    """None: hours that were noted without a piece of work."""
    item_number: Mapped[str]
    service_key: Mapped[str]
    contract_service_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(default="", server_default="")
    """Whose hours these are (time and material); empty for units of a service."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    """The price when it was accepted: charged where no line of the contract says otherwise."""
    currency: Mapped[str]
    performed_at: Mapped[datetime]
    accepted_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reversal_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.usage_entry.id"))
    """The entry that this one takes back: its quantity with the other sign."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
