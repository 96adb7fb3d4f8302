"""What an operator can do and for whom."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import ProviderModel


class StaffSkill(ProviderModel):
    """An operator's skill, perhaps with a certificate that expires."""

    __tablename__ = "staff_skill"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)
    expires_on: Mapped[date | None]
    level: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    """1 learning, 2 works alone, 3 expert."""


class StaffClient(ProviderModel):
    """A client whom an operator may serve. An operator without any row serves all."""

    __tablename__ = "staff_client"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class StaffShift(ProviderModel):
    """Somebody's hours on a weekday, in their own time zone. Nobody's hours noted: always there."""

    __tablename__ = "staff_shift"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """0 is Monday."""
    begins: Mapped[time]
    ends: Mapped[time]
    """Before `begins`: over midnight."""


class StaffAbsence(ProviderModel):
    """Somebody is away, from the first to the last day (both included)."""

    __tablename__ = "staff_absence"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date]
    substitute_id: Mapped[UUID | None]
    """Who hears what the absent person would have heard."""
