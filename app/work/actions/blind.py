"""Enter an item's values a second time, without the first; agree for which services that is."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.work import blind, index
from app.work.blind_models import BlindRule, SecondEntry
from app.work.changing import changing, note
from app.work.models import WorkItem
from app.work.rules import may_review
from tenants.db import db


def enter(*, actor: Actor, item_id: UUID, values: Mapping[str, Any]) -> SecondEntry:
    """Keep what the second person entered, once, and in which fields the two differ.

    Raises Forbidden for who worked on it, Conflict where it is not asked for or was done, Invalid.
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_REVIEW) as item:
        if not blind.is_asked(item) or actor.id is None:
            raise Conflict("A second entry is not asked for now.")
        if not may_review(actor.id, workers=index.workers_of(item.id)):
            raise Forbidden(
                "You worked on %(number)s yourself: a second person has to check it.",
                number=index.number_of(item),
            )
        if blind.entry(item_id) is not None:
            raise Conflict("The values were entered a second time already.")
        second = blind.typed(item, values)
        made = SecondEntry(
            item_id=item.id,
            account_id=actor.id,
            account_name=actor.name,
            values=second,
            differing=blind.differing(item, second),
            at=now(),
        )
        db.session.add(made)
    note(item, actor=actor, verb="work.entered_twice", differing=made.differing)
    return made


def forget(item: WorkItem) -> None:
    """The item goes to review anew: what was entered before says nothing (inside a change)."""
    db.session.execute(delete(SecondEntry).where(SecondEntry.item_id == item.id))


def agree(*, actor: Actor, tenant_id: int, service_keys: Collection[str]) -> None:
    """For which services of this client values are entered twice from now on. In the books.

    Raises Forbidden, Invalid for a service that cannot be.
    """
    actor.require(Permission.CLIENT_MANAGE)
    if not set(service_keys) <= {one.key for one in blind.can_be_entered_twice(tenant_id)}:
        raise Invalid("This service cannot be entered twice for this client.")
    db.session.execute(delete(BlindRule).where(BlindRule.tenant_id == tenant_id))
    rows = [{"tenant_id": tenant_id, "service_key": key} for key in sorted(service_keys)]
    if rows:
        db.session.execute(insert(BlindRule), rows)
    audit.record_provider(
        actor=actor,
        verb="blind.agreed",
        subject_type="client",
        subject_id=tenant_id,
        detail={"services": sorted(service_keys)},
    )
