"""What can be found of all clients, one row for each item, file and message."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, literal_column
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.search.rules import Kind
from tenants.db import ProviderModel, clients_may

GERMAN: ColumnElement[str] = literal_column("'german'::regconfig")
SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")


class SearchEntry(ProviderModel):
    """One thing that can be found. Never of a service with health data."""

    __tablename__ = "search_entry"
    __table_args__ = (
        Index(None, "vector", postgresql_using="gin"),
        Index(None, "tenant_id", "item_id"),
        clients_may("select", "insert", "update", "delete"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    """The work item where it is shown."""
    number: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    internal: Mapped[bool] = mapped_column(default=False)
    """A note of the provider's: never found by the client."""
    at: Mapped[datetime]
    vector: Mapped[str] = mapped_column(TSVECTOR)
