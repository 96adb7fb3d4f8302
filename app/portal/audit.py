"""Who did what to the client's data: for the client's own admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit import queries
from app.identity.permissions import Permission
from app.kernel.actor import Side
from app.kernel.errors import NotFound
from app.portal.frame import page, portal_blueprint
from app.portal.tables import csv_answer
from app.portal.words import Row
from app.web.access import requires
from app.work import portal_queries

blueprint = portal_blueprint("portal_audit", __name__, "/record")

PAGE = 50
EXPORT = 50_000
_SIDES = {"": None, "provider": Side.PROVIDER, "client": Side.CLIENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of the chain in words."""

    entry: Any
    side: str
    what: str
    subject: str
    row: Row | None
    """The request it is about, if it is about one."""


@blueprint.get("", endpoint="audit")
@requires(Permission.AUDIT_READ)
def audit_page() -> ResponseReturnValue:
    """The newest first."""
    side, before = request.args.get("side", ""), request.args.get("before", type=int)
    entries = queries.latest(before=before, limit=PAGE + 1, side=_side(side))
    kept: dict[str, Any] = {"side": side} if side else {}
    return page(
        "portal/audit/list.html",
        here="portal_audit.audit",
        lines=_lines(entries[:PAGE]),
        side=side,
        kept=kept,
        first_url=url_for(".audit", **kept) if before else None,
        next_url=url_for(".audit", **kept, before=entries[PAGE - 1].seq)
        if len(entries) > PAGE
        else None,
    )


@blueprint.get("/export.csv")
@requires(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """The same with the hash of every link, for the client's own files."""
    entries = queries.latest(limit=EXPORT, side=_side(request.args.get("side", "")))
    heads = (_("Link"), _("When"), _("Who"), _("Side"), _("What"), _("About"), _("Hash"))
    rows = (
        (
            line.entry.seq, line.entry.at, line.entry.actor_name, line.side, line.what,
            line.subject, line.entry.hash,
        )
        for line in _lines(entries)
    )  # fmt: skip
    return csv_answer(f"{g.client.code}-record.csv", heads, rows)


def _side(name: str) -> Side | None:
    if name not in _SIDES:
        raise NotFound("There is no such page.")
    return _SIDES[name]


def _lines(entries: Sequence[Any]) -> list[Line]:
    about = {UUID(entry.subject_id) for entry in entries if entry.subject_type == "work_item"}
    items = portal_queries.items_by_id(about)
    return [_line(entry, items) for entry in entries]


def _line(entry: Any, items: dict[UUID, Any]) -> Line:
    item = items.get(UUID(entry.subject_id)) if entry.subject_type == "work_item" else None
    row = Row(item) if item else None
    named = str((entry.detail or {}).get("name") or "")
    return Line(
        entry=entry,
        side=_side_title(entry.actor_side),
        what=_deeds().get(entry.verb, entry.verb),
        subject=row.number if row else named or f"{entry.subject_type} {entry.subject_id}",
        row=row,
    )


def _side_title(side: Side) -> str:
    return {
        Side.PROVIDER: _("provider"),
        Side.CLIENT: _("your company"),
        Side.MACHINE: _("your interface"),
        Side.SYSTEM: _("automatic"),
    }[side]


def _deeds() -> dict[str, str]:
    return {
        "work.opened": _("ordered work"),
        "work.checked": _("read the files"),
        "work.check_again": _("had the files read again"),
        "work.taken": _("took over a request"),
        "work.assigned": _("assigned a request"),
        "work.handed_on": _("handed a request to a colleague"),
        "work.released": _("put a request back"),
        "work.ticked": _("ticked a step"),
        "work.unticked": _("unticked a step"),
        "work.corrected": _("corrected values"),
        "work.handed_to_review": _("handed over to a second person"),
        "work.withdrawn": _("took back from the second person"),
        "work.approved": _("approved the work"),
        "work.rejected": _("sent the work back"),
        "work.delivered": _("delivered a result"),
        "work.accepted": _("accepted a result"),
        "work.approval_given": _("approved a result"),
        "approval.rule_added": _("added a rule for approvals"),
        "approval.rule_removed": _("removed a rule for approvals"),
        "approval.substitute_named": _("named a substitute for approvals"),
        "approval.substitute_removed": _("ended a substitution"),
        "work.complained": _("complained"),
        "credit.disputed": _("disputed a service credit"),
        "work.cancelled": _("cancelled a request"),
        "work.waits_for_client": _("asked a question"),
        "work.waits_for_third_party": _("began to wait for a third party"),
        "work.resumed": _("went on with the work"),
        "work.documents_requested": _("asked for documents"),
        "work.documents_handed_in": _("handed in documents"),
        "work.documents_reminded": _("reminded you of documents"),
        "work.documents_withdrawn": _("withdrew the request for documents"),
        "work.document_accepted": _("accepted a document"),
        "work.document_sent_back": _("sent a document back"),
        "work.document_waived": _("needs a document no more"),
        "work.answered": _("wrote a message"),
        "work.noted": _("wrote a note for colleagues"),
        "work.reopened": _("took it back to put it right"),
        "work.time_noted": _("noted time"),
        "work.time_struck": _("struck a time"),
        "work.time_planned": _("set the budget"),
        "work.priority_changed": _("changed the priority"),
        "work.undone": _("took the last step back"),
        "work.policy_changed": _("put a request under the newest policy"),
        "work.waits_for_subcontractor": _("began to wait for a subcontractor"),
        "work.subcontractor_done": _("got a request back from a subcontractor"),
        "work.handed_to_team": _("handed a request to another team"),
        "recurring.agreed": _("agreed on recurring work"),
        "recurring.paused": _("paused recurring work"),
        "recurring.resumed": _("went on with recurring work"),
        "recurring.ended": _("ended recurring work"),
        "period.closed": _("closed a period"),
        "period.reopened": _("reopened a period"),
        "sla.due_set": _("promised another time"),
        "sla.excused": _("excused a missed promise"),
        "sla.paused_afterwards": _("noted a pause afterwards"),
        "sla.recalculated_calendar": _("worked out due times by a corrected calendar"),
        "sla.recalculated_policy": _("put open work under a changed policy"),
        "sla.recalculated_alerts": _("changed the warnings"),
        "sla.recalculated_zones": _("worked out due times by new rules of time zones"),
        "sla.recalculated_cancel": _("ended the promises of an ended contract"),
        "sla.recalculated_run_off": _("let the promises of an ended contract run off"),
        "document.stored": _("stored a file"),
        "webhook.added": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.secret_rotated": _("made a new secret for a webhook"),
        "webhook.enabled": _("enabled a webhook"),
        "webhook.disabled": _("disabled a webhook"),
        "webhook.removed": _("removed a webhook"),
        "webhook.replayed": _("had messages of a webhook sent again"),
    }
