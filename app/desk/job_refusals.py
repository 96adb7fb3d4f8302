"""The desk's page of refused tickets: what stood in Redis that the relay did not write."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.jobs import refusals
from app.web.access import current_actor, requires

blueprint = Blueprint(
    "desk_jobs_refused", __name__, url_prefix="/desk/jobs/refused", template_folder="templates"
)

MOST = 100


@blueprint.get("")
@requires(Permission.JOB_READ)
def refused() -> ResponseReturnValue:
    """The newest first; what was found there is for admins."""
    return render_template(
        "desk/jobs/refused.html",
        refusals=refusals.latest(limit=MOST),
        may_manage=current_actor().may(Permission.JOB_MANAGE),
    )
