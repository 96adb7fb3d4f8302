"""Table: questions somebody asked of the past, and the answers; in the provider's books."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class WhatIfRun(ProviderModel):
    """One question and, when it is worked out, its answer; thrown away after some days."""

    __tablename__ = "sla_what_if"
    __table_args__ = (
        Index(None, "tenant_id", "id"),
        clients_may("select", "insert", "update", "delete"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    author_name: Mapped[str]
    question: Mapped[dict[str, Any]]
    subjects: Mapped[int]
    """How many pieces of work the period has."""
    done: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
