"""Orders somebody has begun, as the portal shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.catalogue.service import work_type
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.work import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft with the title of what is to be ordered (an English message id)."""

    id: UUID
    service_key: str
    type_key: str
    title: str
    subject: str
    files: int
    updated_at: datetime


def begun(actor: Actor) -> Sequence[Begun]:
    """This person's drafts, the newest first; what is no longer offered is left out."""
    if actor.id is None or not actor.may(Permission.WORK_ORDER):
        return []
    return [found for draft in queries.drafts(account_id=actor.id) if (found := _begun(draft))]


def _begun(draft: Any) -> Begun | None:
    try:
        title = work_type(draft.service_key, draft.type_key).title
    except NotFound:
        return None
    return Begun(
        id=draft.id,
        service_key=draft.service_key,
        type_key=draft.type_key,
        title=title,
        subject=str(draft.payload.get("subject") or ""),
        files=len(draft.document_ids),
        updated_at=draft.updated_at,
    )
