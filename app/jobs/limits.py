"""Who is paused, and how many jobs of a kind may still be on their way: the relay's statements."""

from psycopg import Connection
from psycopg.rows import TupleRow

PAUSED = (
    "(p.tenant_id is null or p.tenant_id = coalesce(j.tenant_id, 0))"
    " and (p.kind is null or p.kind = j.kind)"
)
"""Whether the pause p holds the job j."""

_HOLD = f"""
update provider.job j set state = 'held' where j.state = 'pending'
   and exists (select 1 from provider.job_pause p where {PAUSED})
"""  # noqa: S608  a constant
_RELEASE = f"""
update provider.job j set state = 'pending' where j.state = 'held'
   and not exists (select 1 from provider.job_pause p where {PAUSED})
"""  # noqa: S608
_ROOMS = """
select l.tenant_id, l.kind, l.cap - (
    select count(*) from provider.job j
     where j.state in ('enqueued', 'running') and j.kind = l.kind
       and (l.tenant_id is null or j.tenant_id = l.tenant_id))
  from provider.job_limit l where l.kind is not null and l.cap is not null
"""


def hold_and_release(connection: Connection[TupleRow]) -> int:
    """What is paused by now waits, what is not any more goes on; returns how many moved."""
    moved = connection.execute(_RELEASE.encode()).rowcount
    paused = connection.execute("select exists (select 1 from provider.job_pause)").fetchone()
    if paused and paused[0]:
        moved += connection.execute(_HOLD.encode()).rowcount
    return moved


def rooms(connection: Connection[TupleRow]) -> dict[str, int]:
    """How many more jobs may fly, by kind and by `client:kind`; what has no cap is not named."""
    found = connection.execute(_ROOMS).fetchall()
    return {
        kind if tenant_id is None else f"{tenant_id}:{kind}": room
        for tenant_id, kind, room in found
    }
