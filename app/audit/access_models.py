"""Who of the provider looked at a client's data: what was opened, and what lists showed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, ProviderModel, TenantModel, clients_may


class StaffAccess(TenantModel):
    """Somebody of the provider opened something: noted once a quarter of an hour."""

    __tablename__ = "staff_access"
    __table_args__ = (
        Index(None, "account_id", "subject_id", "at"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    account_id: Mapped[UUID]
    person: Mapped[str]
    subject_type: Mapped[str]
    """work_item, document, or of the client as a whole: client, contract, promises, costs, invoice,
    export."""
    subject_id: Mapped[UUID]
    about_id: Mapped[UUID]
    """The work item it belongs to; of the client as a whole the subject again."""
    reason: Mapped[str]
    """A code: holds, checks, leads, bills, looks."""


class ListSighting(ProviderModel):
    """Pages over several clients showed somebody this one's work: a row a day and kind."""

    __tablename__ = "list_sighting"
    __table_args__ = (clients_may("select"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """In the client's zone."""
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """A code: access.Shown."""
    person: Mapped[str]
    reason: Mapped[str]
    """As in staff_access."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
