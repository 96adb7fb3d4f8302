"""The desk's page "Jobs": what is dead, waits or runs; try again or give up."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.jobs import actions, queries
from app.jobs.queries import JobRow, View
from app.jobs.rules import JobState
from app.kernel.clock import now
from app.web.access import current_actor, requires
from app.web.htmx import polled

blueprint = Blueprint("desk_jobs", __name__, url_prefix="/desk/jobs", template_folder="templates")

PAGE = 50


@blueprint.get("/")
@requires(Permission.JOB_READ)
def jobs() -> ResponseReturnValue:
    """One view with its jobs; the fragment of it for the poll."""
    counts = queries.counts()
    view = _view(counts)
    before = request.args.get("before", type=int)
    rows = queries.jobs(view=view, before=before, limit=PAGE + 1)
    shown = {
        "rows": rows[:PAGE],
        "view": view,
        "following": url_for(".jobs", view=view, before=rows[PAGE - 1].id)
        if len(rows) > PAGE
        else None,
        "first": before is None,
        "pulse": queries.pulse(),
        "state_word": state_word,
        "in_words": in_words,
        "at": now(),
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/jobs/_list.html", **shown))
    return render_template("desk/jobs/list.html", counts=counts, titles=titles(), **shown)


@blueprint.get("/<uuid:job_id>")
@requires(Permission.JOB_READ)
def job(job_id: UUID) -> ResponseReturnValue:
    """One job: beside the list, or as a page of its own."""
    found = queries.job(job_id)
    fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "desk/jobs/_panel.html" if fragment else "desk/jobs/job.html",
        job=found,
        attempts=queries.attempts(found.id),
        state_word=state_word,
        in_words=in_words,
        may_manage=current_actor().may(Permission.JOB_MANAGE),
    )


@blueprint.post("/<uuid:job_id>/retry")
@requires(Permission.JOB_MANAGE)
def retry(job_id: UUID) -> ResponseReturnValue:
    """Have it run again."""
    actions.retry(actor=current_actor(), job_id=job_id)
    flash(_("The job runs again."), "success")
    return redirect(url_for(".jobs", view=View.WAITING))


@blueprint.post("/<uuid:job_id>/discard")
@requires(Permission.JOB_MANAGE)
def discard(job_id: UUID) -> ResponseReturnValue:
    """Give it up."""
    actions.discard(actor=current_actor(), job_id=job_id)
    flash(_("The job is given up."), "success")
    return redirect(url_for(".jobs", view=View.DEAD))


def titles() -> dict[View, str]:
    """The views by the names people use."""
    return {
        View.DEAD: _("Failed for good"),
        View.WAITING: _("Waiting jobs"),
        View.RUNNING: _("Running jobs"),
    }


def state_word(row: JobRow) -> str:
    """A job's state as a reader says it."""
    if row.delayed:
        return _("tried again later") if row.attempts else _("delayed")
    return {
        JobState.PENDING: _("waits its turn"),
        JobState.ENQUEUED: _("about to start"),
        JobState.RUNNING: _("running"),
        JobState.DONE: _("done"),
        JobState.DEAD: _("failed for good"),
        JobState.CANCELLED: _("given up"),
        JobState.HELD: _("held"),
    }[row.state]


def in_words(row: JobRow) -> str:
    """Why it failed, for somebody who does not read programs."""
    error = row.last_error or ""
    known = {
        "OutOfTime": _("It took longer than it may."),
        "MailUndelivered": _("The mail server does not take mail at the moment."),
        "AddressRefused": _("The mail server refuses this address."),
        "OperationalError": _("The database could not be reached."),
        "FileNotFoundError": _("A file is missing in the storage."),
        "UnknownKind": _("This release does not know such a job."),
        "UnknownTenant": _("The client is closed."),
        "The worker died": _("Its process ended in the middle of the work, several times."),
    }
    for beginning, sentence in known.items():
        if error.startswith(beginning):
            return sentence
    return _("Something unexpected went wrong.") if error else ""


def _view(counts: dict[View, int]) -> View:
    wanted = request.args.get("view", "")
    if wanted in set(View):
        return View(wanted)
    return next((view for view in View if counts[view]), View.DEAD)
