"""Work items as the API shows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.catalogue.service import service
from app.kernel.text import Text
from app.web.errors import say
from app.work import index, promises, queries
from app.work.rules import Priority, WorkStatus

_DELIVERED = frozenset({WorkStatus.DELIVERED, WorkStatus.ACCEPTED})


def brief(item: Any) -> dict[str, Any]:
    """A row of the list."""
    return {
        "id": item.id,
        "number": index.number_of(item),
        "service": item.service_key,
        "type": item.type_key,
        "title": item.title,
        "status": str(item.status),
        "waiting_for": str(item.waiting_for) if item.waiting_for else None,
        "priority": Priority(item.priority).name.lower(),
        "received_at": item.received_at,
        "due_at": item.due_at,
        "delivered_at": item.delivered_at,
    }


def full(item_id: UUID) -> dict[str, Any]:
    """A work item with values, findings, promise and files. Raises NotFound."""
    item = queries.item(item_id)
    return brief(item) | {
        "payload": item.payload,
        "values": item.values,
        "checked": item.checked_at is not None,
        "findings": [_finding(item.service_key, one) for one in queries.findings(item.id)],
        "sla": [_clock(explained.clock) for explained in promises.explanations(item.id)],
        "documents": [document_of(one) for one in queries.documents(item.id, results=False)]
        + [document_of(one, is_result=True) for one in _results(item)],
    }


def _results(item: Any) -> Sequence[Any]:
    """What the work made is the client's from the delivery on, not before it was checked."""
    return queries.results(item) if item.status in _DELIVERED else ()


def document_of(document: Any, *, is_result: bool = False) -> dict[str, Any]:
    """A stored file."""
    names = ("id", "name", "media_type", "size", "sha256", "created_at")
    return {name: getattr(document, name) for name in names} | {"is_result": is_result}


def _finding(service_key: str, finding: Any) -> dict[str, Any]:
    make = service(service_key).finding_text
    text = make(finding.code, finding.params) if make else Text(finding.code)
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "place": finding.place,
        "text": say(text),
    }


def _clock(clock: promises.ClockView) -> dict[str, Any]:
    return {
        "metric": str(clock.metric),
        "state": str(clock.state.state),
        "due_at": clock.due_at,
        "target_seconds": clock.target_seconds,
        "remaining_seconds": clock.remaining_seconds,
    }
