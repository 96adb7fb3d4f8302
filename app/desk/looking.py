"""Note for the client that somebody of ours looked at its data, and why."""

from typing import Any
from uuid import UUID

from app.audit import access
from app.audit.access import Reason
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.work.rules import WorkStatus


def looked(item: Any, *, actor: Actor, document_id: UUID | None = None) -> None:
    """The item's page or panel was opened, or one of its files."""
    access.note(
        actor=actor,
        subject_type="document" if document_id else "work_item",
        subject_id=document_id or item.id,
        about_id=item.id,
        reason=_reason(item, actor),
    )


def _reason(item: Any, actor: Actor) -> Reason:
    if item.assignee_id == actor.id:
        return Reason.CHECKS if item.status is WorkStatus.REVIEW else Reason.HOLDS
    return Reason.LEADS if actor.may(Permission.WORK_ASSIGN) else Reason.LOOKS
