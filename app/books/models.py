"""The client's side of its ledger as far as Kontor keeps it; every row names the item it is of."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import TenantModel


class OpenKind(StrEnum):
    """Who owes whom."""

    PAYABLE = "payable"
    RECEIVABLE = "receivable"


class OpenItem(TenantModel):
    """An invoice or credit note that is to be paid. Amounts in minor units."""

    __tablename__ = "open_item"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index(
            "ix_open_item_due",
            "kind",
            "due_on",
            postgresql_where=text("amount_minor <> paid_minor"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str]
    """Of the work item: where one looks for the paper."""
    kind: Mapped[OpenKind]
    account: Mapped[str]
    """The party's personal account (creditor or debtor)."""
    party: Mapped[str]
    iban: Mapped[str] = mapped_column(default="")
    bic: Mapped[str] = mapped_column(default="")
    reference: Mapped[str]
    """The invoice's own number."""
    purpose: Mapped[str] = mapped_column(default="")
    """What the party wants to read on its bank statement."""
    issued_on: Mapped[date]
    due_on: Mapped[date]
    discount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    discount_until: Mapped[date | None]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Negative for a credit note."""
    paid_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str]


class PaymentOrder(TenantModel):
    """A payment that a second person approved; negative amounts leave the account."""

    __tablename__ = "payment_order"
    __table_args__ = (UniqueConstraint("item_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID]
    number: Mapped[str]
    """Of the work item: the bank's file is named after it."""
    position: Mapped[int]
    end_to_end_id: Mapped[str] = mapped_column(index=True)
    open_item_id: Mapped[UUID | None] = mapped_column(ForeignKey(OpenItem.id), index=True)
    account: Mapped[str] = mapped_column(default="")
    party: Mapped[str]
    iban: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    execute_on: Mapped[date]
    paid_by_id: Mapped[UUID | None]
    """The item whose bank statement showed it."""


class BankLine(TenantModel):
    """An entry of a bank statement, imported once however often its file comes."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("fingerprint"),
        UniqueConstraint("item_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID]
    position: Mapped[int]
    fingerprint: Mapped[str]
    account: Mapped[str]
    statement: Mapped[str]
    booked_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    party: Mapped[str]
    iban: Mapped[str]
    purpose: Mapped[str]
    end_to_end_id: Mapped[str]
    match: Mapped[dict[str, Any]]
    """What it pays, as the automation proposed it or a person decided."""
    is_booked: Mapped[bool] = mapped_column(default=False)


class Booking(TenantModel):
    """One entry of the journal: an amount (minor units, positive) from `credit` to `debit`.

    Once handed over it is never changed: what was wrong is reversed by a booking of its own.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_booking_booked_on", "booked_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID]
    position: Mapped[int]
    number: Mapped[str]
    booked_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    debit: Mapped[str]
    credit: Mapped[str]
    tax_key: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    cost_centre: Mapped[str] = mapped_column(default="")
    handed_over_by_id: Mapped[UUID | None] = mapped_column(index=True)
    """The item whose delivery gave it to the tax adviser."""


class IssuedNumber(TenantModel):
    """A number of the client's own invoices: given once, never again, also where work is undone."""

    __tablename__ = "issued_number"

    number: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(unique=True)
