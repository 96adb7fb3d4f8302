"""Browsers that people are signed in with: opened, found, seen, revoked.

The browser holds an opaque token; whether it counts is decided here at each request (OWASP ASVS 5,
7.2 to 7.4). Idle for 8 hours or 7 days old, it ends.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, update

from app.identity import security
from app.identity.changes import rows_changed
from app.identity.models import Account, Membership, StaffPosition, WebSession
from app.identity.permissions import ClientRole, Sight, StaffRole
from app.identity.person import Person, Position
from app.identity.security import NOWHERE, Browser
from app.kernel.clock import now
from app.kernel.errors import NotFound
from tenants.context import TenantState
from tenants.db import db, reading, transaction
from tenants.models import Tenant

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
SECOND_STEP = timedelta(minutes=10)
_SEEN_EVERY = timedelta(minutes=1)
"""A session is written to at most this often."""


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def open_session(*, account_id: UUID, browser: Browser, second_step: bool = False) -> str:
    """Open a session and give the token that the browser keeps; it is stored nowhere else."""
    token = secrets.token_urlsafe(32)
    lasting = SECOND_STEP if second_step else LONGEST
    session = WebSession(
        token_hash=_digest(token),
        account_id=account_id,
        expires_at=now() + lasting,
        second_step=second_step,
        ip=browser.ip,
        user_agent=browser.user_agent[:300],
    )
    db.session.add(session)
    return token


_LIVING: tuple[ColumnElement[bool], ...] = (
    WebSession.revoked_at.is_(None),
    WebSession.expires_at > bindparam("at", callable_=now),
    WebSession.last_seen_at > bindparam("idle_since", callable_=lambda: now() - IDLE),
)


def _person_of_token() -> Select[Any]:
    roles = (
        select(func.array_agg(StaffPosition.role))
        .where(StaffPosition.account_id == Account.id)
        .scalar_subquery()
    )
    member_of = func.jsonb_build_array(
        Tenant.id, Tenant.slug, Tenant.name, Membership.role, Membership.sight,
        Membership.department,
    )  # fmt: skip
    memberships = (
        select(func.jsonb_agg(member_of))
        .where(
            Membership.account_id == Account.id,
            Membership.accepted_at.is_not(None),
            Tenant.id == Membership.tenant_id,
            Tenant.state.in_((TenantState.READY, TenantState.SUSPENDED)),
        )
        .scalar_subquery()
    )
    return (
        select(
            WebSession.id.label("session_id"),
            WebSession.last_seen_at,
            WebSession.fresh_at,
            Account.id,
            Account.email,
            Account.name,
            Account.locale,
            Account.zone,
            Account.preferences,
            Account.totp_confirmed_at,
            roles.label("roles"),
            memberships.label("memberships"),
        )
        .join(Account, Account.id == WebSession.account_id)
        .where(
            WebSession.token_hash == bindparam("digest"),
            WebSession.second_step.is_(False),
            Account.disabled_at.is_(None),
            *_LIVING,
        )
    )


_PERSON_OF_TOKEN = _person_of_token()


def find(token: str) -> Person | None:
    """Who holds this token, with all roles, by one query; None if it does not count (any more).

    Notes now and then that the session is alive, in a transaction of its own.
    """
    with reading() as connection:
        row = connection.execute(_PERSON_OF_TOKEN, {"digest": _digest(token)}).one_or_none()
    if row is None:
        return None
    if now() - row.last_seen_at > _SEEN_EVERY:
        with transaction():
            _change(WebSession.id == row.session_id, last_seen_at=now())
    return _person(row)


def _person(row: Row[Any]) -> Person:
    positions = [
        Position(
            tenant_id=tenant_id,
            slug=slug,
            client_name=name,
            role=ClientRole(role),
            sight=Sight(sight),
            department=department,
        )
        for tenant_id, slug, name, role, sight, department in row.memberships or ()
    ]
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        locale=row.locale,
        zone=row.zone,
        session_id=row.session_id,
        fresh_at=row.fresh_at,
        has_second_factor=row.totp_confirmed_at is not None,
        preferences=row.preferences,
        staff_roles=frozenset(StaffRole(role) for role in row.roles or ()),
        memberships=tuple(sorted(positions, key=lambda p: p.client_name.casefold())),
    )


def awaiting_second_step(token: str) -> Account | None:
    """Whose password was right a moment ago, where the one-time code is still to come."""
    return db.session.scalar(
        select(Account)
        .join(WebSession, WebSession.account_id == Account.id)
        .where(
            WebSession.token_hash == _digest(token),
            WebSession.second_step.is_(True),
            Account.disabled_at.is_(None),
            *_LIVING,
        )
    )


def sessions_of(account_id: UUID) -> Sequence[WebSession]:
    """The browsers this person is signed in with, last seen first."""
    mine = (WebSession.account_id == account_id, WebSession.second_step.is_(False))
    found = select(WebSession).where(*mine, *_LIVING).order_by(WebSession.last_seen_at.desc())
    return db.session.scalars(found).all()


def last_seen(account_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of these people was last here; who never was is left out."""
    rows = db.session.execute(
        select(WebSession.account_id, func.max(WebSession.last_seen_at))
        .where(WebSession.account_id.in_(account_ids), WebSession.second_step.is_(False))
        .group_by(WebSession.account_id)
    )
    return {row[0]: row[1] for row in rows}


def refresh(session_id: UUID) -> None:
    """The person has just proved again who they are."""
    _change(WebSession.id == session_id, fresh_at=now())


def revoke(*, account_id: UUID, session_id: UUID, browser: Browser = NOWHERE) -> None:
    """Sign one browser of this person out. Raises NotFound for anybody else's session."""
    mine = (WebSession.id == session_id, WebSession.account_id == account_id)
    if not _change(*mine, WebSession.revoked_at.is_(None), revoked_at=now()):
        raise NotFound("There is no such session.")
    security.record("signed_out", account_id=account_id, browser=browser, session=str(session_id))


def revoke_token(token: str) -> None:
    """Sign out the browser that holds this token, if any does."""
    _change(WebSession.token_hash == _digest(token), revoked_at=now())


def revoke_all(*, account_id: UUID, keep: UUID | None = None, browser: Browser = NOWHERE) -> int:
    """Sign out everywhere, except the session `keep`. Returns how many were ended."""
    mine = [WebSession.account_id == account_id, WebSession.revoked_at.is_(None)]
    if keep is not None:
        mine.append(WebSession.id != keep)
    ended = _change(*mine, revoked_at=now())
    security.record("signed_out_everywhere", account_id=account_id, browser=browser, ended=ended)
    return ended


def _change(*criteria: ColumnElement[bool], **values: Any) -> int:
    return rows_changed(update(WebSession).where(*criteria).values(**values))
