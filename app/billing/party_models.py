"""Who bills and who is billed: what must stand on an invoice."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel, clients_may


class Seller(ProviderModel):
    """The provider itself, as it stands on its invoices. One row."""

    __tablename__ = "billing_seller"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    details: Mapped[dict[str, Any]]
    """Fields of app.billing.rules.parties.SellerDetails."""
    number_prefix: Mapped[str] = mapped_column(default="RE")
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"de": {"intro", "closing"}, "en": {…}}`: the provider's own words on the page."""
    logo: Mapped[bytes | None]
    """PNG."""


class BillTo(ProviderModel):
    """The client company, as it stands on its invoices."""

    __tablename__ = "billing_party"
    __table_args__ = (clients_may("select"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    details: Mapped[dict[str, Any]]
    """Fields of app.billing.rules.parties.BuyerDetails."""
    vat_id_checked_at: Mapped[datetime | None]
    """When somebody has asked the tax office about the VAT id: reverse charge needs it."""
    debtor_account: Mapped[int] = mapped_column(BigInteger, unique=True)
    """The client's account in the provider's own books (DATEV: 10000 to 69999)."""
