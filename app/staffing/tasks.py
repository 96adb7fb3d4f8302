"""What the ticker does for the provider's people."""

from app.jobs.registry import periodic
from app.staffing import job_alerts


@periodic(seconds=15)
def watch_jobs() -> None:
    """Write to the admins when jobs do not run as they should."""
    job_alerts.tell()
