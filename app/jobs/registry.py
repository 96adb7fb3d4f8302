"""Which functions wait for which facts, which run as jobs, and which run every so often."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from app.jobs.rules import CatchUp, JobClass
from app.kernel.events import Event

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Callable[..., Any])


class UnknownKind(LookupError):
    """No function of this release runs jobs of that kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How jobs of one kind are carried out."""

    kind: str
    function: Callable[..., Any]
    job_class: JobClass = JobClass.DEFAULT
    long: bool = False
    """Long jobs hold a lease and may commit in between; short ones are one transaction (< 5 s)."""
    tiny: bool = False
    """Some milliseconds each: one ticket drains up to fifty of a client's in one transaction."""
    max_attempts: int = 5
    first_pause: timedelta = timedelta(seconds=15)
    time_limit: timedelta = timedelta(seconds=60)
    event: type[Event] | None = None
    """Set for subscribers: the fact that the job's `fact_id` names is handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """Something the ticker does every so often, in the provider's scope, with no transaction open.

    Every run must be able to come twice and to be missed.
    """

    name: str
    function: Callable[[], Any]
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A schedule that every house, or every client of it, has."""

    key: str
    kind: str
    cron: str
    per_client: bool
    catch_up: CatchUp
    args: Mapping[str, Any]


TASKS: dict[str, Task] = {}
EVENTS: dict[str, type[Event]] = {}
SUBSCRIBERS: defaultdict[str, list[Task]] = defaultdict(list)
PERIODIC: dict[str, Periodic] = {}
STANDING: dict[str, Standing] = {}


def subscribes(
    event: type[E],
    *,
    job_class: JobClass | str = JobClass.DEFAULT,
    long: bool = False,
    tiny: bool = False,
    max_attempts: int = 5,
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the function with each fact of this kind, in a job of its own. It may be called twice.

    The job's kind is the function's place: `billing.record_usage`.
    """

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        task = Task(
            kind=_place(function),
            function=function,
            job_class=JobClass(job_class),
            long=long,
            tiny=tiny,
            max_attempts=max_attempts,
            event=event,
        )
        _add(task)
        EVENTS[event.__name__] = event
        waiting = SUBSCRIBERS[event.__name__]
        waiting[:] = [other for other in waiting if other.kind != task.kind]
        waiting.append(task)
        return function

    return register


def job(
    kind: str,
    *,
    job_class: JobClass | str = JobClass.DEFAULT,
    long: bool = False,
    max_attempts: int = 5,
    first_pause: float = 15,
    time_limit: float | None = None,
) -> Callable[[F], F]:
    """The function runs jobs of this kind; its annotations say what the ids in `args` become.

    `first_pause`: seconds until the second attempt, four times longer after each further one.
    `time_limit`: seconds; 60 for a short job, an hour for a long one.
    """

    def register(function: F) -> F:
        limit = time_limit or (3600 if long else 60)
        _add(
            Task(
                kind=kind,
                function=function,
                job_class=JobClass(job_class),
                long=long,
                max_attempts=max_attempts,
                first_pause=timedelta(seconds=first_pause),
                time_limit=timedelta(seconds=limit),
            )
        )
        return function

    return register


def tiny_job(
    kind: str, *, job_class: JobClass | str = JobClass.DEFAULT, max_attempts: int = 5
) -> Callable[[F], F]:
    """The same for jobs of some milliseconds that only write to PostgreSQL: they are drained."""

    def register(function: F) -> F:
        _add(
            Task(
                kind=kind, function=function, job_class=JobClass(job_class), tiny=True,
                max_attempts=max_attempts,
            )
        )  # fmt: skip
        return function

    return register


def periodic(*, seconds: float, name: str | None = None) -> Callable[[F], F]:
    """The ticker calls the function (without arguments) about every so many seconds.

    It is called outside any scope and transaction and enters its own: `transaction()`, or
    `tenant_scope(ref)` for each client.
    """

    def register(function: F) -> F:
        called = name or _place(function)
        PERIODIC[called] = Periodic(
            name=called, function=function, every=timedelta(seconds=seconds)
        )
        return function

    return register


def scheduled(kind: str, *, cron: str, per_client: bool, catch_up: CatchUp = CatchUp.ONCE) -> None:
    """Jobs of this kind come by the clock: five fields of cron, in the client's time zone.

    Per client: each one has it; else the provider has it once.
    """
    STANDING[kind] = Standing(
        key=kind, kind=kind, cron=cron, per_client=per_client, catch_up=catch_up, args={}
    )


def task(kind: str) -> Task:
    """How jobs of this kind are carried out. Raises UnknownKind."""
    try:
        return TASKS[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def subscribers(event: type[Event]) -> Sequence[Task]:
    """Who waits for facts of this kind."""
    return SUBSCRIBERS.get(event.__name__, ())


def _add(new: Task) -> None:
    if new.tiny and new.long:
        raise ValueError(f"{new.kind} cannot be tiny and long at once")
    known = TASKS.get(new.kind)
    if known is not None and _whole_name(known.function) != _whole_name(new.function):
        raise ValueError(f"two functions want to run jobs of the kind {new.kind}")
    TASKS[new.kind] = new


def _whole_name(function: Callable[..., Any]) -> tuple[str, str]:
    # Not its place: a subscriber and a task of the same name have the same one.
    return function.__module__, function.__qualname__


def _place(function: Callable[..., Any]) -> str:
    parts = [*function.__module__.split("."), function.__qualname__]
    return ".".join(p for p in parts if p not in {"app", "services", "subscribers", "tasks"})
