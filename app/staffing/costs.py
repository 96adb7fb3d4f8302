"""What hours cost: a rate of a person goes before that of a role; the newest that holds counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.identity.permissions import Permission, StaffRole
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.staffing.cost_models import StaffCost
from tenants.db import db

MOST_MINOR = 1_000_000
_HOUR = 3600


def of_role(role: StaffRole) -> str:
    """Whose rate: everybody's with that role."""
    return f"role:{role.value}"


def of_person(account_id: UUID) -> str:
    """Whose rate: this person's."""
    return f"person:{account_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Every rate, by whose it is, the newest first: (from, minor units an hour)."""

    by_whom: Mapping[str, Sequence[tuple[date, int]]]

    def an_hour(self, account_id: UUID, roles: frozenset[StaffRole], *, on: date) -> int | None:
        """The person's own, else the dearest of the person's roles; None where nobody said."""
        own = self._of(of_person(account_id), on)
        if own is not None:
            return own
        found = [self._of(of_role(role), on) for role in roles]
        return max((one for one in found if one is not None), default=None)

    def _of(self, who: str, on: date) -> int | None:
        for valid_from, minor in self.by_whom.get(who, ()):
            if valid_from <= on:
                return minor
        return None


def cost_of(seconds: int, an_hour: int) -> Decimal:
    """In minor units, not rounded: sums are rounded once."""
    return Decimal(seconds) * an_hour / _HOUR


def rates() -> Rates:
    """In the provider's books."""
    found: dict[str, list[tuple[date, int]]] = {}
    for row in costs():
        found.setdefault(row.who, []).append((row.valid_from, row.minor_per_hour))
    return Rates(by_whom=found)


def costs() -> Sequence[StaffCost]:
    """Every rate, the newest of each first."""
    query = select(StaffCost).order_by(StaffCost.who, StaffCost.valid_from.desc())
    return db.session.scalars(query).all()


def set_cost(*, actor: Actor, who: str, valid_from: date, minor_per_hour: int) -> None:
    """An hour costs so much from that day on; the same day again is corrected.

    Raises Forbidden, Invalid.
    """
    actor.require(Permission.MARGIN_READ)
    actor.require(Permission.INVOICE_MANAGE)
    if not 0 <= minor_per_hour <= MOST_MINOR:
        raise Invalid(fields={"cost": [Text("Between 0 and 10,000 an hour.")]})
    row = insert(StaffCost).values(
        id=new_id(), who=who, valid_from=valid_from, minor_per_hour=minor_per_hour,
        currency="EUR", set_by=actor.name,
    )  # fmt: skip
    changed = {"minor_per_hour": minor_per_hour, "set_by": actor.name}
    db.session.execute(
        row.on_conflict_do_update(index_elements=["who", "valid_from"], set_=changed)
    )
    audit.record_provider(
        actor=actor, verb="staff.cost_set", subject_type="staff_cost", subject_id=who,
        detail={"valid_from": valid_from.isoformat(), "minor_per_hour": minor_per_hour},
    )  # fmt: skip
