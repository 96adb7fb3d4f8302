"""Record that a worker died in the middle of a job: at once, before the job's lease is over."""

import time
from typing import cast

import structlog
from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy import Connection as Pooled

from app.jobs import dispatch
from app.jobs.slate import Death
from app.kernel.clock import now
from tenants.db import db

log = structlog.get_logger(__name__)

_TRIES = 20
_PAUSE = 0.1


def record(death: Death) -> None:
    """The job waits again or is dead. In an application context, outside any client's scope."""
    for _ in range(_TRIES):
        with db.engine.begin() as pooled:
            connection = _driver(pooled)
            drained = death.job != death.ticket
            found = dispatch.in_hand(connection, death.job, drained=drained)
            if found is not None:
                if drained:  # the ticket's own job is not to blame: it just waits again
                    dispatch.take_back(connection, [death.ticket.job_id])
                state = dispatch.bury_or_return(
                    connection, found, died=True, at=now(), error=death.cause,
                    out_of_time=death.out_of_time,
                )  # fmt: skip
                log.warning("job_returned", job=found.id, died=True, state=str(state))
                return
            if not dispatch.is_in_hand(connection, death.job, drained=drained):
                return  # it had just ended, or somebody else has it by now
        time.sleep(_PAUSE)  # PostgreSQL has not noticed yet that its client is gone


def _driver(pooled: Pooled) -> Connection[TupleRow]:
    return cast("Connection[TupleRow]", pooled.connection.driver_connection)
