"""Tell the client's people by mail what waits for them; follow what happens to promises."""

from app.jobs.registry import subscribes
from app.kernel.actor import SYSTEM
from app.sla.events import PausedTooLong, PromisesRecalculated
from app.sla.rules.policy import Then
from app.work import approval_queries, document_queries, index, queries, readers
from app.work.actions import talking
from app.work.events import ClientAsked, DocumentSentBack, DocumentsRequested, WorkDelivered
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from app.work.rules.asked_documents import Wish
from tenants import sealing


@subscribes(ClientAsked)
def tell_of_the_question(event: ClientAsked) -> None:
    """Somebody at the client should answer; nothing if it was answered meanwhile."""
    item = queries.item(event.item_id)
    if item.status is WorkStatus.WAITING:
        readers.tell(
            event.requester_id, "client_asked", event.item_id, title=item.title, number=event.number
        )


@subscribes(DocumentsRequested)
def tell_of_wanted_documents(event: DocumentsRequested) -> None:
    """Somebody at the client should send documents; nothing if all is there meanwhile."""
    view = document_queries.view(event.request_id)
    if view.is_open and view.missing:
        readers.tell(
            view.item.requester_id,
            "documents_requested",
            event.item_id,
            path=f"document-requests/{event.request_id}",
            title=view.item.title,
            number=index.number_of(view.item),
            missing=str(view.missing),
            due=readers.day_text(view.request.due_at),
        )


@subscribes(DocumentSentBack)
def tell_of_the_document_sent_back(event: DocumentSentBack) -> None:
    """A document has to be handed in again; nothing if it was meanwhile."""
    wish = document_queries.wish(event.wish_id)
    view = document_queries.view(wish.request_id)
    # A mail lies in the provider's books in clear: no words of a client whose words are sealed.
    says = not sealing.is_on()
    if view.is_open and wish.state is Wish.REJECTED:
        readers.tell(
            view.item.requester_id,
            "document_sent_back",
            event.item_id,
            path=f"document-requests/{wish.request_id}",
            number=index.number_of(view.item),
            document=wish.title if says else "",
            reason=wish.reason if says else "",
        )


@subscribes(WorkDelivered)
def tell_of_the_delivery(event: WorkDelivered) -> None:
    """The result is there; nothing if it was taken or sent back meanwhile."""
    item = queries.item(event.item_id)
    if item.status is WorkStatus.DELIVERED:
        readers.tell(
            event.requester_id,
            "work_delivered",
            event.item_id,
            title=item.title,
            number=event.number,
            accept_by=readers.day_text(item.accept_by),
        )
        _ask_for_approval(item, number=event.number)


def _ask_for_approval(item: WorkItem, *, number: str) -> None:
    money = approval_queries.amount(item)
    readers.tell_people(
        approval_queries.asked(item),
        "approval_wanted",
        item.id,
        path=f"approvals/{item.id}",
        number=number,
        title=item.title,
        amount=f"{money.major} {money.currency}" if money else "",
    )


@subscribes(PromisesRecalculated)
def follow_due_times(event: PromisesRecalculated) -> None:
    """Items and the desk's index say what the clocks say since a calendar was corrected."""
    index.follow_clocks(event.subject_ids)


@subscribes(PausedTooLong)
def end_the_pause(event: PausedTooLong) -> None:
    """Go on without the answer, where that is agreed; nothing if it has come meanwhile."""
    item = queries.item(event.subject_id)
    if event.then == Then.RESUME and item.status is WorkStatus.WAITING:
        talking.resume(actor=SYSTEM, item_id=item.id)
