"""Which official files the provider keeps for its services."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel


class KeptFile(ProviderModel):
    """A file that somebody of the provider handed in; its content lies in the store."""

    __tablename__ = "kept_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    """Of the content, hex."""
    name: Mapped[str]
    size: Mapped[int]
    kept_at: Mapped[datetime]
    kept_by_name: Mapped[str]
