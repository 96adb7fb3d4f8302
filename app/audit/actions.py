"""Record what was done. Entries wait in the session and join the chain just before commit.

The chain's head is locked only then, so that two people working for one client do not wait for
each other while they work.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import SessionTransaction

from app.audit.models import AuditEntry, AuditHead, ProviderAuditEntry, ProviderAuditHead
from app.audit.rules import GENESIS, hash_of
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.context import NoTenant, current, current_tenant
from tenants.db import TenantSession, db

_WAITING = "audit_entries"
_HEADS: dict[type[Any], type[Any]] = {
    AuditEntry: AuditHead,
    ProviderAuditEntry: ProviderAuditHead,
}


class InsideClient(RuntimeError):
    """The provider's books were to be written inside a client's scope."""


def record(
    *,
    actor: Actor,
    verb: str,
    subject_type: str,
    subject_id: UUID | int | str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """`actor` did `verb` to the subject, in the client in scope; joins its chain at commit.

    `detail`: JSON values. Raises NoTenant.
    """
    current_tenant()
    _wait(AuditEntry, actor, verb, (subject_type, str(subject_id)), detail)


def record_provider(
    *,
    actor: Actor,
    verb: str,
    subject_type: str,
    subject_id: UUID | int | str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The same for the provider's own books. Raises InsideClient."""
    if current.get() is not None:
        raise InsideClient
    _wait(ProviderAuditEntry, actor, verb, (subject_type, str(subject_id)), detail)


def _wait(
    model: type[Any],
    actor: Actor,
    verb: str,
    subject: tuple[str, str],
    detail: Mapping[str, Any] | None,
) -> None:
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback before the first statement is heard of
    values = {
        "id": new_id(),
        "at": now(),
        "actor_id": actor.id,
        "actor_name": actor.name,
        "actor_side": actor.side,
        "verb": verb,
        "subject_type": subject[0],
        "subject_id": subject[1],
        "detail": _plain(dict(detail or {})),
    }
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_WAITING, []).append((within, model, values))


def _plain(value: Any) -> Any:
    """As PostgreSQL will give it back, so that the hash can be repeated."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value).replace("\x00", "")


@event.listens_for(TenantSession, "before_commit")
def _join_chain(session: TenantSession) -> None:
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    session.flush()
    waiting = session.info.pop(_WAITING)
    for model in {model for _, model, _ in waiting}:
        _append(session, model, [values for _, of, values in waiting if of is model])


def _append(session: TenantSession, model: type[Any], entries: list[dict[str, Any]]) -> None:
    head = _HEADS[model]
    seq, previous = _locked(session, head)
    for values in entries:
        seq += 1
        values |= {"seq": seq, "previous_hash": previous}
        values["hash"] = previous = hash_of(values)
    session.execute(insert(model.__table__), entries)
    session.execute(update(head.__table__).values(seq=seq, hash=previous))


def _locked(session: TenantSession, head: type[Any]) -> tuple[int, str]:
    lock = select(head.seq, head.hash).where(head.id == 1).with_for_update()
    row = session.execute(lock).one_or_none()
    if row is None:
        first = insert_or_skip(head.__table__).values(id=1, seq=0, hash=GENESIS)
        session.execute(first.on_conflict_do_nothing())
        row = session.execute(lock).one()
    return row.seq, row.hash


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget(session: TenantSession, undone: SessionTransaction) -> None:
    waiting = session.info.get(_WAITING)
    if waiting:
        waiting[:] = [entry for entry in waiting if not _inside(entry[0], undone)]


def _inside(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False


__all__ = ["InsideClient", "NoTenant", "record", "record_provider"]
