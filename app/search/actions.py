"""Write what can be found, in the transaction of the thing itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal_column, or_
from sqlalchemy.dialects.postgresql import insert

from app.search.models import GERMAN, SIMPLE, SearchEntry
from app.search.rules import Kind, marks
from tenants import sealing
from tenants.context import current_tenant
from tenants.db import db

MOST_BODY = 40_000
"""Characters of a text that are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing of the client in scope."""

    kind: Kind
    subject_id: UUID
    item_id: UUID
    number: str
    title: str
    at: datetime
    body: str = ""
    internal: bool = False


def write(entry: Entry) -> None:
    """Write the entry; what has not changed is not written again.

    Of a client whose words lie sealed only items' titles: its files and messages stay sealed.
    """
    if sealing.is_on() and entry.kind is not Kind.ITEM:
        return
    # PostgreSQL's texts hold no NUL, a file's text may.
    body = "" if sealing.is_on() else entry.body.replace("\0", " ")[:MOST_BODY]
    title = entry.title[:500]
    row = {
        "tenant_id": current_tenant().id,
        "kind": entry.kind,
        "subject_id": entry.subject_id,
        "item_id": entry.item_id,
        "number": entry.number,
        "title": title,
        "body": body,
        "internal": entry.internal,
        "at": entry.at,
    }
    statement = insert(SearchEntry).values(**row, vector=_vector(title, body, number=entry.number))
    given = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "subject_id"],
            set_={name: given[name] for name in ("number", "title", "body", "vector")},
            where=or_(
                SearchEntry.number != given.number,
                SearchEntry.title != given.title,
                SearchEntry.body != given.body,
            ),
        )
    )


def _vector(title: str, body: str, *, number: str) -> ColumnElement[str]:
    found = " ".join(marks(f"{number} {title} {body}"))
    return (
        _weighed(GERMAN, title, "A")
        .op("||")(_weighed(SIMPLE, found, "B"))
        .op("||")(_weighed(GERMAN, body, "C"))
    )


def _weighed(language: ColumnElement[str], text: str, weight: str) -> ColumnElement[str]:
    vector: ColumnElement[str] = func.setweight(
        func.to_tsvector(language, text), literal_column(f"'{weight}'::\"char\"")
    )
    return vector


def clear() -> None:
    """Forget everything of the client in scope: before it is written anew."""
    db.session.execute(delete(SearchEntry).where(SearchEntry.tenant_id == current_tenant().id))
