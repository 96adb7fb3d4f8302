"""Jobs: ours, plain RQ and Celery in one run; what a row costs a request; fairness; the relay."""

from collections.abc import Sequence
from math import ceil

from rq import Queue

from benchmarks import job_backlog, job_outage
from benchmarks.installation import Installation
from benchmarks.job_process import RQ_QUEUE
from benchmarks.job_yard import TooFew, Yard, opened, rate
from benchmarks.measure import Figure, Size, at_least, at_most
from tenants.context import TenantRef

CLIENTS = 20
WORKERS = 2
SMALL = 10
"""Jobs of each small client beside the noisy one."""
_LONGEST = 30.0
"""Seconds of one race: on a busy machine the rate is that of what was done until then."""
_PATIENCE = 120.0
"""Seconds until the small clients' jobs must be done."""
_CELERY = (
    "celery", "-A", "benchmarks.celery_rival", "worker", "--pool", "prefork", "--concurrency",
    str(WORKERS), "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
    "--without-heartbeat",
)  # fmt: skip
_OURS = (("benchmarks.job_process", "relay"), ("benchmarks.job_process", "worker", str(WORKERS)))

Jobs = Sequence[tuple[TenantRef, str]]


def run(installation: Installation, size: Size) -> list[Figure]:
    """All races on the same servers, one after the other."""
    yard = opened(installation, clients=CLIENTS + 1)
    even = [(yard.clients[n % CLIENTS], f"{n:06}") for n in range(size.jobs)]
    forked = _rq(yard, "rq-fork", even[: size.forked_jobs])
    simple = _rq(yard, "rq-simple", even[: size.jobs // 2])
    celery = rate(_celery(yard, even))
    ours = rate(_ours(yard, even))
    drained = rate(_ours(yard, [*even, *even, *even], tiny=True))
    return [
        at_least(
            f"one-transaction jobs, {WORKERS} workers", value=ours, unit="/s",
            of=(f"RQ, {WORKERS} forking workers", forked), gate=8,
        ),
        at_least("the same", value=ours, unit="/s", of=(f"{WORKERS} RQ SimpleWorkers", simple)),
        at_least(
            "the same", value=ours, unit="/s",
            of=(f"Celery acks_late, {WORKERS} processes", celery), gate=0.6,
        ),
        at_least("drains of tiny jobs", value=drained, unit="/s", of=("Celery acks_late", celery)),
        _fairness(yard, size, rate_of_fifo=celery),
        *job_backlog.request_path(yard, size),
        *job_backlog.relay_tick(yard, size),
        *job_outage.run(installation, size),
    ]  # fmt: skip


def _ours(yard: Yard, jobs: Jobs, *, tiny: bool = False) -> list[tuple[float, int, str]]:
    yard.clear()
    yard.order("bench.tiny" if tiny else "bench.effect", jobs, tiny=tiny)
    with yard.running(*_OURS):
        yard.wait(len(jobs), seconds=_LONGEST)
    return yard.times()


def _rq(yard: Yard, worker: str, jobs: Jobs) -> float:
    yard.clear()
    with yard.redis as connection:
        Queue(RQ_QUEUE, connection=connection).enqueue_many(
            [
                Queue.prepare_data(
                    "benchmarks.job_kinds.by_another_system", (client.id, name), result_ttl=0
                )
                for client, name in jobs
            ]
        )
    with yard.running(*[("benchmarks.job_process", worker)] * WORKERS):
        yard.wait(len(jobs), seconds=_LONGEST)
    return rate(yard.times())


def _celery(yard: Yard, jobs: Jobs) -> list[tuple[float, int, str]]:
    yard.clear()
    _send(yard.installation.environment["REDIS_URL"], jobs)
    with yard.running(_CELERY):
        yard.wait(len(jobs), seconds=_LONGEST)
    return yard.times()


def _send(redis_url: str, jobs: Jobs) -> None:
    from celery import Celery  # noqa: PLC0415  its program reads the environment when imported

    with Celery("sender", broker=redis_url) as sender, sender.producer_pool.acquire() as producer:
        for client, name in jobs:
            sender.send_task("effect", (client.id, name), producer=producer, ignore_result=True)


def _fairness(yard: Yard, size: Size, *, rate_of_fifo: float) -> Figure:
    """How long small clients' jobs wait behind one client's noise.

    First come, first served they wait for all of it, at the rate that Celery has just shown.
    """
    noisy, small = yard.clients[CLIENTS], yard.clients[:CLIENTS]
    jobs = [(noisy, f"{n:06}") for n in range(size.noisy_jobs)]
    jobs += [(client, f"{n:06}") for n in range(SMALL) for client in small]
    fifo = (size.noisy_jobs + ceil(0.95 * SMALL * CLIENTS)) / rate_of_fifo
    yard.clear()
    yard.order("bench.effect", jobs, tiny=False)
    with yard.running(*_OURS):
        for client in small:
            if not yard.wait(SMALL, seconds=_PATIENCE, of=client):
                raise TooFew(f"{client.slug}'s jobs are not done in {_PATIENCE:.0f} s")
    fair = _p95(yard.times(), but=noisy)
    return at_most(
        f"{CLIENTS} small clients beside {size.noisy_jobs:,} noisy jobs, p95",
        value=fair, unit="s", of=("first come, first served at Celery's rate", fifo), gate=0.2,
    )  # fmt: skip


def _p95(times: list[tuple[float, int, str]], *, but: TenantRef) -> float:
    waited = [at - times[0][0] for at, tenant_id, _ in times if tenant_id != but.id]
    return waited[ceil(0.95 * len(waited)) - 1]
