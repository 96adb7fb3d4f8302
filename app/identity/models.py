"""People, what they are at the provider and at clients, and how they prove who they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.permissions import ClientRole, Sight, StaffRole
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.db import ProviderModel, clients_may


class Account(ProviderModel):
    """One person, who may belong to several clients and to the provider."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(
            "(totp_nonce is null) = (totp_confirmed_at is null)", name="second_factor_whole"
        ),
        # What a membership copies for its client; the foreign key there keeps the copy equal.
        UniqueConstraint("id", "email", "name", "locale"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    """Empty until the invitation is accepted."""
    password_hash: Mapped[str | None]
    """Argon2id; none until the invitation is accepted."""
    locale: Mapped[str] = mapped_column(default="de")
    zone: Mapped[str] = mapped_column(default="Europe/Berlin")
    totp_nonce: Mapped[bytes | None]
    """With SECRET_KEY gives the secret of the one-time codes; alone it gives nothing."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The 30-second step of the last code taken: no code is taken twice (RFC 6238, 5.2)."""
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """theme: auto, light or dark; shortcuts: bool."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class StaffPosition(ProviderModel):
    """A role that somebody has at the provider."""

    __tablename__ = "staff_role"

    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id), primary_key=True)
    role: Mapped[StaffRole] = mapped_column(primary_key=True)
    given_at: Mapped[datetime] = mapped_column(default=now)


class Membership(ProviderModel):
    """Somebody's role at a client, with what the client may know of that person."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id"),
        ForeignKeyConstraint(
            ("account_id", "email", "name", "locale"),
            [Account.id, Account.email, Account.name, Account.locale],
            name="fk_membership_account",
            onupdate="CASCADE",
        ),
        Index(None, "account_id"),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[UUID]
    role: Mapped[ClientRole]
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    sight: Mapped[Sight] = mapped_column(default=Sight.ALL, server_default="all")
    department: Mapped[str] = mapped_column(default="", server_default="")
    """What this person orders belongs to it; who sees a department's work sees this one's."""
    invited_at: Mapped[datetime] = mapped_column(default=now)
    invited_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    """Only then the role counts, and the client is told the person's name."""


class WebSession(ProviderModel):
    """One browser that somebody is signed in with."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index(None, "account_id", postgresql_where=text("revoked_at is null")),
        Index(None, "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of what the browser holds."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    fresh_at: Mapped[datetime] = mapped_column(default=now)
    """When the person last proved who they are: grave changes ask for it again."""
    second_step: Mapped[bool] = mapped_column(default=False)
    """The password was right and the one-time code is still to come: not signed in yet."""
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]


class ActionToken(ProviderModel):
    """A link sent by mail that may be used once: an invitation or a new password.

    The link's secret is made from this id and SECRET_KEY and is stored nowhere.
    """

    __tablename__ = "action_token"
    __table_args__ = (
        CheckConstraint("purpose in ('invitation', 'reset')", name="purpose"),
        Index(None, "account_id", postgresql_where=text("used_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    """The client that invites; none for the provider's own people."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(ProviderModel):
    """Opens the second step once, when the telephone is lost."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class ApiToken(ProviderModel):
    """What a client's machine shows instead of a password."""

    __tablename__ = "api_token"
    __table_args__ = (Index(None, "tenant_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SecurityEvent(ProviderModel):
    """What happened at the door: written once, never changed (OWASP ASVS 5, 16.3)."""

    __tablename__ = "security_event"
    __table_args__ = (
        Index(None, "account_id", "at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str]
    account_id: Mapped[UUID | None]
    email: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
