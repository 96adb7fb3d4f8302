"""Find: in the provider's books over the clients one may serve, in a client's scope its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, select

from app.search.models import GERMAN, SIMPLE, SearchEntry
from app.search.rules import Kind, terms
from tenants.context import current
from tenants.db import db

BEGIN, END = "\x02", "\x03"
"""Around a found word: a template makes marks of them after it has escaped the text."""
_HEADLINE = f"StartSel={BEGIN}, StopSel={END}, MaxWords=24, MinWords=12, MaxFragments=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that fits."""

    tenant_id: int
    kind: Kind
    subject_id: UUID
    item_id: UUID
    number: str
    title: str
    excerpt: str
    """Words around what was found; empty where only the title or a number has it."""
    internal: bool
    at: datetime


def find(
    words: str,
    *,
    clients: frozenset[int] | None,
    with_internal: bool,
    kinds: Collection[Kind] = (),
    limit: int = 50,
) -> Sequence[Found]:
    """The best first. `clients` None: every client. Nothing for words that say nothing."""
    typed = terms(words)
    if not typed:
        return []
    every = [_one(word, mark) for word, mark in typed]
    wanted = [SearchEntry.vector.op("@@")(one) for one in every]
    if not with_internal:
        wanted.append(SearchEntry.internal.is_(False))
    if kinds:
        wanted.append(SearchEntry.kind.in_(kinds))
    if (scope := current.get()) is not None:
        clients = frozenset({scope.id})
    if clients is not None:
        wanted.append(SearchEntry.tenant_id.in_(clients))
    any_of = every[0]
    for one in every[1:]:
        any_of = any_of.op("||")(one)
    return _best(and_(*wanted), any_of, limit=limit)


def _one(word: str, mark: str) -> ColumnElement[str]:
    # `simple` for numbers and names, `german` for words: either will do. Each by its beginning.
    query: ColumnElement[str] = func.to_tsquery(SIMPLE, literal(f"'{mark}':*"))
    if word:
        query = query.op("||")(func.to_tsquery(GERMAN, literal(f"'{word}':*")))
        # A whole word in another form ("Rechnungen" for "Rechnung").
        query = query.op("||")(func.plainto_tsquery(GERMAN, literal(word)))
    return query


def _best(
    condition: ColumnElement[bool], any_of: ColumnElement[str], *, limit: int
) -> Sequence[Found]:
    rank = func.ts_rank(SearchEntry.vector, any_of)
    best = (
        select(SearchEntry, rank.label("rank"))
        .where(condition)
        .order_by(rank.desc(), SearchEntry.at.desc())
        .limit(limit)
        .subquery()
    )
    excerpt = func.ts_headline(
        GERMAN, func.left(best.c.body, 8000), any_of, literal(_HEADLINE)
    ).label("excerpt")
    names = ("tenant_id", "kind", "subject_id", "item_id", "number", "title", "internal", "at")
    query = select(*(best.c[name] for name in names), excerpt).order_by(
        best.c.rank.desc(), best.c.at.desc()
    )
    return [
        Found(**{**row, "excerpt": row["excerpt"] if BEGIN in row["excerpt"] else ""})
        for row in db.session.execute(query).mappings()
    ]


def unread_documents(document_ids: Sequence[UUID]) -> list[UUID]:
    """Which of these files of the client in scope have no entry yet."""
    known = select(SearchEntry.subject_id).where(
        SearchEntry.kind == Kind.DOCUMENT, SearchEntry.subject_id.in_(document_ids)
    )
    present = set(db.session.scalars(known))
    return [key for key in document_ids if key not in present]
