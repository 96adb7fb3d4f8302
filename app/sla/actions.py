"""Open clocks and move them: always in the caller's transaction, inside a client's scope."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.kernel.clock import now
from app.sla import migrating, noting, standing, terms
from app.sla.correcting import excuse, migrate, pause_backdated, set_due
from app.sla.models import SlaClock
from app.sla.noting import Entry
from app.sla.rebuilding import Difference, rebuild
from app.sla.rules.clock_events import Kind
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.terms import Work

__all__ = [
    "Difference",
    "Entry",
    "begin_step",
    "begin_subcontracting",
    "end_subcontracting",
    "excuse",
    "merge",
    "migrate",
    "move",
    "note",
    "note_all",
    "open_clocks",
    "pause_backdated",
    "rebuild",
    "set_due",
]


def open_clocks(  # noqa: PLR0913 - what policies choose by, and when
    *,
    subject_id: UUID,
    service_key: str,
    type_key: str,
    priority: int | None,
    opened_at: datetime,
    by_provider: bool = False,
    promised: Mapping[Metric, Target] | None = None,
    is_silent: bool = False,
) -> datetime | None:
    """Start the subject's clocks at its receipt; the due time of its resolution.

    `promised`: what the contract says where the client has no policy for such work. None is
    returned where nothing is promised: the subject is unmeasured, its events are kept all the
    same. `is_silent`: imported; results are kept and nobody is told.
    """
    work = Work(service_key=service_key, type_key=type_key, priority=priority)
    found = terms.find(work, at=opened_at, promised=promised)
    clocks: list[SlaClock] = []
    if found is not None:
        terms.pin(found)
        clocks = migrating.new_clocks(
            subject_id, found, service_key=service_key, is_silent=is_silent
        )
    opened = Entry(kind=Kind.OPENED, at=opened_at, by_provider=by_provider)
    return noting.due_at(noting.begin(subject_id, clocks, opened))


def note(
    *,
    subject_id: UUID,
    kind: Kind | str,
    at: datetime,
    cause: Cause | str | None = None,
    by_provider: bool = False,
    target: Target | None = None,
) -> datetime | None:
    """Write the event down and move the subject's clocks; the due time of its resolution.

    `at`: when it happened (aware), which may lie back; the future is taken as now, and kept. The
    due time is None while the clock is paused or where nothing is promised. Raises `Refused` for
    an unknown kind, a pause without a cause or a change without a target.
    """
    entry = Entry(kind=kind, at=at, cause=cause, by_provider=by_provider, target=target)
    return note_all(subject_id=subject_id, entries=[entry])


def note_all(*, subject_id: UUID, entries: Sequence[Entry]) -> datetime | None:
    """Write several events of one deed, in their order; as `note`, in as few statements."""
    return noting.due_at(noting.note(subject_id, entries))


def begin_step(*, subject_id: UUID, team: str, at: datetime) -> datetime | None:
    """A team of the provider has the item from now on; the step before ends, judged (OLA).

    The resolution's due time, which this does not move.
    """
    entry = Entry(kind=Kind.STEP_STARTED, at=at, more={"team": team})
    return note_all(subject_id=subject_id, entries=[entry])


def begin_subcontracting(*, subject_id: UUID, at: datetime) -> datetime | None:
    """A subcontractor of the provider's has the item: its clock runs, a team's stands still.

    The promise to the client goes on unless agreed otherwise. The resolution's due time.
    """
    return note(subject_id=subject_id, kind=Kind.SUBCONTRACTOR_STARTED, at=at)


def end_subcontracting(*, subject_id: UUID, at: datetime) -> datetime | None:
    """The subcontractor has given the item back. The resolution's due time."""
    return note(subject_id=subject_id, kind=Kind.SUBCONTRACTOR_ENDED, at=at)


def move(
    *, subject_id: UUID, work: Work, promised: Mapping[Metric, Target] | None = None
) -> datetime | None:
    """The subject is other work from now on: its clocks are cancelled, neither met nor missed, and
    new ones start by what is promised for such work. The resolution's due time.
    """
    found = terms.find(work, at=now(), promised=promised)
    judged = migrating.put_under(
        subject_id, found, service_key=work.service_key, more={}, kind=Kind.MOVED
    )
    return noting.due_at(judged or [])


def merge(*, duplicate_id: UUID, survivor_id: UUID) -> datetime | None:
    """The duplicate's clocks are cancelled; the survivor is as old as the older of the two.

    The due time of the survivor's resolution.
    """
    logs = standing.logs([duplicate_id])
    opened = [event.at for event in logs[duplicate_id] if event.kind is Kind.OPENED]
    noting.note(duplicate_id, [Entry(kind=Kind.MERGED, at=now())])
    received = Entry(kind=Kind.OPENED, at=min(opened, default=now()))
    return noting.due_at(noting.note(survivor_id, [received]))
