"""Read the trail: a thing's history, a client's last entries, and whether the chain holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.models import AuditEntry, AuditHead, ProviderAuditEntry, ProviderAuditHead
from app.audit.rules import GENESIS, BrokenLink, Walk
from app.kernel.actor import Side
from tenants.context import current
from tenants.db import db

_STRIDE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a walk along the chain found; `broken` is None if every link holds."""

    length: int
    broken: BrokenLink | None = None


def history(
    *, subject_type: str, subject_id: UUID | int | str, before: int | None = None, limit: int = 50
) -> Sequence[AuditEntry]:
    """What was done to a thing of the client in scope, the newest first; `before`: a seq."""
    entry = AuditEntry
    query = select(entry).where(
        entry.subject_type == subject_type, entry.subject_id == str(subject_id)
    )
    if before is not None:
        query = query.where(entry.seq < before)
    return db.session.scalars(query.order_by(entry.seq.desc()).limit(limit)).all()


def provider_history(
    *, subject_type: str, subject_id: UUID | int | str, verbs: Sequence[str], limit: int = 50
) -> Sequence[ProviderAuditEntry]:
    """What was done to a thing of the provider's own books, the newest first."""
    entry = ProviderAuditEntry
    query = (
        select(entry)
        .where(
            entry.subject_type == subject_type,
            entry.subject_id == str(subject_id),
            entry.verb.in_(verbs),
        )
        .order_by(entry.seq.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def latest(
    *, before: int | None = None, limit: int = 50, side: Side | None = None
) -> Sequence[AuditEntry]:
    """The newest entries of the client in scope; outside a scope the provider's own.

    `side`: what was done on that side's behalf only.
    """
    entry = _models()[0]
    query = select(entry).order_by(entry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(entry.seq < before)
    if side is not None:
        query = query.where(entry.actor_side == side)
    return db.session.scalars(query).all()


def verify() -> Verdict:
    """Walk along the chain of the client in scope (outside: of the provider) and judge it.

    What is appended during the walk is left out: the head is read first.
    """
    entry, head = _models()
    end = db.session.execute(select(head.seq, head.hash).where(head.id == 1)).one_or_none()
    head_seq, head_hash = end or (0, GENESIS)
    walk = Walk(follows=_follower, head_seq=head_seq)
    for row in _entries(entry):
        if row.seq > head_seq and _grown(head, than=head_seq):
            break
        if broken := walk.step(row):
            return Verdict(length=walk.seq, broken=broken)
    return Verdict(length=walk.seq, broken=walk.end(head_hash=head_hash))


def _models() -> tuple[type[Any], type[Any]]:
    if current.get() is None:
        return ProviderAuditEntry, ProviderAuditHead
    return AuditEntry, AuditHead


def _entries(entry: type[Any]) -> Iterator[Any]:
    query = select(*entry.__table__.columns).order_by(entry.seq).limit(_STRIDE)
    rows = db.session.execute(query).all()
    while rows:
        yield from rows
        rows = db.session.execute(query.where(entry.seq > rows[-1].seq)).all()


def _follower(previous_hash: str) -> int | None:
    entry, _ = _models()
    query = select(entry.seq).where(entry.previous_hash == previous_hash).limit(1)
    return db.session.scalar(query)


def _grown(head: type[Any], *, than: int) -> bool:
    seq = db.session.scalar(select(head.seq).where(head.id == 1))
    return (seq or 0) > than
