"""What waits for the client's approval, yes and no: for machines."""

from typing import Any
from uuid import UUID

from app.api import representations as shown
from app.api import request_schemas as schemas
from app.api.bodies import READS, WRITES, ApiBlueprint
from app.api.schemas import ReasonIn, WorkItemOut
from app.api.words import N_
from app.identity.permissions import Permission
from app.web.access import current_actor, requires
from app.web.medical import hidden_services
from app.work import approval_queries
from app.work.actions import closing

blueprint = ApiBlueprint("api_approvals", __name__, url_prefix="/api/v1/approvals")


@blueprint.get("")
@requires(Permission.WORK_READ)
@blueprint.response(200, schemas.ApprovalsOut, description=N_("What waits."))
@blueprint.doc(
    operationId="listApprovals",
    security=READS,
    summary=N_("Delivered results that wait for approval, the oldest first; at most 200"),
)
def list_approvals() -> dict[str, Any]:
    """Each with the rule it falls under."""
    found = approval_queries.delivered(person=None, hidden_services=hidden_services())
    return {"items": [_approval(item, standing) for item, standing in found]}


@blueprint.post("/<uuid:item_id>/approve")
@requires(Permission.WORK_ACCEPT)
@blueprint.response(200, WorkItemOut, description=N_("The work item."))
@blueprint.doc(
    operationId="approveResult",
    security=WRITES,
    summary=N_("Approve a result; 403 where a rule asks certain people"),
)
def approve(item_id: UUID) -> dict[str, Any]:
    """Yes: the result is accepted."""
    closing.accept(actor=current_actor(), item_id=item_id)
    return shown.full(item_id)


@blueprint.post("/<uuid:item_id>/reject")
@requires(Permission.WORK_ACCEPT)
@blueprint.arguments(ReasonIn)
@blueprint.response(200, WorkItemOut, description=N_("The reopened work item, or the rework."))
@blueprint.doc(
    operationId="rejectResult",
    security=WRITES,
    summary=N_("Reject a result with the reason: it is worked on again"),
)
def reject(reason: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """No: approvals given before are void."""
    subject = closing.complain(actor=current_actor(), item_id=item_id, reason=reason["reason"])
    return shown.full(subject.id)


def _approval(item: Any, standing: Any) -> dict[str, Any]:
    money = approval_queries.amount(item)
    return {
        "item": shown.brief(item),
        "amount": f"{money.major:f}" if money else None,
        "currency": money.currency if money else None,
        "accept_by": item.accept_by,
        "by_people": standing is not None,
        "needed": standing.line.needed if standing else 1,
        "approvers": list(standing.names) if standing else [],
        "given": [{"person": one.person, "at": one.at} for one in standing.given]
        if standing
        else [],
    }
