"""Who there is: accounts, the provider's staff, the people of a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from app.identity.models import Account, ApiToken, Membership, StaffPosition
from app.identity.permissions import (
    ClientRole,
    Permission,
    Sight,
    StaffRole,
    sees_all,
    staff_permissions,
)
from app.kernel.errors import NotFound
from tenants.db import db
from tenants.models import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the provider's people."""

    id: UUID
    email: str
    name: str
    roles: frozenset[StaffRole]
    joined: bool
    """The invitation was accepted."""
    has_second_factor: bool
    disabled_at: datetime | None
    zone: str

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the roles carry."""
        return staff_permissions(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of a client's people, as that client sees them."""

    id: UUID
    account_id: UUID
    email: str
    name: str
    """Empty until the invitation is accepted: before, the client learns nothing about anybody."""
    role: ClientRole
    sight: Sight
    department: str
    locale: str
    invited_at: datetime
    accepted_at: datetime | None

    @property
    def sees_all(self) -> bool:
        """Nothing of the company's work is hidden (permissions.sees_all)."""
        return sees_all(sight=self.sight, role=self.role)


def account(account_id: UUID) -> Account:
    """Raises NotFound."""
    found = db.session.get(Account, account_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def account_by_email(email: str) -> Account | None:
    """By the address as `rules.addresses.email_address` gives it."""
    return db.session.scalar(select(Account).where(Account.email == email))


def colleagues() -> Sequence[Colleague]:
    """The provider's people by name, those who left at the end."""
    order = (Account.disabled_at.is_not(None), func.lower(Account.name), Account.email)
    return [_colleague(row) for row in db.session.execute(_staff().order_by(*order))]


def colleague(account_id: UUID) -> Colleague:
    """One of the provider's people. Raises NotFound for everybody else."""
    row = db.session.execute(_staff().where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return _colleague(row)


def _staff() -> Any:
    return (
        select(
            Account.id,
            Account.email,
            Account.name,
            Account.zone,
            Account.disabled_at,
            Account.password_hash.is_not(None).label("joined"),
            Account.totp_confirmed_at,
            func.array_agg(StaffPosition.role).label("roles"),
        )
        .join(StaffPosition, StaffPosition.account_id == Account.id)
        .group_by(Account.id)
    )


def _colleague(row: Row[Any]) -> Colleague:
    return Colleague(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=frozenset(StaffRole(role) for role in row.roles),
        joined=row.joined,
        has_second_factor=row.totp_confirmed_at is not None,
        disabled_at=row.disabled_at,
        zone=row.zone,
    )


def members(tenant_id: int, *, role: ClientRole | None = None) -> Sequence[Member]:
    """The people of one client by name, invited ones at the end; also inside its scope."""
    criteria = [Membership.tenant_id == tenant_id]
    if role is not None:
        criteria.append(Membership.role == role)
    order = (Membership.accepted_at.is_(None), func.lower(Membership.name), Membership.email)
    found = db.session.scalars(select(Membership).where(*criteria).order_by(*order))
    return [_member(membership) for membership in found]


def member(*, tenant_id: int, membership_id: UUID) -> Member:
    """One person of this client. Raises NotFound."""
    found = select(Membership).where(
        Membership.id == membership_id, Membership.tenant_id == tenant_id
    )
    membership = db.session.scalar(found)
    if membership is None:
        raise NotFound("There is no such person.")
    return _member(membership)


def _member(membership: Membership) -> Member:
    return Member(
        id=membership.id,
        account_id=membership.account_id,
        email=membership.email,
        name=membership.name if membership.accepted_at else "",
        role=membership.role,
        sight=membership.sight,
        department=membership.department,
        locale=membership.locale,
        invited_at=membership.invited_at,
        accepted_at=membership.accepted_at,
    )


def clients_of(account_id: UUID) -> Sequence[int]:
    """The clients whose people this account belongs to."""
    joined = (Membership.account_id == account_id, Membership.accepted_at.is_not(None))
    return db.session.scalars(select(Membership.tenant_id).where(*joined)).all()


def department_of(account_id: UUID | None, *, tenant_id: int) -> str:
    """The department of one of the client's people; empty for machines and everybody else."""
    if account_id is None:
        return ""
    mine = (Membership.tenant_id == tenant_id, Membership.account_id == account_id)
    return db.session.scalar(select(Membership.department).where(*mine)) or ""


def client_name(tenant_id: int) -> str:
    """What the client is called. Raises NotFound."""
    name = db.session.scalar(select(Tenant.name).where(Tenant.id == tenant_id))
    if name is None:
        raise NotFound("There is no such client.")
    return name


def api_tokens(tenant_id: int) -> Sequence[ApiToken]:
    """The client's tokens, newest first, those that ended at the end."""
    mine = select(ApiToken).where(ApiToken.tenant_id == tenant_id)
    order = (ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc())
    return db.session.scalars(mine.order_by(*order)).all()
