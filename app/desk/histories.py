"""The audit trail of an item as sentences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.reasons import reason_text


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One deed, as components/lists.html's timeline shows it."""

    at: datetime
    who: str
    what: str
    quote: str = ""
    icon: str = ""


def history_lines(entries: Sequence[Any]) -> list[HistoryLine]:
    """Oldest first, each in the reader's language; ticks in a row are one line."""
    lines = []
    for (_actor, verb, _nth), group in groupby(reversed(entries), key=_alike()):
        deeds_done = list(group)
        last, detail = deeds_done[-1], deeds_done[-1].detail or {}
        reason = detail.get("reason")
        lines.append(
            HistoryLine(
                at=last.at,
                who=last.actor_name,
                what=_deed(verb, detail) if len(deeds_done) == 1 else _several(len(deeds_done)),
                quote=reason if isinstance(reason, str) else "",
            )
        )
    return lines


def _alike() -> Callable[[Any], tuple[str, str, int]]:
    numbers = count()

    def key(entry: Any) -> tuple[str, str, int]:
        merges = entry.verb == "work.ticked"
        return entry.actor_name, entry.verb, 0 if merges else next(numbers)

    return key


def _several(ticks: int) -> str:
    return str(ngettext("ticked %(num)s step", "ticked %(num)s steps", ticks))


def deeds() -> dict[str, str]:
    """Every verb of a work item's trail, as it reads after the person's name."""
    return {
        "work.opened": _("ordered the work"),
        "work.checked": _("read the files"),
        "work.check_again": _("had the files read again"),
        "work.taken": _("took it over"),
        "work.assigned": _("assigned it"),
        "work.handed_on": _("handed it on"),
        "work.released": _("put it back"),
        "work.undone": _("took the last step back"),
        "work.ticked": _("ticked a step"),
        "work.unticked": _("unticked a step"),
        "work.corrected": _("corrected values"),
        "work.handed_to_review": _("handed it to review"),
        "work.withdrawn": _("took it back from review"),
        "work.approved": _("approved it"),
        "work.rejected": _("sent it back"),
        "work.delivered": _("delivered the result"),
        "work.accepted": _("accepted the result"),
        "work.approval_given": _("approved the result"),
        "work.complained": _("complained"),
        "work.cancelled": _("cancelled it"),
        "work.waits_for_client": _("asked the client"),
        "work.waits_for_third_party": _("waits for a third party"),
        "work.resumed": _("went on"),
        "work.documents_requested": _("asked the client for documents"),
        "work.documents_handed_in": _("handed in documents"),
        "work.documents_reminded": _("reminded the client of documents"),
        "work.documents_withdrawn": _("withdrew the request for documents"),
        "work.document_accepted": _("accepted a document"),
        "work.document_sent_back": _("sent a document back"),
        "work.document_waived": _("needs a document no more"),
        "work.answered": _("wrote a message"),
        "work.noted": _("left a note"),
        "work.reopened": _("took it back to put it right"),
        "work.time_noted": _("noted time"),
        "work.time_struck": _("struck a time"),
        "work.time_planned": _("set the budget"),
        "work.priority_changed": _("changed the priority"),
        "work.policy_changed": _("put it under the newest policy"),
        "work.waits_for_subcontractor": _("waits for a subcontractor"),
        "work.subcontractor_done": _("got it back from the subcontractor"),
        "work.handed_to_team": _("handed it to another team"),
        "sla.due_set": _("promised another time"),
        "sla.excused": _("excused the missed promise"),
        "sla.paused_afterwards": _("noted a pause afterwards"),
    }


def _deed(verb: str, detail: dict[str, Any]) -> str:
    text = deeds().get(verb, verb)
    if said := _with_name(verb, detail):
        return said
    if verb == "work.accepted" and detail.get("by_itself"):
        return _("accepted the result because nobody objected in time")
    if verb == "work.taken" and isinstance(detail.get("reason"), dict) and detail["reason"]:
        return f"{text}. {reason_text(detail['reason'])}"
    if verb == "work.corrected" and isinstance(detail.get("changed"), dict):
        return ngettext(
            "corrected %(num)s value", "corrected %(num)s values", len(detail["changed"])
        )
    return text


def _with_name(verb: str, detail: dict[str, Any]) -> str:
    if verb == "work.assigned" and detail.get("to"):
        return _("assigned it to %(who)s", who=detail["to"])
    if verb == "work.handed_on" and detail.get("to"):
        return _("handed it to %(who)s", who=detail["to"])
    if verb == "work.released" and detail.get("held_by"):
        return _("put it back for %(who)s", who=detail["held_by"])
    return ""
