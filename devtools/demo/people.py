"""Who works at the demo's provider and at its clients."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.catalogue.service import services
from app.identity import accounts, staff, team
from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    ClientRole,
    Sight,
    StaffRole,
    staff_permissions,
)
from app.identity.queries import account_by_email
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.staffing import actions as staffing
from tenants.context import TenantRef
from tenants.db import transaction

PASSWORD = "Rundgang-am-Hafen-26"  # noqa: S105  the demo's, printed at every start


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the provider's people."""

    key: str
    name: str
    email: str
    roles: frozenset[StaffRole]
    skills: tuple[str, ...] = ()
    locale: str = "de"


COLLEAGUES = (
    Colleague(
        key="anna",
        name="Anna Krüger",
        email="anna@kontor.example",
        roles=frozenset({StaffRole.OPERATOR, StaffRole.HEALTH}),
        skills=("accounting", "payroll"),
    ),
    Colleague(
        key="jan",
        name="Jan Brandt",
        email="jan@kontor.example",
        roles=frozenset({StaffRole.OPERATOR, StaffRole.HEALTH}),
        skills=("accounting",),
    ),
    Colleague(
        key="mia",
        name="Mia Schulz",
        email="mia@kontor.example",
        roles=frozenset({StaffRole.OPERATOR}),
        skills=("payroll",),
        locale="en",
    ),
    Colleague(
        key="lena",
        name="Lena Voss",
        email="lena@kontor.example",
        roles=frozenset({StaffRole.TEAM_LEAD, StaffRole.HEALTH}),
        skills=("accounting", "payroll"),
    ),
    Colleague(
        key="paul",
        name="Paul Reuter",
        email="paul@kontor.example",
        roles=frozenset({StaffRole.FINANCE}),
    ),
    Colleague(
        key="sabine",
        name="Sabine Hoffmann",
        email="sabine@kontor.example",
        roles=frozenset({StaffRole.ADMIN}),
    ),
)


def skills(one: Colleague) -> frozenset[str]:
    """What somebody can do: the accountants also know every trade but payroll."""
    if "accounting" not in one.skills:
        return frozenset(one.skills)
    asked = frozenset().union(*(service.skills for service in services()))
    return frozenset(one.skills) | (asked - {"payroll"})


def hire() -> dict[str, Actor]:
    """Make the provider's accounts; the actors by key."""
    hired, ids = {}, {}
    with transaction():
        for one in COLLEAGUES:
            account_id = accounts.create(
                email=one.email, name=one.name, password=PASSWORD, locale=one.locale
            )
            staff.give_roles(account_id=account_id, roles=one.roles)
            ends = now().date() + timedelta(days=200)
            staffing.set_skills(
                actor=SYSTEM,
                account_id=account_id,
                skills={skill: ends if skill == "payroll" else None for skill in skills(one)},
            )
            ids[one.key] = account_id
            hired[one.key] = Actor(
                id=account_id,
                name=one.name,
                side=Side.PROVIDER,
                permissions=frozenset(staff_permissions(one.roles)),
                skills=skills(one),
            )
    with transaction():
        staffing.set_absence(
            actor=SYSTEM,
            account_id=ids["mia"],
            starts_on=now().date() + timedelta(days=3),
            ends_on=now().date() + timedelta(days=14),
            substitute_id=ids["anna"],
        )
    return hired


PARTS = {
    "petra@baeckerei-sommer.example": (Sight.DEPARTMENT, "Verwaltung"),
    "tim@nordlicht.example": (Sight.OWN, "Lager"),
}
"""Who of the clients' people sees only a part of what was ordered."""
ALSO_AT = {"nordlicht": ("katrin@alpha-logistik.example", ClientRole.APPROVER)}
"""Who belongs to a second company, and changes between them in the portal."""


def join(client: TenantRef, members: tuple[tuple[str, str, ClientRole], ...]) -> list[Actor]:
    """Make a client's accounts: (name, e-mail, role)."""
    actors = []
    with transaction():
        for name, email, role in members:
            account_id = accounts.create(
                email=email, name=name, password=PASSWORD, locale=client.locale, zone=client.zone
            )
            joined = team.add_member(account_id=account_id, client=client, role=role)
            joined.sight, joined.department = PARTS.get(email, (Sight.ALL, ""))
            actors.append(
                Actor(
                    id=account_id,
                    name=name,
                    side=Side.CLIENT,
                    permissions=frozenset(CLIENT_PERMISSIONS[role]),
                )
            )
        if client.slug in ALSO_AT:
            email, role = ALSO_AT[client.slug]
            if (known := account_by_email(email)) is not None:
                team.add_member(account_id=known.id, client=client, role=role)
    return actors


def describe(
    companies: Iterable[tuple[str, tuple[tuple[str, str, ClientRole], ...]]],
) -> str:
    """What `make run` prints about signing in."""
    lines = [f"Accounts of the demo (password of all: {PASSWORD})", "  At the desk:"]
    lines += [
        f"    {one.email:<36} {one.name}, {', '.join(sorted(one.roles))}" for one in COLLEAGUES
    ]
    lines.append("  In the portals:")
    for company, members in companies:
        lines += [f"    {email:<36} {name}, {role} of {company}" for name, email, role in members]
    lines.append("  Admins set up a second factor at their first sign-in (any authenticator app).")
    return "\n".join(lines)
