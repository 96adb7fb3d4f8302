"""Pause a client's jobs, a kind's, or both at once, and let them go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from app.audit import actions as audit
from app.jobs import registry
from app.jobs.actions import CHANNEL
from app.jobs.models import JobPause
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from tenants.db import db
from tenants.models import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Jobs that wait until somebody says otherwise."""

    id: UUID
    tenant_id: int | None
    client: str | None
    kind: str | None
    by_name: str
    reason: str
    at: datetime


def pauses() -> Sequence[Pause]:
    """All that are in force, the newest first."""
    names = [name for name in Pause.__dataclass_fields__ if name != "client"]
    query = select(*(getattr(JobPause, name) for name in names), Tenant.name.label("client"))
    query = query.outerjoin(Tenant, Tenant.id == JobPause.tenant_id).order_by(JobPause.at.desc())
    return [Pause(**row._asdict()) for row in db.session.execute(query)]


def pause(*, actor: Actor, tenant_id: int | None, kind: str | None, reason: str = "") -> None:
    """Hold the jobs of a client, of a kind, or of that kind of that client.

    What a worker has at the moment goes on. Raises Forbidden, Invalid, Conflict.
    """
    actor.require("job:manage")
    if tenant_id is None and kind is None:
        raise Invalid("Please say whose jobs, or which kind, are to be paused.")
    if kind is not None and kind not in registry.TASKS:
        raise Invalid("This release does not know such a job.")
    row: dict[str, Any] = {
        "id": new_id(), "tenant_id": tenant_id, "kind": kind, "by_name": actor.name,
        "reason": reason.strip()[:500], "at": now(),
    }  # fmt: skip
    statement = insert_or_skip(JobPause).values(row).on_conflict_do_nothing()
    if db.session.scalar(statement.returning(JobPause.id)) is None:
        raise Conflict("That is paused already.")
    _record(actor, "jobs.paused", tenant_id, kind, reason=row["reason"])


def resume(*, actor: Actor, tenant_id: int | None, kind: str | None) -> None:
    """Let the jobs go on that a pause of just this client and kind holds.

    Raises Forbidden, NotFound.
    """
    actor.require("job:manage")
    gone = db.session.scalar(
        delete(JobPause)
        .where(
            JobPause.tenant_id.is_not_distinct_from(tenant_id),
            JobPause.kind.is_not_distinct_from(kind),
        )
        .returning(JobPause.id)
    )
    if gone is None:
        raise NotFound("That is not paused.")
    _record(actor, "jobs.resumed", tenant_id, kind)


def _record(
    actor: Actor, verb: str, tenant_id: int | None, kind: str | None, *, reason: str = ""
) -> None:
    audit.record_provider(
        actor=actor, verb=verb, subject_type="jobs", subject_id=kind or "*",
        detail={"tenant_id": tenant_id, "kind": kind, "reason": reason},
    )  # fmt: skip
    db.session.execute(select(func.pg_notify(CHANNEL, "")))
