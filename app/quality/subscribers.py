"""What quality does about delivered work."""

from app.jobs.registry import subscribes
from app.quality import actions
from app.work.events import WorkDelivered


@subscribes(WorkDelivered, tiny=True)
def draw_a_sample(event: WorkDelivered) -> None:
    """Perhaps a second person looks at it."""
    actions.draw(event.item_id)
