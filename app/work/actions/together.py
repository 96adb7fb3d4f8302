"""Keep what somebody writes about an item, and who has it open."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.messages.conversation import MAX_LENGTH
from app.work import queries
from app.work.together_models import MessageDraft, Presence
from tenants.context import TenantState, current_tenant
from tenants.db import db

FORGOTTEN_AFTER = timedelta(hours=1)


def be_here(*, actor: Actor, item_id: UUID, writing: bool = False) -> None:
    """One of the provider's people has the item open; not noted while a client is suspended."""
    if actor.side is not Side.PROVIDER or actor.id is None:
        return
    if current_tenant().state is TenantState.SUSPENDED:
        return
    at = now()
    db.session.execute(
        delete(Presence).where(Presence.item_id == item_id, Presence.seen_at < at - FORGOTTEN_AFTER)
    )
    seen = {"seen_at": at, "name": actor.name, **({"written_at": at} if writing else {})}
    db.session.execute(
        insert(Presence)
        .values(item_id=item_id, account_id=actor.id, since=at, **seen)
        .on_conflict_do_update(index_elements=("item_id", "account_id"), set_=seen)
    )


def keep_draft(*, actor: Actor, item_id: UUID, body: str) -> None:
    """Keep what is written so far; nothing written is no draft. Raises Forbidden, NotFound."""
    actor.require(Permission.MESSAGE_WRITE)
    item = queries.item(item_id)
    if not body.strip():
        drop_draft(actor=actor, item_id=item.id)
        return
    if actor.id is None:
        return
    kept = {"body": body[:MAX_LENGTH], "updated_at": now()}
    db.session.execute(
        insert(MessageDraft)
        .values(item_id=item.id, account_id=actor.id, **kept)
        .on_conflict_do_update(index_elements=("item_id", "account_id"), set_=kept)
    )
    be_here(actor=actor, item_id=item.id, writing=True)


def drop_draft(*, actor: Actor, item_id: UUID) -> None:
    """The message is sent, or taken back."""
    db.session.execute(
        delete(MessageDraft).where(
            MessageDraft.item_id == item_id, MessageDraft.account_id == actor.id
        )
    )
