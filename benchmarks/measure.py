"""A measured figure, the baseline it is held against, and the gate it has to pass."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done: everything, or enough to see that it runs."""

    clients: int
    replays: int
    django_tenants: int
    transactions: int
    items: int
    list_clients: int
    takes: int
    requests: int
    pages_requests: int
    pages_takes: int
    timers: int
    due: int
    open_clocks: int
    jobs: int
    forked_jobs: int
    noisy_jobs: int
    waiting_jobs: int


FULL = Size(
    clients=1000, replays=20, django_tenants=5, transactions=1500, items=100_000,
    list_clients=200, takes=600, requests=400, pages_requests=160, pages_takes=480,
    timers=1_000_000, due=10_000, open_clocks=100_000,
    jobs=2_000, forked_jobs=200, noisy_jobs=10_000, waiting_jobs=100_000,
)  # fmt: skip
QUICK = Size(
    clients=30, replays=4, django_tenants=2, transactions=200, items=2_000,
    list_clients=20, takes=80, requests=60, pages_requests=16, pages_takes=320,
    timers=50_000, due=600, open_clocks=3_000,
    jobs=300, forked_jobs=40, noisy_jobs=500, waiting_jobs=5_000,
)  # fmt: skip


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def calm(costs: Sequence[float]) -> float:
    """The lower quartile: what it costs while nothing else keeps the machine busy."""
    return sorted(costs)[len(costs) // 4]


def typical(work: Callable[[], object], *, times: int) -> float:
    """The lower quartile of several calls, in milliseconds."""
    return calm([milliseconds(work) for _ in range(times)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A line of the table. `ratio` is value to baseline; `gate` is what it must hold."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    gate: str = ""
    passed: bool | None = None

    @property
    def ratio(self) -> float | None:
        return None if not self.baseline else self.value / self.baseline

    def row(self) -> dict[str, Any]:
        """For latest.json."""
        return {**asdict(self), "ratio": self.ratio}


def at_most(name: str, *, value: float, unit: str, of: tuple[str, float], gate: float) -> Figure:
    """A figure that may be at most `gate` times the baseline."""
    baseline_name, baseline = of
    return Figure(
        name=name,
        value=value,
        unit=unit,
        baseline=baseline,
        baseline_name=baseline_name,
        gate=f"≤ {gate:.3g}",
        passed=value <= gate * baseline,
    )


def at_least(
    name: str, *, value: float, unit: str, of: tuple[str, float], gate: float | None = None
) -> Figure:
    """A figure that has to be at least `gate` times the baseline; without a gate just shown."""
    baseline_name, baseline = of
    return Figure(
        name=name,
        value=value,
        unit=unit,
        baseline=baseline,
        baseline_name=baseline_name,
        gate=f"≥ {gate:.3g}" if gate else "",
        passed=value >= gate * baseline if gate else None,
    )
