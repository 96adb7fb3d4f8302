"""The relay's statements: which jobs go to Redis next.

First the head of each client's line is read, one probe of the index each; the places are dealt out
among the lines (rules.deal), and only as many jobs are read as there are places.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from app.jobs.limits import PROVIDER, Limits
from app.jobs.rules import JobClass, Waiting, choose, deal
from app.jobs.tickets import Ticket

DRAINS = 4
"""Tickets in one tick for the tiny jobs of a client and kind: as many workers drain at once."""
_RIPENED_AT_ONCE = 1_000

# What waits for its time is no part of its client's line: else each tick would read past it.
_RIPEN = """
update provider.job set is_ripe = true where id in (
    select id from provider.job where state = 'pending' and not is_ripe and run_at <= %(at)s
     order by run_at limit %(most)s for update skip locked)
"""
CLASSES = {"classes": [each.value for each in JobClass]}
WAITING = """
select name from unnest(%(classes)s::text[]) with ordinality as each (name, place)
 cross join lateral (
    select 1 from provider.job where state = 'pending' and is_ripe and job_class = name
     order by tenant_id, priority, id limit 1) job
 order by place
"""
_WAITS = """
     where state = 'pending' and is_ripe and job_class = %(job_class)s and tenant_id WHOSE
       and run_at <= %(at)s and kind <> all(%(closed)s)
       and concat(coalesce(tenant_id, 0), ':', kind) <> all(%(closed)s)
     order by priority, id
"""
_OF_CLIENT, _OF_PROVIDER = (
    _WAITS.replace("WHOSE", "= client.id"),
    _WAITS.replace("WHOSE", "is null"),
)

HEADS = f"""
select client.id, head.priority, head.id, head.kind, head.is_tiny
  from provider.tenant client cross join lateral (
    select priority, id, kind, is_tiny from provider.job {_OF_CLIENT} limit 1) head
 where client.state = 'ready' and client.id <> all(%(paused)s)
union all
(select 0, priority, id, kind, is_tiny from provider.job {_OF_PROVIDER} limit %(of_provider)s)
"""  # noqa: S608  our own names

# What stands behind the heads, of the lines that were dealt more than one place.
BEHIND = f"""
select client.id, job.priority, job.id, job.kind, job.is_tiny
  from unnest(%(clients)s::bigint[], %(shares)s::int[]) as client (id, share)
 cross join lateral (
    select id, priority, kind, is_tiny from provider.job {_OF_CLIENT} limit client.share) job
union all
(select 0, priority, id, kind, is_tiny from provider.job {_OF_PROVIDER} limit %(of_provider)s)
"""  # noqa: S608

TAKE = """
with chosen as (
    select id from provider.job where id = any(%(ids)s) and state = 'pending'
       for update skip locked)
update provider.job job
   set state = 'enqueued', enqueued_at = %(at)s, lease_until = %(lease_until)s
  from chosen where job.id = chosen.id
returning job.id, job.attempts, job.tenant_id, job.priority
"""


def ripen(connection: Connection[TupleRow], *, at: datetime) -> int:
    """What was put off and whose time has come joins its client's line."""
    return connection.execute(_RIPEN.encode(), {"at": at, "most": _RIPENED_AT_ONCE}).rowcount


def waiting(connection: Connection[TupleRow]) -> list[JobClass]:
    """The classes in which anything waits: mostly there is none."""
    rows = connection.execute(WAITING.encode(), CLASSES).fetchall()
    return [JobClass(name) for (name,) in rows]


def next_jobs(
    connection: Connection[TupleRow],
    job_class: JobClass,
    *,
    limits: Limits,
    at: datetime,
    lease: timedelta,
) -> list[Ticket]:
    """Mark the next jobs of the class as enqueued: the most urgent first, equals in their turn."""
    if limits.places(job_class) <= 0 or limits.is_all_paused():
        return []
    asked = ask(limits, job_class, at=at)
    ids = chosen(connection, limits, job_class, asked)
    if not ids:
        return []
    taken = {"ids": ids, "at": at, "lease_until": at + lease}
    rows = connection.execute(TAKE.encode(), taken).fetchall()
    turn = {job_id: place for place, job_id in enumerate(ids)}
    rows.sort(key=lambda row: (row[3], turn[row[0]]))
    return [Ticket(job_id=row[0], attempt=row[1], tenant_id=row[2]) for row in rows]


def ask(limits: Limits, job_class: JobClass, *, at: datetime) -> dict[str, Any]:
    """What `HEADS` is asked with: the class, and what is paused or has reached its cap."""
    paused = limits.closed_clients()
    return {
        "job_class": job_class.value,
        "at": at,
        "closed": [place for place, room in limits.rooms().items() if room <= 0],
        "paused": paused,
        "of_provider": 0 if PROVIDER in paused else 1,
    }


def chosen(
    connection: Connection[TupleRow], limits: Limits, job_class: JobClass, asked: dict[str, Any]
) -> list[int]:
    """The numbers of the jobs whose turn it is."""
    heads = [Waiting(*row) for row in connection.execute(HEADS.encode(), asked)]
    lines = {line.client: line for line in limits.lines(job_class, heads)}
    shares = deal(lines.values(), places=limits.places(job_class))
    standing = {head.client: [head] for head in heads if shares[head.client]}
    if longer := {client: share for client, share in shares.items() if share > 1}:
        standing |= _behind(connection, asked | split(longer))
    turns = [
        (lines[client].turn(place), each)
        for client, jobs in standing.items()
        for place, each in enumerate(jobs)
    ]
    return [each.id for each in choose(turns, rooms=limits.rooms(), drains=DRAINS)]


def split(shares: Mapping[int, int]) -> dict[str, Any]:
    """What `BEHIND` is asked with: how many of which line."""
    clients = {client: share for client, share in shares.items() if client != PROVIDER}
    return {
        "clients": list(clients),
        "shares": list(clients.values()),
        "of_provider": shares.get(PROVIDER, 0),
    }


def _behind(connection: Connection[TupleRow], asked: dict[str, Any]) -> dict[int, list[Waiting]]:
    standing: dict[int, list[Waiting]] = {}
    for row in connection.execute(BEHIND.encode(), asked):
        standing.setdefault(row[0], []).append(Waiting(*row))
    return standing
