"""The filters in an address of the desk's list."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from app.work.desk_queries import Filter, View
from app.work.rules import WorkStatus
from tenants import registry

NAMES = frozenset({"view", "client", "service", "status", "priority", "q", "after", "saved"})
_NO_CLIENT = -1


def wanted(
    arguments: Mapping[str, Any],
    *,
    operator_id: UUID | None,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str],
    views: Collection[View],
) -> Filter:
    """What they ask for, within what this person may see. Values that mean nothing are left out."""
    priority = str(arguments.get("priority", ""))
    status = arguments.get("status", "")
    view = arguments.get("view", "")
    return Filter(
        view=View(view) if view in set(views) else View.OPEN,
        operator_id=operator_id,
        clients=clients,
        tenant_id=_client(arguments.get("client", "")),
        service_key=arguments.get("service", ""),
        hidden_services=hidden_services,
        status=WorkStatus(status) if status in set(WorkStatus) else None,
        priority=int(priority) if priority.isdecimal() and len(priority) < 3 else None,
        words=arguments.get("q", "").strip()[:100],
    )


def _client(slug: str) -> int | None:
    if not slug:
        return None
    return next((ref.id for ref in registry.listed() if ref.slug == slug), _NO_CLIENT)
