"""The register of clients and of the database cells that hold them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.context import TenantRef, TenantState
from tenants.db import ProviderModel


class Cell(ProviderModel):
    """A database that holds clients; its addresses are settings, its number is here."""

    __tablename__ = "cell"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]


class Tenant(ProviderModel):
    """A client company, or a spare schema waiting to become one."""

    __tablename__ = "tenant"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z]{2,8}$'", name="code"),
        CheckConstraint(
            "slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'",
            name="slug",
        ),
        CheckConstraint(
            "state in ('spare','failed') or (slug is not null and code is not null)",
            name="named",
        ),
        Index("ix_tenant_spare", "id", postgresql_where=text("state = 'spare'")),
        Index("ix_tenant_schema_version", "schema_version"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(unique=True)
    """Prefix of item numbers (`ACME-1042`); permanent."""
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[TenantState]
    cell_id: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str] = mapped_column(default="de")
    zone: Mapped[str] = mapped_column(default="Europe/Berlin")
    sealed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Encrypted at rest since its first contract about health data; never taken back."""
    trade: Mapped[str] = mapped_column(default="")
    guidance: Mapped[str] = mapped_column(default="")
    """The client's own procedures, shown to operators beside every task."""
    colour: Mapped[int] = mapped_column(default=0)
    """Number of the banner's colour (0 to 7) that tells clients apart at a glance."""
    schema_version: Mapped[str]
    """Revision of the client tree that this schema stands at: the migration ledger."""
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def ref(self) -> TenantRef:
        return TenantRef(
            id=self.id,
            slug=self.slug or "",
            code=self.code or "",
            name=self.name,
            state=self.state,
            cell_id=self.cell_id,
            locale=self.locale,
            zone=self.zone,
            sealed=self.sealed,
        )
