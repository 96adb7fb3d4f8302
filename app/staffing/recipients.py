"""Who hears of something: by role, with substitutes for the absent, and never nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.identity.models import Account, StaffPosition
from app.identity.permissions import StaffRole
from app.staffing.models import StaffAbsence, StaffClient
from tenants.db import db

ASSIGNEE = "assignee"
_LAST_RESORT = (StaffRole.TEAM_LEAD.value, StaffRole.ADMIN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody to be told; `instead_of`: the name of who is away or gone."""

    account_id: UUID
    email: str
    locale: str
    zone: str
    role: str
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    id: UUID
    name: str
    email: str
    locale: str
    zone: str
    roles: frozenset[str]
    clients: frozenset[int]
    """Empty: serves every client."""


class Staff:
    """The provider's people of a day, read once for many notices. In the provider's books."""

    def __init__(self, *, on: date) -> None:
        self._people = {person.id: person for person in _people()}
        self._names = dict(_names())
        absences = select(StaffAbsence).where(
            StaffAbsence.starts_on <= on, StaffAbsence.ends_on >= on
        )
        self._away = {
            absence.account_id: absence.substitute_id for absence in db.session.scalars(absences)
        }

    def recipients(
        self, roles: Iterable[str], *, tenant_id: int, assignee_id: UUID | None, fallback: str
    ) -> Sequence[Recipient]:
        """Each person once. Whoever is away or gone is replaced: by the substitute, else by the
        fallback group, at last by every lead and admin, present or not.
        """
        found: dict[UUID, Recipient] = {}
        for role in roles:
            told = (
                self._one(assignee_id, tenant_id=tenant_id)
                if role == ASSIGNEE
                else self._group(role, tenant_id=tenant_id)
            )
            missed = self._names.get(assignee_id, "") if role == ASSIGNEE and assignee_id else ""
            for person, instead_of in told or self._fallback(fallback, tenant_id, missed=missed):
                found.setdefault(person.id, _recipient(person, role, instead_of))
        return list(found.values())

    def admins(self) -> Sequence[Recipient]:
        """Everybody who looks after the house itself, present or not."""
        role = StaffRole.ADMIN.value
        return [_recipient(one, role, "") for one in self._people.values() if role in one.roles]

    def _one(self, account_id: UUID | None, *, tenant_id: int) -> list[tuple[_Person, str]]:
        if account_id is None:
            return []
        person = self._people.get(account_id)
        if person is not None and account_id not in self._away:
            return [(person, "")]
        substitute = self._away.get(account_id)
        stand_in = self._people.get(substitute) if substitute else None
        if stand_in is None or stand_in.id in self._away or not _serves(stand_in, tenant_id):
            return []
        return [(stand_in, self._names.get(account_id, ""))]

    def _group(self, role: str, *, tenant_id: int) -> list[tuple[_Person, str]]:
        return [
            told
            for person in self._people.values()
            if role in person.roles and _serves(person, tenant_id)
            for told in self._one(person.id, tenant_id=tenant_id)
        ]

    def _fallback(self, role: str, tenant_id: int, *, missed: str) -> list[tuple[_Person, str]]:
        for group in (role, *_LAST_RESORT):
            if told := self._group(group, tenant_id=tenant_id):
                return [(person, instead_of or missed) for person, instead_of in told]
        return [(p, missed) for p in self._people.values() if p.roles & set(_LAST_RESORT)]


def _serves(person: _Person, tenant_id: int) -> bool:
    return not person.clients or tenant_id in person.clients


def _recipient(person: _Person, role: str, instead_of: str) -> Recipient:
    return Recipient(
        account_id=person.id,
        email=person.email,
        locale=person.locale,
        zone=person.zone,
        role=role,
        instead_of=instead_of,
    )


def _people() -> list[_Person]:
    roles = (
        select(StaffPosition.account_id, func.array_agg(StaffPosition.role).label("roles"))
        .group_by(StaffPosition.account_id)
        .subquery()
    )
    clients = (
        select(StaffClient.account_id, func.array_agg(StaffClient.tenant_id).label("clients"))
        .group_by(StaffClient.account_id)
        .subquery()
    )
    query = (
        select(Account, roles.c.roles, clients.c.clients)
        .join(roles, roles.c.account_id == Account.id)
        .outerjoin(clients, clients.c.account_id == Account.id)
        .where(Account.disabled_at.is_(None), Account.password_hash.is_not(None))
        .order_by(Account.id)
    )
    return [
        _Person(
            id=account.id,
            name=account.name,
            email=account.email,
            locale=account.locale,
            zone=account.zone,
            roles=frozenset(str(role) for role in given),
            clients=frozenset(served or ()),
        )
        for account, given, served in db.session.execute(query)
    ]


def _names() -> Iterable[tuple[UUID, str]]:
    query = select(Account.id, Account.name).join(
        StaffPosition, StaffPosition.account_id == Account.id
    )
    return [(account_id, name) for account_id, name in db.session.execute(query)]
