"""Tell the client's people by mail what waits for them; follow what happens to promises."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.identity import queries as people
from app.identity.queries import Member
from app.jobs.registry import subscribes
from app.kernel.actor import SYSTEM
from app.messages import mail
from app.sla.events import PausedTooLong, PromisesRecalculated
from app.sla.rules.policy import Then
from app.work import index, queries
from app.work.actions import talking
from app.work.events import ClientAsked, WorkDelivered
from app.work.rules import WorkStatus
from tenants.context import current_tenant


@subscribes(ClientAsked)
def tell_of_the_question(event: ClientAsked) -> None:
    """Somebody at the client should answer; nothing if it was answered meanwhile."""
    item = queries.item(event.item_id)
    if item.status is WorkStatus.WAITING:
        _tell(
            event.requester_id, "client_asked", event.item_id, title=item.title, number=event.number
        )


@subscribes(WorkDelivered)
def tell_of_the_delivery(event: WorkDelivered) -> None:
    """The result is there; nothing if it was taken or sent back meanwhile."""
    item = queries.item(event.item_id)
    if item.status is WorkStatus.DELIVERED:
        _tell(
            event.requester_id,
            "work_delivered",
            event.item_id,
            title=item.title,
            number=event.number,
            accept_by=_day(item.accept_by),
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


def _tell(requester_id: UUID | None, template: str, item_id: UUID, **params: str) -> None:
    client = current_tenant()
    for member in _readers(requester_id):
        mail.send(
            to=member.email,
            template=template,
            locale=member.locale,
            params={**params, "path": f"/p/{client.slug}/requests/{item_id}"},
            subject_id=item_id,
        )


def _readers(requester_id: UUID | None) -> list[Member]:
    """Who ordered it; where a machine or nobody did, the client's admins."""
    joined = [one for one in people.members(current_tenant().id) if one.accepted_at is not None]
    asked = [one for one in joined if one.account_id == requester_id]
    return asked or [one for one in joined if one.role == "client_admin"]


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(current_tenant().zone)).strftime("%d.%m.%Y")
