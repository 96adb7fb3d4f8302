"""The relay's statements: which jobs go to Redis next.

First the head of each client's line, one probe of the index each; the places are dealt out among
the lines (rules.deal), and only as many jobs are read as there are places.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from app.jobs.limits import PROVIDER, Limits
from app.jobs.rules import JobClass, deal
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
select client.id, head.priority, head.id from provider.tenant client cross join lateral (
    select priority, id from provider.job {_OF_CLIENT} limit 1) head
 where client.state = 'ready' and client.id <> all(%(paused)s)
union all
(select 0, priority, id from provider.job {_OF_PROVIDER} limit %(of_provider)s)
"""  # noqa: S608  our own names

# As many of each line as it was dealt, and not more than the kinds' caps leave. Of tiny jobs a few
# tickets are enough: each drains many.
NEXT = f"""
with candidate as (
    select job.*, client.id as client, (client.flying + place)::float / client.weight as turn
      from unnest(%(clients)s::bigint[], %(shares)s::int[], %(flying)s::int[], %(weights)s::int[])
           as client (id, share, flying, weight)
     cross join lateral (
        select id, priority, kind, is_tiny, row_number() over (order by priority, id) as place
          from provider.job {_OF_CLIENT} limit client.share) job
    union all
    select own.*, 0, place
      from (select id, priority, kind, is_tiny, row_number() over (order by priority, id) as place
              from provider.job {_OF_PROVIDER} limit %(of_provider)s) own
), fitting as (
    select id,
           coalesce((%(rooms)s::jsonb ->> kind)::int, %(places)s) as room_of_kind,
           coalesce((%(rooms)s::jsonb ->> concat(client, ':', kind))::int, %(places)s)
             as room_of_both,
           row_number() over (partition by kind order by turn, priority, id) as of_kind,
           row_number() over (partition by client, kind order by turn, priority, id) as of_both
      from (select *, row_number() over (
                partition by client, kind, is_tiny order by turn, priority, id) as of_drain
              from candidate) each
     where not is_tiny or of_drain <= %(drains)s
), chosen as (
    select id from provider.job
     where state = 'pending' and id in (
        select id from fitting where of_kind <= room_of_kind and of_both <= room_of_both)
       for update skip locked
)
update provider.job job
   set state = 'enqueued', enqueued_at = %(at)s, lease_until = %(lease_until)s
  from chosen where job.id = chosen.id
returning job.id, job.attempts, job.tenant_id, job.priority
"""  # noqa: S608


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
    """Mark the next jobs of the class as enqueued, the most urgent first."""
    if limits.places(job_class) <= 0 or limits.is_all_paused():
        return []
    wanted = asked(limits, job_class, at=at, lease=lease)
    heads: list[Any] = connection.execute(HEADS.encode(), wanted).fetchall()
    wanted |= dealt(limits, job_class, heads)
    if not wanted["clients"] and not wanted["of_provider"]:
        return []
    rows = connection.execute(NEXT.encode(), wanted).fetchall()
    rows.sort(key=lambda row: (row[3], row[0]))
    return [Ticket(job_id=row[0], attempt=row[1], tenant_id=row[2]) for row in rows]


def asked(limits: Limits, job_class: JobClass, *, at: datetime, lease: timedelta) -> dict[str, Any]:
    """What `HEADS` is asked with: the class, and what is paused or has reached its cap."""
    rooms, paused = limits.rooms(), limits.closed_clients()
    return {
        "job_class": job_class.value,
        "at": at,
        "lease_until": at + lease,
        "places": limits.places(job_class),
        "drains": DRAINS,
        "rooms": json.dumps(rooms),
        "closed": [place for place, room in rooms.items() if room <= 0],
        "paused": paused,
        "of_provider": 0 if PROVIDER in paused else 1,
    }


def dealt(limits: Limits, job_class: JobClass, heads: list[tuple[int, int, int]]) -> dict[str, Any]:
    """What `NEXT` is asked with besides: how many of each line that begins with these heads."""
    lines = {line.client: line for line in limits.lines(job_class, heads)}
    shares = deal(lines.values(), places=limits.places(job_class))
    clients = [lines[client] for client in shares if client != PROVIDER]
    return {
        "clients": [line.client for line in clients],
        "shares": [shares[line.client] for line in clients],
        "flying": [line.in_flight for line in clients],
        "weights": [line.weight for line in clients],
        "of_provider": shares[PROVIDER],
    }
