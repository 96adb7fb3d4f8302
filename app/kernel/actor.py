"""Who is acting: passed to every action, never fetched from a global."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Forbidden


class Side(StrEnum):
    """On whose behalf somebody acts."""

    PROVIDER = "provider"
    CLIENT = "client"
    MACHINE = "machine"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or machine with what it may do in the client and face at hand."""

    id: UUID | None
    name: str
    side: Side
    permissions: frozenset[str] = field(default_factory=frozenset)
    skills: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        return self.side is Side.SYSTEM or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the actor may do this."""
        if not self.may(permission):
            raise Forbidden("You do not have the right to do this (%(right)s).", right=permission)


SYSTEM = Actor(id=None, name="Kontor", side=Side.SYSTEM)
"""Jobs and tickers: they may do what the action itself allows."""
