"""Calendars as templates: kept from one client, copied to another, never shared."""

import re
from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import sla_shared
from app.desk.sla_calendars import found, key_of, save_version, saved
from app.identity.permissions import Permission
from app.sla import agreed, agreeing
from app.sla.terms import DEFAULT_CALENDAR
from app.web.access import current_actor, in_provider_books, requires

blueprint = Blueprint("desk_sla_templates", __name__, url_prefix="/desk/c/<client>/calendars")
blueprint.url_defaults(sla_shared.same_client)


@blueprint.post("/<calendar_key>/template")
@in_provider_books
@requires(Permission.SLA_AGREE)
def keep_as_template(calendar_key: str) -> ResponseReturnValue:
    """Let other clients have a copy of it."""
    one = found(calendar_key)
    name = request.form.get("name", "").strip()[:80] or one.name or _("Working hours")
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "template"
    agreeing.set_calendar(
        actor=current_actor(),
        tenant_id=None,
        definition=one.newest.definition,
        key=key,
        name=name,
    )
    flash(_("Kept as the template %(name)s.", name=name), "success")
    return redirect(
        url_for("desk_sla_calendars.calendar", calendar_key=one.key), HTTPStatus.SEE_OTHER
    )


@blueprint.post("/copy")
@in_provider_books
@requires(Permission.SLA_AGREE)
def copy() -> ResponseReturnValue:
    """Give the client a copy of a template: as its default, or beside what it has."""
    template = agreed.calendar(None, request.form.get("key", ""))
    own = {one.key for one in agreed.calendars(g.client.id)}
    key = DEFAULT_CALENDAR if DEFAULT_CALENDAR not in own else key_of(template.name)
    note = _("Copied from the template %(name)s.", name=template.name)
    save_version(key, template.newest.definition, name=template.name, note=note)
    return saved(key)
