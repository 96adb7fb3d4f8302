"""Why Get next gave this item: logged with the item, shown to the operator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.catalogue.service import service
from app.desk.abilities import skill_name
from app.web.formats import duration
from app.work.rules import Priority, WorkStatus


def reason_of(row: Any, *, at: datetime) -> dict[str, Any]:
    """As values, for the log."""
    due_in = int((row.due_at - at).total_seconds()) if row.due_at else None
    return {
        "due_in_seconds": due_in,
        "priority": row.priority,
        "skills": sorted(service(row.service_key).skills),
        "waiting_seconds": int((at - row.received_at).total_seconds()),
        "review": row.status is WorkStatus.REVIEW,
    }


def reason_text(reason: Mapping[str, Any]) -> str:
    """As a sentence, for the person."""
    due_in = reason["due_in_seconds"]
    parts = []
    if reason["review"]:
        parts.append(_("waits for a second person"))
    if due_in is not None and due_in >= 0:
        parts.append(_("due in %(time)s", time=duration(due_in)))
    elif due_in is not None:
        parts.append(_("overdue by %(time)s", time=duration(-due_in)))
    if reason["priority"] > Priority.NORMAL:
        parts.append(_("high priority"))
    if levels := reason.get("levels"):
        held = ", ".join(sorted(f"{skill_name(key)} {level}" for key, level in levels.items()))
        parts.append(_("fits your skills (%(skills)s)", skills=held))
    elif reason["skills"]:
        parts.append(_("fits your skills"))
    if reason.get("preferred"):
        known = ", ".join(map(skill_name, reason["preferred"]))
        parts.append(_("you know this well: %(skills)s", skills=known))
    parts.append(_("waiting for %(time)s", time=duration(reason["waiting_seconds"])))
    return _("Because: %(reasons)s", reasons=", ".join(parts))
