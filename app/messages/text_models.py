"""Texts that are written to clients again and again, in both languages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel


class ReplyText(ProviderModel):
    """A template of the provider's; its fields are filled when it is put into an answer."""

    __tablename__ = "reply_text"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    service_key: Mapped[str] = mapped_column(default="")
    """For work of this service only; empty for all."""
    german: Mapped[str]
    english: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_name: Mapped[str]
    retired_at: Mapped[datetime | None]
