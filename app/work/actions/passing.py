"""Work goes from one person to another, with a note for whoever gets it."""

from dataclasses import dataclass
from uuid import UUID

from app.catalogue.service import service
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.messages import conversation
from app.staffing.people import Ability
from app.staffing.rules import is_able
from app.work import index
from app.work.changing import changing, note
from app.work.models import WorkItem
from app.work.rules import WorkStatus, may_review
from tenants.context import current_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Who is to get it: looked up in the provider's books before the client is entered."""

    id: UUID
    name: str
    ability: Ability


def hand_to(
    *,
    actor: Actor,
    item_id: UUID,
    colleague: Colleague,
    remark: str = "",
    version: int | None = None,
) -> WorkItem:
    """Give one's own item to a colleague, or as a lead anybody's. The remark is an internal note.

    Raises Forbidden (not one's own; the colleague may not serve this client or worked on what is
    to be checked), Conflict (not open), Invalid (the colleague lacks the skill).
    """
    with changing(
        item_id, actor=actor, permission=Permission.WORK_PERFORM, version=version
    ) as item:
        if item.assignee_id != actor.id and not actor.may(Permission.WORK_ASSIGN):
            raise Forbidden("Only who holds the item can hand it over.")
        if item.status not in _OPEN:
            raise Conflict("Only open work can be handed over.")
        _check(item, colleague)
        before = item.assignee_name
        item.assignee_id, item.assignee_name = colleague.id, colleague.name
        if item.status is not WorkStatus.REVIEW:
            item.clerk_id, item.clerk_name = colleague.id, colleague.name
        if remark.strip():
            conversation.post(actor=actor, subject_id=item.id, body=remark, internal=True)
    note(
        item,
        actor=actor,
        verb="work.handed_on",
        to=colleague.name,
        before=before or None,
        reason=remark.strip() or None,
    )
    return item


_OPEN = frozenset({WorkStatus.NEW, WorkStatus.IN_PROGRESS, WorkStatus.WAITING, WorkStatus.REVIEW})


def _check(item: WorkItem, colleague: Colleague) -> None:
    number, offer = index.number_of(item), service(item.service_key)
    if not colleague.ability.serves(current_tenant().id):
        raise Forbidden("%(who)s may not serve this client.", who=colleague.name)
    able = is_able(offer.skills, colleague.ability.skills, level=offer.skill_level, on=now().date())
    if not able:
        raise Invalid("%(who)s lacks the skill for %(number)s.", who=colleague.name, number=number)
    in_review = item.status is WorkStatus.REVIEW
    if in_review and not may_review(colleague.id, workers=index.workers_of(item.id)):
        raise Forbidden(
            "%(who)s worked on %(number)s: a second person has to check it.",
            who=colleague.name,
            number=number,
        )
