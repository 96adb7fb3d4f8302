"""What of an item can be found, written in the item's own transaction; no health data ever."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app import jobs
from app.catalogue.service import service
from app.documents import queries as files
from app.documents import reading
from app.documents.models import Document
from app.documents.rules import ending
from app.kernel.errors import NotFound
from app.messages import conversation
from app.messages.models import Message
from app.search import actions as search
from app.search import queries as found
from app.search.actions import Entry
from app.search.rules import Kind, words_of
from app.work import queries
from app.work.index import number_of
from app.work.models import WorkItem
from tenants.db import db, transaction

JOB = "work.read_file"


def may_be_found(item: WorkItem) -> bool:
    """Whether its service lets it; one that is no longer sold stays out too."""
    try:
        sold = service(item.service_key)
    except NotFound:
        return False
    return sold.is_searched and not sold.health_data


def write(item: WorkItem) -> None:
    """The item's entry, and one for each of its files that has none; their texts are read later."""
    if not may_be_found(item):
        return
    number = number_of(item)
    body = f"{words_of(item.payload)} {words_of(item.values)} {item.requester_name}"
    search.write(
        Entry(
            kind=Kind.ITEM, subject_id=item.id, item_id=item.id, number=number, title=item.title,
            body=body, at=item.received_at,
        )
    )  # fmt: skip
    documents = queries.documents(item.id)
    if not documents:
        return
    fresh = set(found.unread_documents([document.id for document in documents]))
    for document in documents:
        if document.id in fresh:
            _write_file(item, document, text="")
            if ending(document.name) in reading.READABLE:
                jobs.enqueue(
                    JOB,
                    args={"item_id": item.id, "document_id": document.id},
                    dedupe_key=str(document.id),
                )


def _write_file(item: WorkItem, document: Document, *, text: str) -> None:
    search.write(
        Entry(
            kind=Kind.DOCUMENT, subject_id=document.id, item_id=item.id, number=number_of(item),
            title=document.name, body=text, at=document.created_at,
        )
    )  # fmt: skip


def write_message(item: WorkItem, message: Message) -> None:
    """What was said about the item; a note stays with the provider."""
    if may_be_found(item):
        search.write(
            Entry(
                kind=Kind.MESSAGE, subject_id=message.id, item_id=item.id,
                number=number_of(item), title=item.title, body=message.body, at=message.at,
                internal=message.internal,
            )
        )  # fmt: skip


def read_file(*, item_id: UUID, document_id: UUID) -> None:
    """Read a file's words outside any lock, then write them. Twice is the same as once."""
    with transaction():
        document = files.document(document_id)
        content, name = files.content(document), document.name
    text = reading.text_of(content, name=name)
    with transaction():
        item = queries.item(item_id)
        if may_be_found(item):
            _write_file(item, files.document(document_id), text=text)


def every_item(*, after: UUID | None, limit: int = 200) -> Sequence[UUID]:
    """Keys of the client's items, some at a time."""
    query = select(WorkItem.id).order_by(WorkItem.id).limit(limit)
    return db.session.scalars(query if after is None else query.where(WorkItem.id > after)).all()


def rebuild(item_ids: Sequence[UUID]) -> int:
    """Write the entries of these items anew, with what was said; files are read again by jobs."""
    for item_id in item_ids:
        item = queries.item(item_id)
        write(item)
        for message in conversation.of_subject(item_id, with_internal=True):
            write_message(item, message)
    return len(item_ids)
