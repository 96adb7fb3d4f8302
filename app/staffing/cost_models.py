"""What an hour of somebody's work costs the provider. Never a client's to see."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel


class StaffCost(ProviderModel):
    """Of a role, or of one person, from a day on."""

    __tablename__ = "staff_cost"
    __table_args__ = (
        Index("uq_staff_cost", "who", "valid_from", unique=True),
        CheckConstraint("minor_per_hour >= 0", name="minor_per_hour"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    who: Mapped[str]
    """`role:operator`, or `person:` and the account's id."""
    valid_from: Mapped[date]
    minor_per_hour: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(default="EUR")
    set_by: Mapped[str]
