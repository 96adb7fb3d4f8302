"""What a person does to jobs: start again, give up, stop, change arguments; one or many."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.audit import actions as audit
from app.jobs import codec, parts, registry
from app.jobs.actions import CHANNEL
from app.jobs.models import Job
from app.jobs.rules import JobState, may_discard, may_edit, may_retry
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, KontorError, NotFound
from app.kernel.text import Text
from tenants.db import db

_LONGEST_ARGS = 4_000


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of a deed done to many jobs."""

    done: int = 0
    refused: dict[Text, int] = field(default_factory=dict)
    """How often for which reason."""


def retry(*, actor: Actor, job_id: UUID) -> None:
    """Have a dead or cancelled job run again (attempts counted anew), a waiting one at once.

    Raises Forbidden, NotFound, Conflict.
    """
    job = _held_by(actor, job_id)
    if not may_retry(job.state):
        raise Conflict("As it stands, this job cannot be started again.")
    before = _seen(job)
    has_ended = job.state is not JobState.PENDING
    try:
        with db.session.begin_nested():
            if has_ended:
                job.attempts = job.deaths = 0
                job.cancel_requested_at = job.finished_at = job.progress = None
            job.state = JobState.PENDING
            job.run_at = now()
    except IntegrityError:
        raise Conflict("The same job is waiting or running already.") from None
    if has_ended:
        parts.begun_again(job.parent_id)
    _record(actor, job, verb="job.retried", detail=before)
    db.session.execute(select(func.pg_notify(CHANNEL, "")))


def discard(*, actor: Actor, job_id: UUID) -> None:
    """Give up a job; a long one that runs stops at its next checkpoint; a batch with its parts.

    Raises Forbidden, NotFound, Conflict.
    """
    job = _held_by(actor, job_id)
    if not may_discard(job.state) or job.cancel_requested_at is not None:
        raise Conflict("As it stands, this job cannot be given up.")
    _record(actor, job, verb="job.discarded", detail=_seen(job))
    if job.state is JobState.WAITING:
        parts.discard_of(job.id)
    if job.state is JobState.RUNNING:
        job.cancel_requested_at = now()
        return
    had_ended = job.state is JobState.DEAD
    job.state = JobState.CANCELLED
    job.finished_at = now()
    db.session.flush()
    if not had_ended:
        parts.ended(job.parent_id)


def edit(*, actor: Actor, job_id: UUID, args: Mapping[str, Any]) -> None:
    """Change some of the arguments of a job that nobody has.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    job = _held_by(actor, job_id)
    if not may_edit(job.state):
        raise Conflict("As it stands, the arguments of this job cannot be changed.")
    changed = {**job.args, **args}
    _check(job.kind, changed, known=job.args)
    _record(
        actor, job, verb="job.edited", detail=_seen(job) | {"before": job.args, "after": changed}
    )
    job.args = changed


def _check(kind: str, args: Mapping[str, Any], *, known: Mapping[str, Any]) -> None:
    if args.keys() - known.keys() or len(str(args)) > _LONGEST_ARGS:
        raise Invalid("This job has no such argument.")
    try:
        task = registry.task(kind)
        if task.event is not None:
            UUID(str(args["fact_id"]))
        else:
            codec.arguments(task.function, args)
    except registry.UnknownKind:
        raise Conflict("This release does not know such a job.") from None
    except (codec.Undecodable, ValueError, KeyError):
        raise Invalid("The job cannot be done with these arguments.") from None


def for_each(deed: Callable[[UUID], None], job_ids: Collection[UUID]) -> Tally:
    """The same deed for many jobs: what is refused does not keep the others from it."""
    tally = Tally()
    for job_id in sorted(set(job_ids)):  # one order for everybody: nobody waits in a circle
        try:
            with db.session.begin_nested():
                deed(job_id)
            tally.done += 1
        except KontorError as refusal:
            tally.refused[refusal.text] = tally.refused.get(refusal.text, 0) + 1
    return tally


def _held_by(actor: Actor, job_id: UUID) -> Job:
    actor.require("job:manage")
    query = select(Job).where(Job.public_id == job_id)
    # A short job that is being done holds its row's lock: nobody waits for that.
    query = query.execution_options(populate_existing=True)
    job = db.session.scalar(query.with_for_update(skip_locked=True))
    if job is not None:
        return job
    if db.session.scalar(select(Job.id).where(Job.public_id == job_id)) is None:
        raise NotFound("There is no such job.")
    raise Conflict("This job is being done at this moment.")


def _seen(job: Job) -> dict[str, Any]:
    return {
        "kind": job.kind, "tenant_id": job.tenant_id, "state": str(job.state),
        "attempts": job.attempts, "error": job.last_error,
    }  # fmt: skip


def _record(actor: Actor, job: Job, *, verb: str, detail: Mapping[str, Any]) -> None:
    audit.record_provider(
        actor=actor, verb=verb, subject_type="job", subject_id=job.public_id, detail=detail
    )
