"""Values that a second person enters without seeing the first's: for which services, and what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.work.models import WorkItem
from tenants.db import ProviderModel, TenantModel, clients_may
from tenants.sealing import SealedJson


class BlindRule(ProviderModel):
    """Of this service's work for this client everything in review is entered a second time."""

    __tablename__ = "blind_rule"
    __table_args__ = (clients_may("select"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_key: Mapped[str] = mapped_column(primary_key=True)


class SecondEntry(TenantModel):
    """What the second person entered, while the item is in review."""

    __tablename__ = "second_entry"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(WorkItem.id), primary_key=True)
    account_id: Mapped[UUID]
    account_name: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    differing: Mapped[list[str]]
    """Names of the fields that the two entered differently."""
    at: Mapped[datetime]
