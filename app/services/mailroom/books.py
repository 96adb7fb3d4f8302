"""What the mailroom knows of its client: the services that letters can be handed to."""

from collections.abc import Mapping
from typing import Any, Final

from app.catalogue.service import BookKeeping, Service
from app.catalogue.steps import Deed
from app.clients import queries as clients
from app.kernel.spoken import in_language
from tenants.context import current_tenant


def gather(deed: Deed) -> Mapping[str, Any]:
    """Titles in the client's language, and what each service says of itself."""
    client = current_tenant()
    found = clients.orderable_services(tenant_id=client.id, on=deed.at.date())
    return {
        "services": [
            {"title": in_language(one.service.title, client.locale), "words": _words(one.service)}
            for one in found
        ]
    }


def _words(service: Service) -> str:
    told = [service.title, service.description]
    for one in service.work_types:
        told += [one.title, one.description]
    return " · ".join(told)


KEEPING: Final = BookKeeping(gather=gather)
