"""The conversation about a work item."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actor import Side
from app.kernel.ids import new_id
from tenants.db import TenantModel
from tenants.sealing import SealedText


class Message(TenantModel):
    """What one side told the other, or a note that stays inside the provider."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "subject_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[UUID]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str]
    author_side: Mapped[Side]
    internal: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(SealedText)
    at: Mapped[datetime]
