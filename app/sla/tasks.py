"""What the ticker process does for promises."""

from app.jobs.registry import periodic
from app.sla import ticker


@periodic(seconds=5)
def watch_clocks() -> None:
    """Warn of promises that run out and tell of those that were not kept."""
    ticker.tick()
