"""Take files in: checked, named safely, stored once per content and client."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.adapters import storage
from app.audit import actions as audit
from app.documents import marks, queries, rules
from app.documents.models import Blob, Document
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from tenants import sealing
from tenants.db import db

LIMIT = 100 * 1024 * 1024
"""Bytes of one file."""
ACCEPTS = (
    ".pdf",
    ".xml",
    ".png",
    ".jpg",
    ".jpeg",
    ".csv",
    ".xlsx",
    ".docx",
    ".txt",
    ".json",
    ".zip",
)


def store(
    *, actor: Actor, name: str, content: bytes, accepts: tuple[str, ...] = ACCEPTS
) -> Document:
    """Store a file for the client in scope. Raises Invalid with the reason, Forbidden."""
    actor.require(Permission.DOCUMENT_WRITE)
    name = rules.safe_name(name)
    rules.check(name, content, accepts=accepts, limit=LIMIT)
    document = _store(actor=actor, name=name, content=content, drawn=rules.DRAWN)
    marks.leave(document.sha256)
    return document


def store_result(*, actor: Actor, name: str, content: bytes) -> Document:
    """Store a file that Kontor itself made."""
    name = rules.safe_name(name)
    return _store(actor=actor, name=name, content=content, drawn=rules.DRAWN - rules.SHEETS)


def _store(*, actor: Actor, name: str, content: bytes, drawn: Collection[str]) -> Document:
    digest = sha256(content).hexdigest()
    kind = rules.media_type(name, content)
    # Content first: should the transaction fail, an object without a row is left, which nobody
    # can reach and the same content will use again; never a row without its content.
    storage.put(queries.store(), queries.content_key(digest), sealing.seal_file(content))
    db.session.execute(
        insert(Blob)
        .values(sha256=digest, size=len(content), media_type=kind, created_at=now())
        .on_conflict_do_nothing()
    )
    document = Document(
        sha256=digest,
        name=name,
        media_type=kind,
        size=len(content),
        created_at=now(),
        author_id=actor.id,
        author_name=actor.name,
        author_side=actor.side,
    )
    db.session.add(document)
    db.session.flush()
    if kind in drawn and queries.pages(digest) is None:
        jobs.enqueue("documents.draw", args={"document_id": document.id}, dedupe_key=digest)
    audit.record(
        actor=actor,
        verb="document.stored",
        subject_type="document",
        subject_id=document.id,
        detail={"name": name, "sha256": digest, "size": len(content)},
    )
    return document


def keep_pages(*, sha256: str, pages: Sequence[bytes]) -> None:
    """Keep the pages (pictures, or rows of sheets) of a content of the client in scope."""
    for number, page in enumerate(pages, 1):
        key = queries.page_key(sha256, number)
        storage.put(queries.store(), key, sealing.seal_file(page))
    db.session.execute(update(Blob).where(Blob.sha256 == sha256).values(pages=len(pages)))
