"""Build walls between clients, and see to it that nobody stands on two sides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.staffing.rules import behind_walls
from app.staffing.wall_models import EthicalWall, WallClient, WallSide
from tenants.context import current_tenant
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class WallView:
    """A wall with its clients and who stands where (account → client)."""

    wall: EthicalWall
    clients: Sequence[int]
    sides: Mapping[UUID, int]


def build(*, actor: Actor, name: str, tenant_ids: Iterable[int]) -> EthicalWall:
    """Part two or more clients. Raises Forbidden, Invalid."""
    actor.require(Permission.PEOPLE_MANAGE)
    chosen = sorted(set(tenant_ids))
    if not name.strip():
        raise Invalid(fields={"name": ["Please fill this in."]})
    if len(chosen) < 2:
        raise Invalid(fields={"clients": ["Please choose two clients at least."]})
    wall = EthicalWall(name=name.strip()[:100], created_at=now(), created_by_name=actor.name)
    db.session.add(wall)
    db.session.flush()
    db.session.add_all([WallClient(wall_id=wall.id, tenant_id=one) for one in chosen])
    db.session.flush()
    _record(actor, "wall.built", wall.id, name=wall.name, clients=chosen)
    return wall


def remove(*, actor: Actor, wall_id: UUID) -> None:
    """Take a wall down. Raises Forbidden, NotFound."""
    actor.require(Permission.PEOPLE_MANAGE)
    wall = db.session.get(EthicalWall, wall_id)
    if wall is None:
        raise NotFound("There is no such wall.")
    for table in (WallSide, WallClient):
        db.session.execute(delete(table).where(table.wall_id == wall_id))
    db.session.delete(wall)
    db.session.flush()
    _record(actor, "wall.removed", wall_id, name=wall.name)


def walls() -> Sequence[WallView]:
    """All walls, in the provider's books."""
    clients, sides = _clients(), defaultdict[UUID, dict[UUID, int]](dict)
    for side in db.session.scalars(select(WallSide)):
        sides[side.wall_id][side.account_id] = side.tenant_id
    query = select(EthicalWall).order_by(EthicalWall.name)
    return [
        WallView(wall=wall, clients=clients.get(str(wall.id), ()), sides=sides[wall.id])
        for wall in db.session.scalars(query)
    ]


def kept_from(account_id: UUID) -> frozenset[int]:
    """Clients that this person may not serve, in the provider's books."""
    mine = {
        str(side.wall_id): side.tenant_id
        for side in db.session.scalars(select(WallSide).where(WallSide.account_id == account_id))
    }
    return behind_walls(_clients(), mine) if mine else frozenset()


def _clients() -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for member in db.session.scalars(select(WallClient).order_by(WallClient.tenant_id)):
        found[str(member.wall_id)].append(member.tenant_id)
    return dict(found)


def take_side(actor: Actor) -> None:
    """Whoever works for the client in scope stands on its side of every wall from now on.

    Raises Forbidden for who stands on another side already.
    """
    if actor.id is None or actor.side is not Side.PROVIDER:
        return
    client = current_tenant()
    parted = db.session.scalars(select(WallClient.wall_id)).all()
    for wall_id in parted:
        # The other side's row cannot be seen from here: it only keeps this one from being written.
        db.session.execute(
            insert(WallSide)
            .values(wall_id=wall_id, account_id=actor.id, tenant_id=client.id, since=now())
            .on_conflict_do_nothing()
        )
        mine = select(WallSide).where(
            WallSide.wall_id == wall_id,
            WallSide.account_id == actor.id,
            WallSide.tenant_id == client.id,
        )
        if db.session.scalar(mine) is None:
            raise Forbidden("An ethical wall keeps you from working for this client.")


def _record(actor: Actor, verb: str, wall_id: UUID, **detail: object) -> None:
    audit.record_provider(
        actor=actor, verb=verb, subject_type="wall", subject_id=wall_id, detail=detail
    )
