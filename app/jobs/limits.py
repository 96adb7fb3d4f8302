"""Who is paused, what is on its way, and how many more may be: what the relay has to keep to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from app.jobs.rules import ALLOWANCE, JobClass, Line, Waiting

PROVIDER = 0
"""Its own jobs wait in a line like a client's."""
_PAUSED = (
    "(p.tenant_id is null or p.tenant_id = coalesce(j.tenant_id, 0))"
    " and (p.kind is null or p.kind = j.kind)"
)
"""Whether the pause p holds the job j."""

_HOLD = f"""
update provider.job j set state = 'held' where j.state = 'pending'
   and exists (select 1 from provider.job_pause p where {_PAUSED})
"""  # noqa: S608  a constant
_RELEASE = f"""
update provider.job j set state = 'pending' where j.state = 'held'
   and not exists (select 1 from provider.job_pause p where {_PAUSED})
"""  # noqa: S608
_FLIGHT = """
select job_class, coalesce(tenant_id, 0), kind, count(*) from provider.job
 where state in ('enqueued', 'running') group by 1, 2, 3
"""

Pauses = frozenset[tuple[int | None, str | None]]
"""Client (None: every, 0: the provider) and kind (None: every) of each pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All of it at one moment."""

    pauses: Pauses
    caps: dict[tuple[int | None, str | None], int]
    weights: dict[int, int]
    flight: Counter[tuple[str, int, str]]
    """How many are on their way, by class, client (0: the provider) and kind."""

    def places(self, job_class: JobClass) -> int:
        """How many more of the class may be with Redis and the workers."""
        flying = sum(jobs for (each, *_), jobs in self.flight.items() if each == job_class)
        return ALLOWANCE[job_class].window - flying

    def lines(self, job_class: JobClass, heads: Iterable[Waiting]) -> Iterable[Line]:
        """The lines that begin with these jobs."""
        flying: Counter[int] = Counter()
        for (each, client, _), jobs in self.flight.items():
            if each == job_class:
                flying[client] += jobs
        for head in heads:
            yield Line(
                client=head.client,
                in_flight=flying[head.client],
                cap=self.caps.get((head.client, None), ALLOWANCE[job_class].per_client),
                weight=max(self.weights.get(head.client, 1), 1),
                head=(head.priority, head.id),
            )

    def rooms(self) -> dict[str, int]:
        """How many more may fly, by kind and by `client:kind`; what has no cap is not named."""
        found: dict[str, int] = {}
        for (client, kind), cap in self.caps.items():
            if kind is not None:
                found[_place(client, kind)] = cap - sum(
                    jobs
                    for (_, whose, what), jobs in self.flight.items()
                    if what == kind and client in {None, whose}
                )
        for client, kind in self.pauses:
            if kind is not None:
                found[_place(client, kind)] = 0
        return found

    def closed_clients(self) -> list[int]:
        """Whose jobs are all paused."""
        return [client for client, kind in self.pauses if kind is None and client is not None]

    def is_all_paused(self) -> bool:
        """Whether nothing at all is handed out."""
        return (None, None) in self.pauses


def _place(client: int | None, kind: str) -> str:
    return kind if client is None else f"{client}:{kind}"


def at_present(connection: Connection[TupleRow]) -> Limits:
    """As the books say now."""
    limits: list[Any] = connection.execute(
        b"select tenant_id, kind, cap, weight from provider.job_limit"
    ).fetchall()
    flight: list[Any] = connection.execute(_FLIGHT.encode()).fetchall()
    return Limits(
        pauses=pauses(connection),
        caps={(client, kind): cap for client, kind, cap, _ in limits if cap is not None},
        weights={client: weight for client, kind, _, weight in limits if kind is None},
        flight=Counter({(each, client, kind): jobs for each, client, kind, jobs in flight}),
    )


def pauses(connection: Connection[TupleRow]) -> Pauses:
    """Those in force."""
    rows: list[Any] = connection.execute(
        b"select tenant_id, kind from provider.job_pause"
    ).fetchall()
    return frozenset(rows)


def hold_and_release(connection: Connection[TupleRow], paused: Pauses) -> int:
    """What is paused by now waits, what is not any more goes on; returns how many moved."""
    moved = connection.execute(_RELEASE.encode()).rowcount
    if paused:
        moved += connection.execute(_HOLD.encode()).rowcount
    return moved
