"""The same job for Celery: acknowledged late, as one must who does not want to lose any."""

import os

from celery import Celery

from benchmarks import job_kinds

celery = Celery("rival", broker=os.environ["REDIS_URL"], broker_connection_retry_on_startup=True)
celery.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
)


@celery.task(name="effect")
def effect(tenant_id: int, name: str) -> None:
    job_kinds.by_another_system(tenant_id, name)
