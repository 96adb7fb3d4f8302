"""Our own bookings as they were handed to the tax adviser: each once, and never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.collecting.accounting import BookingKind
from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, ProviderModel


class Bookkeeping(ProviderModel):
    """The provider's own books at its tax adviser's. One row."""

    __tablename__ = "bookkeeping"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    adviser: Mapped[int]
    client: Mapped[int]
    chart: Mapped[str]
    account_length: Mapped[int] = mapped_column(SmallInteger)
    first_month: Mapped[int] = mapped_column(SmallInteger)
    is_locked: Mapped[bool]
    accounts: Mapped[dict[str, Any]]


class DatevExport(ProviderModel):
    """A file that was made; it can be fetched again, and stays what it was."""

    __tablename__ = "datev_export"
    __table_args__ = (Index(None, "until"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    since: Mapped[date]
    until: Mapped[date]
    chart: Mapped[str]
    bookings: Mapped[int]
    counts: Mapped[dict[str, Any]]
    """Kind → `{"count", "minor"}`."""
    total_minor: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    @property
    def media_type(self) -> str:
        """What a browser takes it for."""
        return "text/csv"


class ExportedBooking(ProviderModel):
    """One of its bookings. The key keeps it from being handed over again."""

    __tablename__ = "exported_booking"
    __table_args__ = (Index(None, "export_id"), Index(None, "booked_on"), APPEND_ONLY)

    key: Mapped[str] = mapped_column(primary_key=True)
    export_id: Mapped[UUID] = mapped_column(ForeignKey(DatevExport.id))
    kind: Mapped[BookingKind]
    booked_on: Mapped[date]
    debit: Mapped[str]
    credit: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    reference: Mapped[str]
    text: Mapped[str]
    vat_id: Mapped[str] = mapped_column(default="")
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    invoice_id: Mapped[UUID | None]
