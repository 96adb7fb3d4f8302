"""The desk's page "Jobs": what is dead, runs, waits, is delayed or held; one job in full."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.desk.job_words import in_words, kind_word, state_word, titles
from app.identity.permissions import Permission
from app.jobs import pauses, queries, registry
from app.jobs.queries import Narrowed, View
from app.kernel.clock import now
from app.web.access import current_actor, requires
from app.web.htmx import polled
from tenants import registry as clients

blueprint = Blueprint("desk_jobs", __name__, url_prefix="/desk/jobs", template_folder="templates")

PAGE = 50


@blueprint.get("/")
@requires(Permission.JOB_READ)
def jobs() -> ResponseReturnValue:
    """One view with its jobs; the fragment of it for the poll."""
    narrowed = _narrowed()
    counts = queries.counts(narrowed)
    view = _view(counts)
    before = request.args.get("before", type=int)
    rows = queries.jobs(view=view, narrowed=narrowed, before=before, limit=PAGE + 1)
    asked: dict[str, Any] = {"client": request.args.get("client") or None, "kind": narrowed.kind}
    shown = {
        "rows": rows[:PAGE],
        "view": view,
        "counts": counts,
        "titles": titles(),
        "asked": asked,
        "following": url_for(".jobs", view=view, before=rows[PAGE - 1].id, **asked)
        if len(rows) > PAGE
        else None,
        "first": before is None,
        "pulse": queries.pulse(),
        "state_word": state_word,
        "in_words": in_words,
        "kind_word": kind_word,
        "may_manage": current_actor().may(Permission.JOB_MANAGE),
        "at": now(),
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/jobs/_list.html", **shown))
    return render_template(
        "desk/jobs/list.html",
        clients=clients.listed(),
        kinds=sorted(registry.TASKS),
        paused=len(pauses.pauses()),
        **shown,
    )


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
        parts=queries.parts_of(found.id),
        state_word=state_word,
        in_words=in_words,
        kind_word=kind_word,
        may_manage=current_actor().may(Permission.JOB_MANAGE),
    )


def _narrowed() -> Narrowed:
    slug = request.args.get("client", "")
    found = {client.slug: client.id for client in clients.listed()} | {"-": 0}
    return Narrowed(tenant_id=found.get(slug), kind=request.args.get("kind") or None)


def _view(counts: dict[View, int]) -> View:
    wanted = request.args.get("view", "")
    if wanted in set(View):
        return View(wanted)
    return next((view for view in View if counts[view]), View.DEAD)
