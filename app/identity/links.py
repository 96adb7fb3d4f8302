"""Links sent by mail that may be used once: invitations and new passwords.

A link's secret is made from its id and SECRET_KEY, so that no table and no queue of mails ever
holds one: they hold the id.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.identity.changes import rows_changed
from app.identity.keys import code
from app.identity.models import Account, ActionToken
from app.kernel.clock import now
from app.kernel.errors import NotFound
from tenants.db import db

INVITATION = "invitation"
RESET = "reset"
LASTS = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}


class LinkSpent(NotFound):
    """The link was used already, is too old, or never was one: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("This link is no longer valid. Please ask for a new one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that still counts, and whom it is for."""

    id: UUID
    purpose: str
    account: Account
    tenant_id: int | None


def make(*, purpose: str, account_id: UUID, tenant_id: int | None = None) -> UUID:
    """Make a link; `word(id)` is what the mail says. An older invitation of the same kind ends."""
    if purpose == INVITATION:
        same = ActionToken.tenant_id.is_not_distinct_from(tenant_id)
        _end(account_id, purpose, same)
    row = ActionToken(
        purpose=purpose,
        account_id=account_id,
        tenant_id=tenant_id,
        created_at=now(),
        expires_at=now() + LASTS[purpose],
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def word(link_id: UUID) -> str:
    """The part of the address that only the addressee knows."""
    return base64.urlsafe_b64encode(link_id.bytes + _proof(link_id)).decode().rstrip("=")


def _proof(link_id: UUID) -> bytes:
    return code("link", link_id.bytes)[:20]


def read(word: str, *, purpose: str) -> Link:
    """The link behind the word, if it still counts. Raises LinkSpent."""
    link_id = _id_of(word)
    row = db.session.execute(
        select(ActionToken, Account)
        .join(Account, Account.id == ActionToken.account_id)
        .where(
            ActionToken.id == link_id,
            ActionToken.purpose == purpose,
            ActionToken.used_at.is_(None),
            ActionToken.expires_at > now(),
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise LinkSpent
    token, person = row
    return Link(id=token.id, purpose=purpose, account=person, tenant_id=token.tenant_id)


def _id_of(word: str) -> UUID:
    try:
        content = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except ValueError:
        raise LinkSpent from None
    if len(content) != 36:
        raise LinkSpent
    link_id = UUID(bytes=content[:16])
    if not hmac.compare_digest(_proof(link_id), content[16:]):
        raise LinkSpent
    return link_id


def use(word: str, *, purpose: str) -> Link:
    """Use the link up; of two requests at once one gets it. Raises LinkSpent."""
    link = read(word, purpose=purpose)
    mine = (ActionToken.id == link.id, ActionToken.used_at.is_(None))
    if not rows_changed(update(ActionToken).where(*mine).values(used_at=now())):
        raise LinkSpent
    if purpose == RESET:
        _end(link.account.id, purpose)
    return link


def end_all(account_id: UUID) -> None:
    """No link sent to this person counts any more."""
    for purpose in LASTS:
        _end(account_id, purpose)


def end_invitation(*, account_id: UUID, tenant_id: int) -> None:
    """The client's invitation no longer counts."""
    _end(account_id, INVITATION, ActionToken.tenant_id == tenant_id)


def _end(account_id: UUID, purpose: str, *more: object) -> None:
    criteria = [
        ActionToken.account_id == account_id,
        ActionToken.purpose == purpose,
        ActionToken.used_at.is_(None),
        *more,
    ]
    rows_changed(update(ActionToken).where(*criteria).values(used_at=now()))  # type: ignore[arg-type]
