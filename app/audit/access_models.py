"""Who of the provider looked at a client's data, in the client's own schema."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, TenantModel


class StaffAccess(TenantModel):
    """Somebody of the provider opened something: noted once a quarter of an hour."""

    __tablename__ = "staff_access"
    __table_args__ = (
        Index(None, "account_id", "subject_id", "at"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    account_id: Mapped[UUID]
    person: Mapped[str]
    subject_type: Mapped[str]
    """work_item, document, or of the client as a whole: client, contract, promises, costs, invoice,
    export."""
    subject_id: Mapped[UUID]
    about_id: Mapped[UUID]
    """The work item it belongs to; of the client as a whole the subject again."""
    reason: Mapped[str]
    """A code: holds, checks, leads, bills, looks."""
