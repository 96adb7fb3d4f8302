"""Numbers that are one client's alone: its bank accounts and VAT ids."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel


class ClientIdentifier(ProviderModel):
    """A number by which the desk notices that something is about another client."""

    __tablename__ = "client_identifier"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    """In capitals, without spaces."""
    kind: Mapped[str]
    """iban or vat_id."""
