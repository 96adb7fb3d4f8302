"""How every command changes an item: lock, check, change, project, publish."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.catalogue.service import health_services
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.text import Text
from app.staffing import walls
from app.work import findable, index, queries
from app.work.models import Participation, WorkItem
from app.work.rules import WorkStatus, may_become
from tenants.db import db


class ItemMoved(Conflict):
    """Somebody else changed the item since the page was made; nothing was overwritten."""

    def __init__(self, item: WorkItem) -> None:
        super().__init__(
            "A colleague has changed %(number)s in the meantime. Your text is kept: please look "
            "at the new state and send it again.",
            number=index.number_of(item),
        )
        self.item = item


@contextmanager
def changing(
    item_id: UUID, *, actor: Actor, permission: Permission, version: int | None = None
) -> Iterator[WorkItem]:
    """Hold the item, and write its index row when the change is done.

    `version` is the one the person saw. Raises Forbidden, NotFound, ItemMoved.
    """
    actor.require(permission)
    item = queries.locked(item_id)
    if is_about_health(item):
        actor.require(Permission.HEALTH_READ)
    if version is not None and item.version != version:
        raise ItemMoved(item)
    yield item
    settle(item)


def is_about_health(item: WorkItem) -> bool:
    """Whether only people bound to medical secrecy may see and do this."""
    return item.service_key in health_services()


def settle(item: WorkItem) -> None:
    """Write the change, the index row that follows from it and what can be found of it."""
    project(item)
    findable.write(item)


def project(item: WorkItem) -> None:
    """The same where nothing that can be found has changed: who holds it, how far it is."""
    db.session.flush()
    index.project(item)


def move(item: WorkItem, to: WorkStatus) -> None:
    """Change the state. Raises Conflict where the life of an item has no such step."""
    if not may_become(item.status, to):
        raise Conflict(
            "%(number)s is %(status)s: this step is not possible now.",
            number=index.number_of(item),
            status=STATUS_TEXTS[item.status],
        )
    item.status = to
    if to is not WorkStatus.WAITING:
        item.waiting_for = None


STATUS_TEXTS: dict[WorkStatus, Text] = {
    WorkStatus.NEW: Text("new"),
    WorkStatus.IN_PROGRESS: Text("in progress"),
    WorkStatus.WAITING: Text("waiting"),
    WorkStatus.REVIEW: Text("in review"),
    WorkStatus.DELIVERED: Text("delivered"),
    WorkStatus.ACCEPTED: Text("accepted"),
    WorkStatus.CANCELLED: Text("cancelled"),
}


def participate(item: WorkItem, actor: Actor) -> None:
    """Note that this person worked on the item: it cannot be the one who checks it.

    Raises Forbidden for whom an ethical wall keeps from this client.
    """
    if actor.id is None:
        return
    first = db.session.scalar(
        insert(Participation)
        .values(item_id=item.id, account_id=actor.id, since=now())
        .on_conflict_do_nothing()
        .returning(Participation.account_id)
    )
    if first is not None:
        walls.take_side(actor)


def note(item: WorkItem, *, actor: Actor, verb: str, **detail: object) -> None:
    """Write the deed into the client's audit chain."""
    audit.record(
        actor=actor,
        verb=verb,
        subject_type="work_item",
        subject_id=item.id,
        detail={key: value for key, value in detail.items() if value is not None},
    )
