"""Who at the client is written to about a piece of work, and the writing."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.identity import queries as people
from app.identity.queries import Member
from app.messages import mail
from tenants.context import current_tenant


def tell(
    requester_id: UUID | None, template: str, item_id: UUID, *, path: str = "", **params: str
) -> None:
    """Write to whom it concerns; `path` within the client's portal, else the request's page."""
    client = current_tenant()
    for member in readers(requester_id):
        mail.send(
            to=member.email,
            template=template,
            locale=member.locale,
            params={**params, "path": f"/p/{client.slug}/{path or f'requests/{item_id}'}"},
            subject_id=item_id,
        )


def readers(requester_id: UUID | None) -> list[Member]:
    """Who ordered it; where a machine or nobody did, the client's admins."""
    joined = [one for one in people.members(current_tenant().id) if one.accepted_at is not None]
    asked = [one for one in joined if one.account_id == requester_id]
    return asked or [one for one in joined if one.role == "client_admin"]


def day_text(moment: datetime | None) -> str:
    """The day in the client's zone, as it is written in both languages; empty without one."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(current_tenant().zone)).strftime("%d.%m.%Y")
