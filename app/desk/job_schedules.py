"""The desk's page of schedules: what comes again and again, when next, paused or not."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.desk.job_words import catch_up_words, kind_word
from app.identity.permissions import Permission
from app.jobs import schedules as timetable
from app.kernel.errors import Invalid, KontorError
from app.web.access import current_actor, requires
from app.web.errors import say

blueprint = Blueprint(
    "desk_jobs_schedules", __name__, url_prefix="/desk/jobs/schedules", template_folder="templates"
)


@blueprint.get("")
@requires(Permission.JOB_READ)
def schedules() -> ResponseReturnValue:
    """All of them, the next to fire first."""
    return render_template(
        "desk/jobs/schedules.html",
        schedules=timetable.schedules(),
        kind_word=kind_word,
        catch_up_words=catch_up_words(),
        may_manage=current_actor().may(Permission.JOB_MANAGE),
    )


@blueprint.post("/pause")
@requires(Permission.JOB_MANAGE)
def pause() -> ResponseReturnValue:
    """The chosen ones fire no more until somebody resumes them."""
    done = _for_each(timetable.pause)
    if done:
        flash(ngettext("%(num)s schedule paused.", "%(num)s schedules paused.", done), "success")
    return redirect(url_for(".schedules"), HTTPStatus.SEE_OTHER)


@blueprint.post("/resume")
@requires(Permission.JOB_MANAGE)
def resume() -> ResponseReturnValue:
    """The chosen ones go on with their next slot."""
    done = _for_each(timetable.resume)
    if done:
        flash(ngettext("%(num)s schedule resumed.", "%(num)s schedules resumed.", done), "success")
    return redirect(url_for(".schedules"), HTTPStatus.SEE_OTHER)


def _for_each(deed: timetable.Deed) -> int:
    actor, done = current_actor(), 0
    try:
        chosen = sorted({UUID(text) for text in request.form.getlist("chosen")})
    except ValueError:
        raise Invalid("This is not a schedule of the list.") from None
    if not chosen:
        raise Invalid("Please choose at least one line.")
    for schedule_id in chosen:
        try:
            deed(actor=actor, schedule_id=schedule_id)
            done += 1
        except KontorError as refusal:
            flash(say(refusal.text), "warning")
    return done
