"""Who is signed in: a value, read once at the door of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.identity.permissions import (
    OF_THE_WHOLE,
    ClientRole,
    Sight,
    StaffRole,
    client_permissions,
    sees_all,
    staff_permissions,
)
from app.kernel.actor import Actor, Side
from app.kernel.clock import now

FRESH = timedelta(minutes=15)
"""So long after proving who one is, grave changes do not ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A role at one client."""

    tenant_id: int
    slug: str
    client_name: str
    role: ClientRole
    sight: Sight = Sight.ALL
    department: str = ""

    @property
    def sees_all(self) -> bool:
        """Nothing of the company's work is hidden (permissions.sees_all)."""
        return sees_all(sight=self.sight, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account with its roles and the session it came by."""

    id: UUID
    email: str
    name: str
    locale: str
    zone: str
    session_id: UUID
    fresh_at: datetime
    has_second_factor: bool
    preferences: Mapping[str, Any] = field(default_factory=dict)
    staff_roles: frozenset[StaffRole] = frozenset()
    memberships: tuple[Position, ...] = ()

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    @property
    def needs_second_factor(self) -> bool:
        """The provider's admins must have one before they may do anything else."""
        return StaffRole.ADMIN in self.staff_roles and not self.has_second_factor

    @property
    def is_fresh(self) -> bool:
        return now() - self.fresh_at < FRESH

    @property
    def theme(self) -> str:
        return str(self.preferences.get("theme", "auto"))

    @property
    def shortcuts(self) -> bool:
        return bool(self.preferences.get("shortcuts", True))

    def as_staff(self) -> Actor:
        """Acting at the desk, with the roles at the provider; none gives no permission."""
        permissions = frozenset(map(str, staff_permissions(self.staff_roles)))
        return Actor(id=self.id, name=self.name, side=Side.PROVIDER, permissions=permissions)

    def as_member(self, tenant_id: int) -> Actor:
        """Acting in the portal of one client; who is no member there has no permission."""
        position = self.position(tenant_id)
        held = client_permissions(frozenset({position.role}) if position else frozenset())
        if position and not position.sees_all:
            held -= OF_THE_WHOLE
        permissions = frozenset(map(str, held))
        return Actor(id=self.id, name=self.name, side=Side.CLIENT, permissions=permissions)

    def position(self, tenant_id: int) -> Position | None:
        """What this person is at that client; None: no member there."""
        return next((one for one in self.memberships if one.tenant_id == tenant_id), None)

    def as_self(self) -> Actor:
        """Acting on the own account only."""
        side = Side.PROVIDER if self.is_staff else Side.CLIENT
        return Actor(id=self.id, name=self.name, side=side)
