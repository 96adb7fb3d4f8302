"""Who at the client is written to about a piece of work, and the writing."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.identity import queries as people
from app.identity.queries import Member
from app.messages import notices
from app.work import queries, visibility
from tenants.context import current_tenant


def tell(
    requester_id: UUID | None, template: str, item_id: UUID, *, path: str = "", **params: str
) -> None:
    """Write to whom it concerns; `path` within the client's portal, else the request's page."""
    _write(_readers(requester_id), template, item_id, path=path, params=params)


def tell_people(
    account_ids: Collection[UUID], template: str, item_id: UUID, *, path: str, **params: str
) -> None:
    """Write to these people, as far as they still belong to the client."""
    found = [one for one in _joined() if one.account_id in account_ids]
    _write(found, template, item_id, path=path, params=params)


def _write(
    members: Iterable[Member], template: str, item_id: UUID, *, path: str, params: dict[str, str]
) -> None:
    client = current_tenant()
    item = queries.item(item_id)
    for member in members:
        limit = visibility.limit_of(member.account_id, member)
        if limit is not None and not limit.shows(item):
            continue
        notices.tell(
            member,
            template=template,
            params={**params, "path": f"/p/{client.slug}/{path or f'requests/{item_id}'}"},
            subject_id=item_id,
        )


def _joined() -> list[Member]:
    return [one for one in people.members(current_tenant().id) if one.accepted_at is not None]


def _readers(requester_id: UUID | None) -> list[Member]:
    """Who ordered it; where a machine or nobody did, the client's admins."""
    joined = _joined()
    asked = [one for one in joined if one.account_id == requester_id]
    return asked or [one for one in joined if one.role == "client_admin"]


def day_text(moment: datetime | None) -> str:
    """The day in the client's zone, as it is written in both languages; empty without one."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(current_tenant().zone)).strftime("%d.%m.%Y")
