"""Find files and their contents."""

from collections.abc import Sequence
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import select

from app.adapters import storage
from app.documents import rules
from app.documents.models import Blob, Document
from app.documents.tabling import ShownSheet, unpacked
from app.kernel.errors import NotFound
from tenants import sealing
from tenants.context import scoped_key
from tenants.db import db


def document(document_id: UUID) -> Document:
    """Raises NotFound."""
    found = db.session.get(Document, document_id)
    if found is None:
        raise NotFound("There is no such document.")
    return found


def documents(document_ids: Sequence[UUID]) -> Sequence[Document]:
    """Those of the given documents that exist, in the order given."""
    rows = db.session.scalars(select(Document).where(Document.id.in_(document_ids)))
    found = {row.id: row for row in rows}
    return [found[key] for key in document_ids if key in found]


def content(document: Document) -> bytes:
    """The bytes of a document."""
    return sealing.unseal_file(storage.get(store(), content_key(document.sha256)))


def pages(sha256: str) -> int | None:
    """How many pages or sheets there are to show; None before that, and of what has none."""
    return db.session.scalar(select(Blob.pages).where(Blob.sha256 == sha256))


def page_picture(document: Document, number: int) -> bytes:
    """The picture (PNG) of a page, counted from 1. Raises NotFound."""
    if document.media_type in rules.SHEETS or not 1 <= number <= (pages(document.sha256) or 0):
        raise NotFound("There is no such page.")
    return _page(document, number)


def sheets(document: Document) -> list[ShownSheet]:
    """The sheets of a spreadsheet as far as they are shown; none before they were read."""
    if document.media_type not in rules.SHEETS:
        return []
    numbers = range(1, (pages(document.sha256) or 0) + 1)
    return [unpacked(_page(document, number)) for number in numbers]


def _page(document: Document, number: int) -> bytes:
    return sealing.unseal_file(storage.get(store(), page_key(document.sha256, number)))


def store() -> ObjectStore:
    """The store that the settings name."""
    return storage.open_store(*storage.location())


def content_key(sha256: str) -> str:
    """Where a content of the client in scope lies in the store."""
    return scoped_key("blob", sha256[:2], sha256).replace(":", "/")


def page_key(sha256: str, number: int) -> str:
    """Where the picture of a page, or a sheet, lies in the store."""
    return scoped_key("page", sha256[:2], sha256, str(number)).replace(":", "/")


def page(*, before: UUID | None = None, limit: int = 50) -> Sequence[Document]:
    """The client's documents, newest first (keys are time-ordered)."""
    query = select(Document).order_by(Document.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Document.id < before)
    return db.session.scalars(query).all()
