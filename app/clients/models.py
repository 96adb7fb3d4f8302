"""A client's contract: what it may order, at which price and promise."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class Contract(ProviderModel):
    """What provider and client agreed, from a day on."""

    __tablename__ = "contract"
    __table_args__ = (clients_may("select"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger, index=True)
    number: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    currency: Mapped[str] = mapped_column(default="EUR")
    auto_accept_days: Mapped[int] = mapped_column(default=5)
    """Business days after which delivered work counts as accepted."""
    created_at: Mapped[datetime]


class ContractService(ProviderModel):
    """A service the client may order under its contract."""

    __tablename__ = "contract_service"
    __table_args__ = (UniqueConstraint("contract_id", "service_key"), clients_may("select"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger, index=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id))
    service_key: Mapped[str]
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    promise: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Overrides of the service's default SLA, by field name of catalogue.service.Promise."""
    last_day: Mapped[date | None]
    """Nothing more can be ordered after it; None as long as the contract lasts."""
