"""Which client has which content: so that the desk can ask before one gets another's file."""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel, clients_may


class DocumentMark(ProviderModel):
    """A client that was given or gave this content. A client may add its own and read none."""

    __tablename__ = "document_mark"
    __table_args__ = (Index(None, "sha256"), clients_may("insert"))

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    """Of the content, hex."""
