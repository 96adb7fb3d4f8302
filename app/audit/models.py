"""The entries of the chain and its head, per client and for the provider's books."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actor import Side
from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, ProviderModel, TenantModel
from tenants.sealing import SealedJson


class _Entry:
    """One thing that somebody did."""

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    actor_side: Mapped[Side]
    verb: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class _Head:
    """Where the chain ends: one row, locked by the last statement before commit."""

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


class AuditEntry(_Entry, TenantModel):
    """An entry in a client's chain."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),
        APPEND_ONLY,
    )

    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson)


class AuditHead(_Head, TenantModel):
    """The end of a client's chain."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class ProviderAuditEntry(_Entry, ProviderModel):
    """An entry in the chain of the provider's own books."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),
        APPEND_ONLY,
    )


class ProviderAuditHead(_Head, ProviderModel):
    """The end of the provider's chain."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
