"""Remind a client by mail of documents that are still missing."""

from uuid import UUID

from app.kernel.clock import now
from app.work import document_queries, readers
from app.work.actions import asking
from app.work.index import number_of


def remind(request_id: UUID) -> bool:
    """Write, where something is missing and the time has come; whether anybody was written to."""
    if not asking.count_reminder(request_id, at=now()):
        return False
    view = document_queries.view(request_id)
    readers.tell(
        view.item.requester_id,
        "documents_missing",
        view.item.id,
        path=f"document-requests/{request_id}",
        number=number_of(view.item),
        title=view.item.title,
        missing=str(view.missing),
        due=readers.day_text(view.request.due_at),
    )
    return True
