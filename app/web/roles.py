"""What roles and scopes are called, for every face."""

from collections.abc import Iterable

from flask_babel import gettext as _

from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    STAFF_PERMISSIONS,
    ClientRole,
    Sight,
    StaffRole,
)
from app.kernel.actor import Side


def client_role(role: ClientRole) -> str:
    """A role at a client."""
    return {
        ClientRole.REQUESTER: _("Requester"),
        ClientRole.APPROVER: _("Approver"),
        ClientRole.CLIENT_ADMIN: _("Admin"),
    }[role]


def client_role_choices() -> list[tuple[str, str, str]]:
    """Value, name and what it means."""
    notes = {
        ClientRole.REQUESTER: _("orders work, answers questions, sees requests"),
        ClientRole.APPROVER: _("also accepts delivered work or complains about it"),
        ClientRole.CLIENT_ADMIN: _("also manages people and API tokens and sees costs"),
    }
    return [(role.value, client_role(role), notes[role]) for role in ClientRole]


def sight_choices() -> list[tuple[str, str, str]]:
    """How much of the company's work somebody sees: value, name and what it means."""
    return [
        (Sight.ALL.value, _("All requests"), _("everything that the company has ordered")),
        (Sight.DEPARTMENT.value, _("The department's"), _("what the own department has ordered")),
        (Sight.OWN.value, _("Only own"), _("what this person has ordered")),
    ]


def staff_role(role: StaffRole) -> str:
    """A role at the provider."""
    return {
        StaffRole.OPERATOR: _("Operator"),
        StaffRole.TEAM_LEAD: _("Team lead"),
        StaffRole.FINANCE: _("Finance"),
        StaffRole.ADMIN: _("Admin"),
        StaffRole.HEALTH: _("Bound to medical secrecy"),
    }[role]


def staff_roles(roles: Iterable[StaffRole]) -> list[str]:
    """Several, in their usual order."""
    held = frozenset(roles)
    return [staff_role(role) for role in StaffRole if role in held]


def bearers(right: str, *, side: Side) -> list[str]:
    """Roles of that side which carry a permission: whom to ask."""
    if side is Side.CLIENT:
        return [client_role(role) for role, held in CLIENT_PERMISSIONS.items() if right in held]
    return [staff_role(role) for role, held in STAFF_PERMISSIONS.items() if right in held]


def scope_choices() -> list[tuple[str, str]]:
    """What an API token may do."""
    return [
        ("work:read", _("Read requests and documents")),
        ("work:write", _("Order work, send documents, accept results")),
        ("webhook:manage", _("Look after webhooks: see messages, send them again")),
        ("health:read", _("Also work about the health of people")),
    ]
