"""The job system's figures in the words of Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.jobs import queries as jobs
from app.jobs.figures import Figures, figures
from app.jobs.queries import Pulse


class JobMetrics(Collector):
    """Read from PostgreSQL when asked: the same whichever process answers."""

    @override
    def collect(self) -> Iterator[Metric]:
        yield from _states(jobs.pulse())
        yield from _times(figures())


def _states(now: Pulse) -> Iterator[Metric]:
    by_state = GaugeMetricFamily(
        "kontor_jobs", "Jobs that are not done, by state and class.", labels=("state", "class")
    )
    for (state, job_class), number in now.by_state.items():
        by_state.add_metric((str(state), str(job_class)), number)
    yield by_state
    yield GaugeMetricFamily(
        "kontor_jobs_oldest_pending_seconds",
        "How long the job has been due that has waited longest.",
        value=now.oldest_pending_seconds,
    )
    yield GaugeMetricFamily(
        "kontor_jobs_relay_tick_seconds",
        "Duration of the relay's last round.",
        value=now.relay_tick_seconds,
    )
    if now.relay_silent_seconds is not None:
        yield GaugeMetricFamily(
            "kontor_jobs_relay_silent_seconds",
            "Since the relay's last round.",
            value=now.relay_silent_seconds,
        )


def _times(now: Figures) -> Iterator[Metric]:
    oldest = GaugeMetricFamily(
        "kontor_jobs_client_oldest_pending_seconds",
        "How long the oldest due job of a client has waited; no client: the provider's own.",
        labels=("client",),
    )
    for slug, seconds in now.oldest_by_client.items():
        oldest.add_metric((slug,), seconds)
    yield oldest
    for name, text, values in (
        ("wait", "from due to begun", now.wait_p95),
        ("run", "from begun to done", now.run_p95),
    ):
        family = GaugeMetricFamily(
            f"kontor_jobs_{name}_p95_seconds",
            f"Time {text} of 95 % of the jobs done within five minutes, by class.",
            labels=("class",),
        )
        for job_class, seconds in values.items():
            family.add_metric((str(job_class),), seconds)
        yield family
    yield CounterMetricFamily(
        "kontor_jobs_redispatched", "Jobs handed out again: ticket lost.", value=now.redispatched
    )
    yield CounterMetricFamily(
        "kontor_jobs_lost_leases", "Jobs whose worker died or went silent.", value=now.lost
    )
