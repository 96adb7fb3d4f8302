"""How the portal speaks of requests: numbers, kinds, states and deeds in the client's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.catalogue.service import service
from app.kernel.actor import Side
from app.kernel.errors import NotFound
from app.work.index import number_of
from app.work.rules import FINISHED, WaitingFor, WorkStatus


class Row:
    """A work item as lists show it."""

    def __init__(self, item: Any) -> None:
        self.item = item
        self.number = number_of(item)
        self.kind = kind_of(item.service_key, item.type_key)
        self.asked = item.status is WorkStatus.WAITING and item.waiting_for is WaitingFor.CLIENT
        self.waits = self.asked or item.status is WorkStatus.DELIVERED

    @property
    def with_whom(self) -> str:
        """Who of the provider has it, or had it last."""
        return str(self.item.assignee_name or self.item.clerk_name)

    @property
    def promised(self) -> datetime | None:
        """Nothing is promised any more for what was cancelled."""
        cancelled = self.item.status is WorkStatus.CANCELLED
        return None if cancelled else self.item.due_at


def kind_of(service_key: str, type_key: str) -> str:
    """`Supplier invoice`; the keys themselves where the service is gone."""
    try:
        return _(service(service_key).work_type(type_key).title)
    except NotFound:
        return type_key


def status_title(item: Any) -> str:
    """The state in one word, as components/values.html says it to a client."""
    if item.status is WorkStatus.WAITING:
        third = item.waiting_for is WaitingFor.THIRD_PARTY
        return _("waiting for a third party") if third else _("waiting for you")
    return {
        WorkStatus.NEW: _("new"),
        WorkStatus.IN_PROGRESS: _("in progress"),
        WorkStatus.REVIEW: _("in review"),
        WorkStatus.DELIVERED: _("delivered"),
        WorkStatus.ACCEPTED: _("accepted"),
        WorkStatus.CANCELLED: _("cancelled"),
    }[item.status]


def service_title(service_key: str) -> str:
    """`Accounts payable`; the key itself where the service is gone."""
    try:
        return _(service(service_key).title)
    except NotFound:
        return service_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A station of the progress line; `stands`: done, here or ahead."""

    title: str
    stands: str
    at: datetime | None = None


def road(item: Any) -> list[Stop]:
    """Where the request is on its way. Work that one pair of eyes does has no check."""
    if item.status is WorkStatus.CANCELLED:
        return [
            Stop(title=_("Ordered"), stands="done", at=item.received_at),
            Stop(title=_("Cancelled"), stands="done", at=item.finished_at),
        ]
    stops = {
        WorkStatus.NEW: (_("Ordered"), item.received_at),
        WorkStatus.IN_PROGRESS: (_("In progress"), None),
        WorkStatus.REVIEW: (_("Second check"), None),
        WorkStatus.DELIVERED: (_("Delivered"), item.delivered_at),
        WorkStatus.ACCEPTED: (_("Accepted"), item.finished_at),
    }
    if not item.four_eyes:
        del stops[WorkStatus.REVIEW]
    status = item.status if item.status in stops else WorkStatus.IN_PROGRESS
    here = list(stops).index(status)
    finished = item.status in FINISHED
    return [
        Stop(title=title, stands=_stands(place, here, finished=finished), at=at)
        for place, (title, at) in enumerate(stops.values())
    ]


def _stands(place: int, here: int, *, finished: bool) -> str:
    if place < here or finished:
        return "done"
    return "here" if place == here else "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A line of the history, as components/lists.html draws it."""

    at: datetime
    who: str
    what: str
    quote: str = ""
    icon: str = ""


def deeds(entries: Sequence[Any]) -> list[Deed]:
    """What a client is told of an item's trail, the oldest first."""
    return [told for entry in reversed(entries) if (told := _deed(entry))]


def _deed(entry: Any) -> Deed | None:
    detail = entry.detail or {}
    said = _said().get(entry.verb)
    if entry.verb == "work.answered":
        side = entry.actor_side
        said = _("answered") if side is not Side.PROVIDER else _("wrote to you")
    if entry.verb == "work.accepted" and detail.get("by_itself"):
        said = _("counts this as accepted, because nobody objected in time")
    if said is None:
        return None
    told = entry.verb in _WITH_REASON and entry.actor_side is not Side.PROVIDER
    return Deed(
        at=entry.at,
        who=entry.actor_name,
        what=said,
        quote=str(detail.get("reason") or "") if told else "",
    )


_WITH_REASON = frozenset({"work.complained", "work.cancelled"})


def _said() -> dict[str, str]:
    """The deeds that are the client's business; everything else stays inside the house."""
    return {
        "work.opened": _("ordered this"),
        "work.checked": _("has read the files"),
        "work.check_again": _("has had the files read again"),
        "work.taken": _("works on it"),
        "work.handed_to_review": _("has handed it to a second person"),
        "work.delivered": _("delivered the result"),
        "work.accepted": _("accepted the result"),
        "work.approval_given": _("approved the result"),
        "work.complained": _("complained"),
        "work.cancelled": _("cancelled the request"),
        "work.waits_for_client": _("asked you a question"),
        "work.waits_for_third_party": _("is waiting for a third party"),
        "work.resumed": _("went on"),
        "work.documents_requested": _("asked you for documents"),
        "work.documents_handed_in": _("handed in documents"),
        "work.documents_reminded": _("reminded you of documents"),
        "work.document_accepted": _("accepted a document"),
        "work.document_sent_back": _("sent a document back"),
    }
