"""Jobs: facts published, the job table, and what carries them out. RQ is known here only."""

from app.jobs.actions import enqueue, enqueue_batch, publish, publish_all

__all__ = ["enqueue", "enqueue_batch", "publish", "publish_all"]
