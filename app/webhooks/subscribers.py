"""What happens at the client becomes a message: ids, numbers and states, never what was written."""

from uuid import UUID

from app.jobs.registry import subscribes
from app.kernel.events import Event
from app.sla.events import SlaBreached
from app.webhooks import sending
from app.webhooks.rules import EventType
from app.work import index, queries
from app.work.events import ClientAsked, WorkAccepted, WorkDelivered, WorkOpened
from app.work.rules import WorkStatus

_PROMISED_TO_CLIENTS = {"first_response", "next_response", "resolution"}
"""What teams and subcontractors owe us is nobody else's business."""


@subscribes(WorkOpened, tiny=True)
def note_opened(event: WorkOpened) -> None:
    """Work was ordered."""
    _note(EventType.OPENED, event, event.item_id, event.number, state=str(WorkStatus.NEW))


@subscribes(ClientAsked, tiny=True)
def note_question(event: ClientAsked) -> None:
    """The client is asked something."""
    _note(EventType.ASKED, event, event.item_id, event.number, state=str(WorkStatus.WAITING))


@subscribes(WorkDelivered, tiny=True)
def note_delivered(event: WorkDelivered) -> None:
    """A result is there."""
    _note(EventType.DELIVERED, event, event.item_id, event.number, state=str(WorkStatus.DELIVERED))


@subscribes(WorkAccepted, tiny=True)
def note_accepted(event: WorkAccepted) -> None:
    """A result was taken."""
    _note(EventType.ACCEPTED, event, event.item_id, event.number, state=str(WorkStatus.ACCEPTED))


@subscribes(SlaBreached, tiny=True)
def note_breached(event: SlaBreached) -> None:
    """A promise to the client was not kept."""
    if event.metric not in _PROMISED_TO_CLIENTS:
        return
    item = queries.item(event.subject_id)
    _note(
        EventType.BREACHED, event, item.id, index.number_of(item),
        promise=event.metric, due_at=event.breached_at.isoformat(),
    )  # fmt: skip


def _note(kind: EventType, event: Event, item_id: UUID, number: str, **more: str) -> None:
    sending.write(
        kind,
        event_id=event.event_id,
        at=event.occurred_at,
        data={"work_item_id": str(item_id), "number": number, **more},
    )
