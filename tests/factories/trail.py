"""An item's life told again from its audit trail: who held it, in which state, with which text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from app.audit.models import AuditEntry
from app.work.rules import NEXT, WorkStatus

S = WorkStatus
_LEADS_TO = {
    "work.released": {S.IN_PROGRESS: S.NEW, S.REVIEW: S.REVIEW},
    "work.handed_to_review": {S.IN_PROGRESS: S.REVIEW},
    "work.delivered": {S.IN_PROGRESS: S.DELIVERED, S.REVIEW: S.DELIVERED},
    "work.rejected": {S.REVIEW: S.IN_PROGRESS},
    "work.ticked": {S.IN_PROGRESS: S.IN_PROGRESS},
    "work.corrected": {S.IN_PROGRESS: S.IN_PROGRESS},
    "work.approved": {S.REVIEW: S.REVIEW},
}


@dataclass(slots=True)
class Told:
    """What the trail says of one item; `wrong` is what cannot have been."""

    status: WorkStatus = S.NEW
    holder: UUID | None = None
    clerk: UUID | None = None
    text: str = ""
    workers: set[UUID] = field(default_factory=set)
    times: dict[str, int] = field(default_factory=dict)
    given: int = 0
    wrong: list[str] = field(default_factory=list)


def tell(entries: Iterable[AuditEntry]) -> Told:
    """The entries of one item, the oldest first."""
    told = Told()
    for entry in entries:
        told.times[entry.verb] = told.times.get(entry.verb, 0) + 1
        if entry.verb == "work.taken":
            _taken(told, entry)
        elif entry.verb in _LEADS_TO:
            _moved(told, entry)
    return told


def _taken(told: Told, entry: AuditEntry) -> None:
    told.given += "reason" in entry.detail
    if told.holder not in (None, entry.actor_id):
        told.wrong.append(f"{entry.seq}: taken by {entry.actor_name} while somebody held it")
    if told.status not in (S.NEW, S.IN_PROGRESS, S.REVIEW):
        told.wrong.append(f"{entry.seq}: taken while {told.status}")
    if told.status is S.REVIEW:
        if entry.actor_id in told.workers:
            told.wrong.append(f"{entry.seq}: {entry.actor_name} checks their own work")
    else:
        told.status, told.clerk = S.IN_PROGRESS, entry.actor_id
        _works(told, entry)
    told.holder = entry.actor_id


def _works(told: Told, entry: AuditEntry) -> None:
    if entry.actor_id is not None:
        told.workers.add(entry.actor_id)


def _moved(told: Told, entry: AuditEntry) -> None:
    after = _LEADS_TO[entry.verb].get(told.status)
    if after is None or (after is not told.status and after not in NEXT[told.status]):
        told.wrong.append(f"{entry.seq}: {entry.verb} while {told.status}")
        return
    if entry.verb == "work.approved" and entry.actor_id in told.workers:
        told.wrong.append(f"{entry.seq}: {entry.actor_name} approves their own work")
    if entry.verb in ("work.ticked", "work.corrected", "work.handed_to_review"):
        _works(told, entry)
    _changed(told, entry)
    told.status = after


def _changed(told: Told, entry: AuditEntry) -> None:
    if entry.verb == "work.corrected":
        before, after_text = entry.detail["changed"]["result"]
        if (before or "") != told.text:
            told.wrong.append(f"{entry.seq}: corrected over {told.text!r}, having seen {before!r}")
        told.text = after_text
    if entry.verb in ("work.released", "work.delivered"):
        told.holder = None
    elif entry.verb == "work.handed_to_review":
        told.holder, told.clerk = None, entry.actor_id
    elif entry.verb == "work.rejected":
        told.holder = told.clerk
