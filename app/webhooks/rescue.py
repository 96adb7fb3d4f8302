"""Messages whose job will not go on, because it is dead or was given up: found in the books."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.kernel.clock import now
from app.webhooks.sending import JOB
from tenants.db import db

_LATELY = timedelta(days=1)


def without_a_job() -> Mapping[int, list[tuple[UUID, UUID]]]:
    """Client → its messages (and their jobs) that nobody will tell. In the provider's books."""
    ended = or_(
        Job.state == JobState.DEAD,
        (Job.state == JobState.CANCELLED) & (Job.finished_at > now() - _LATELY),
    )
    query = select(Job.tenant_id, Job.public_id, Job.args).where(Job.kind == JOB, ended)
    found: defaultdict[int, list[tuple[UUID, UUID]]] = defaultdict(list)
    for tenant_id, job_id, args in db.session.execute(query):
        if tenant_id is not None:
            found[tenant_id].append((UUID(args["delivery_id"]), job_id))
    return found
