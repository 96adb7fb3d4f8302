"""What somebody at the desk was told about promises: behind the bell."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.audit.access import Shown
from app.desk.job_words import alert_text
from app.desk.looking import listed
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.jobs.alerts import open_alerts
from app.sla import notices
from app.web.access import current_actor, requires
from tenants import registry

blueprint = Blueprint("desk_notices", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.get("/notices")
@requires(Permission.WORK_READ)
def notice_list() -> ResponseReturnValue:
    """What this person was told about promises and has not put away."""
    me, allowed = current_actor().id, serving()
    refs = {r.id: r for r in registry.all_refs() if allowed is None or r.id in allowed}
    found = [one for one in (notices.unread(me) if me else ()) if one.tenant_id in refs]
    listed(found, Shown.NOTICES)
    return render_template(
        "desk/sla/notices.html",
        notices=found,
        refs=refs,
        alerts=open_alerts() if current_actor().may(Permission.JOB_READ) else (),
        alert_text=alert_text,
    )


@blueprint.post("/notices/read")
@requires(Permission.WORK_READ)
def notices_read() -> ResponseReturnValue:
    """Put one away, or without its id all of them."""
    me = current_actor().id
    if me:
        notices.mark_read(account_id=me, notice_id=_key(request.form.get("notice", "")))
    return redirect(url_for(".notice_list"), HTTPStatus.SEE_OTHER)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
