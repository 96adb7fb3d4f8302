"""API tokens of a client's machines: `kontor_<id>_<secret and checksum>`, shown once.

The checksum lets a secret scanner tell a real token from a look-alike without asking us; only a
hash of the secret is stored.
"""

import hmac
import re
import secrets
import zlib
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_provider
from app.identity.models import ApiToken
from app.identity.permissions import TOKEN_SCOPES, Permission, token_permissions
from app.identity.rules.addresses import person_name
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.kernel.text import Text
from tenants.context import TenantRef, TenantState
from tenants.db import db
from tenants.models import Tenant

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET = 40
_CHECKSUM = 6
_SHAPE = re.compile(rf"kontor_([0-9a-f]{{32}})_([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{6}})")
_USED_EVERY = timedelta(minutes=1)
"""The time of use is written at most this often."""


def create(
    *, actor: Actor, client: TenantRef, name: str, scopes: frozenset[str]
) -> tuple[ApiToken, str]:
    """A token and the word that is shown this once. Raises Forbidden, Invalid."""
    actor.require(Permission.TOKEN_MANAGE)
    if not scopes or scopes - TOKEN_SCOPES.keys():
        raise Invalid(fields={"scopes": [Text("Please choose what the token may do.")]})
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET))
    token = ApiToken(
        tenant_id=client.id,
        name=person_name(name),
        secret_hash=_digest(secret),
        scopes=sorted(scopes),
        created_by=actor.id,
    )
    db.session.add(token)
    db.session.flush()
    _record(actor, "token_created", token, client=client)
    return token, _word(token.id, secret)


def revoke(*, actor: Actor, client: TenantRef, token_id: UUID) -> ApiToken:
    """End a token of this client, at once. Raises Forbidden, NotFound."""
    actor.require(Permission.TOKEN_MANAGE)
    mine = (ApiToken.id == token_id, ApiToken.tenant_id == client.id)
    token = db.session.scalar(select(ApiToken).where(*mine).with_for_update())
    if token is None:
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = now()
        _record(actor, "token_revoked", token, client=client)
    return token


def id_of(word: str) -> UUID | None:
    """The id inside a token whose checksum is right; says nothing about whether it counts."""
    match = _SHAPE.fullmatch(word)
    if match is None or _checksum(match[1] + match[2]) != match[3]:
        return None
    return UUID(match[1])


def actor_for(bearer: str) -> tuple[Actor, TenantRef] | None:
    """Who comes with this token and for which client; None if it does not count.

    Has a short session of its own, so that the caller may enter the client's scope next.
    """
    token_id = id_of(bearer)
    if token_id is None:
        return None
    secret = bearer.rsplit("_", 1)[1][:_SECRET]
    with Session(db.engine) as session, session.begin():
        row = session.execute(
            select(ApiToken, Tenant)
            .join(Tenant, Tenant.id == ApiToken.tenant_id)
            .where(
                ApiToken.id == token_id,
                ApiToken.revoked_at.is_(None),
                Tenant.state.in_((TenantState.READY, TenantState.SUSPENDED)),
            )
        ).one_or_none()
        if row is None or not hmac.compare_digest(row[0].secret_hash, _digest(secret)):
            return None
        token, tenant = row
        if token.last_used_at is None or now() - token.last_used_at > _USED_EVERY:
            session.execute(
                update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now())
            )
        permissions = frozenset(map(str, token_permissions(frozenset(token.scopes))))
        actor = Actor(id=token.id, name=token.name, side=Side.MACHINE, permissions=permissions)
        return actor, tenant.ref


def _digest(secret: str) -> bytes:
    # 40 random characters need no slow hash.
    return sha256(secret.encode()).digest()


def _word(token_id: UUID, secret: str) -> str:
    return f"kontor_{token_id.hex}_{secret}{_checksum(token_id.hex + secret)}"


def _checksum(text: str) -> str:
    rest, letters = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters


def _record(actor: Actor, verb: str, token: ApiToken, *, client: TenantRef) -> None:
    record_provider(
        actor=actor,
        verb=verb,
        subject_type="api_token",
        subject_id=token.id,
        detail={"client": client.slug, "name": token.name, "scopes": token.scopes},
    )
