"""Ethical walls: clients that the same people must not serve, and on whose side each stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class EthicalWall(ProviderModel):
    """Competitors, opponents, buyer and seller: one side sees nothing of the other."""

    __tablename__ = "ethical_wall"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]


class WallClient(ProviderModel):
    """A client behind a wall."""

    __tablename__ = "wall_client"
    __table_args__ = (clients_may("select"),)

    wall_id: Mapped[UUID] = mapped_column(ForeignKey(EthicalWall.id), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class WallSide(ProviderModel):
    """For which client of a wall somebody works: whom they served first. One side a wall."""

    __tablename__ = "wall_side"
    __table_args__ = (clients_may("select", "insert"),)

    wall_id: Mapped[UUID] = mapped_column(ForeignKey(EthicalWall.id), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime]
