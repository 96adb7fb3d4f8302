"""When work would be due under a client's agreement: for its page and its editor."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import get_timezone
from flask_babel import gettext as _

from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.sla import agreed, previewing
from app.sla.rules.agreement import Agreement


def preview_of(promised: Agreement, calendar_key: str, asked: str) -> dict[str, Any]:
    """Each promise for something that begins now, and at the time asked for."""
    at = now()
    calendar = agreed.client_calendar(
        g.client.id, calendar_key, zone=g.client.zone, at=at
    ).newest.definition
    chosen, error = None, ""
    if asked:
        try:
            chosen = moment_of(asked)
        except Invalid:
            error = _("This is not a date and time.")
    return {
        "now": previewing.preview(promised, calendar=calendar, at=at),
        "then": previewing.preview(promised, calendar=calendar, at=chosen) if chosen else (),
        "at": at,
        "chosen": chosen,
        "asked": asked,
        "error": error,
        "zone": calendar["zone"],
    }


def moment_of(text: str, *, field: str = "at") -> datetime:
    """What somebody typed on the clock of the reader's zone, made aware. Raises Invalid."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={field: [_("This is not a date and time.")]}) from None
    if not 2000 <= local.year <= 2100:
        raise Invalid(fields={field: [_("The year lies between 2000 and 2100.")]})
    zone = ZoneInfo(str(get_timezone()))
    return local.replace(tzinfo=zone) if local.tzinfo is None else local


def local(moment: datetime) -> str:
    """As an input of the browser takes it, on the clock of the reader's zone."""
    return moment.astimezone(ZoneInfo(str(get_timezone()))).strftime("%Y-%m-%dT%H:%M")
