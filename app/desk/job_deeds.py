"""What a provider's admin does to jobs: one or many, each audited; partial failure is said."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.job_words import kind_word
from app.identity.permissions import Permission
from app.jobs import handling, queries
from app.jobs.handling import Tally
from app.jobs.queries import JobRow, View
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.errors import say

blueprint = Blueprint(
    "desk_jobs_deeds", __name__, url_prefix="/desk/jobs", template_folder="templates"
)

MOST = 200
"""Jobs at once."""


@blueprint.post("/<uuid:job_id>/retry")
@requires(Permission.JOB_MANAGE)
def retry(job_id: UUID) -> ResponseReturnValue:
    """Have it run again."""
    handling.retry(actor=current_actor(), job_id=job_id)
    flash(_("The job runs again."), "success")
    return redirect(url_for("desk_jobs.jobs", view=View.WAITING))


@blueprint.post("/<uuid:job_id>/discard")
@requires(Permission.JOB_MANAGE)
def discard(job_id: UUID) -> ResponseReturnValue:
    """Give it up; one that runs stops at its next checkpoint."""
    handling.discard(actor=current_actor(), job_id=job_id)
    flash(_("The job is given up."), "success")
    # There it can still be started again.
    return redirect(url_for("desk_jobs.job", job_id=job_id))


@blueprint.post("/retry")
@requires(Permission.JOB_MANAGE)
def retry_chosen() -> ResponseReturnValue:
    """Have the chosen ones run again."""
    actor = current_actor()
    tally = handling.for_each(lambda one: handling.retry(actor=actor, job_id=one), _chosen())
    _tell(tally, ngettext("%(num)s job runs again.", "%(num)s jobs run again.", tally.done))
    return _back()


@blueprint.post("/discard")
@requires(Permission.JOB_MANAGE)
def discard_chosen() -> ResponseReturnValue:
    """Give the chosen ones up."""
    actor = current_actor()
    tally = handling.for_each(lambda one: handling.discard(actor=actor, job_id=one), _chosen())
    _tell(tally, ngettext("%(num)s job is given up.", "%(num)s jobs are given up.", tally.done))
    return _back()


@blueprint.get("/arguments")
@requires(Permission.JOB_MANAGE)
def arguments() -> ResponseReturnValue:
    """The arguments of one job, or of several of a kind."""
    return _arguments_page(_chosen())


@blueprint.post("/arguments/chosen")
@requires(Permission.JOB_MANAGE)
def arguments_of_chosen() -> ResponseReturnValue:
    """The same page for many: their ids would not fit into an address."""
    return _arguments_page(_chosen())


@blueprint.post("/arguments")
@requires(Permission.JOB_MANAGE)
def change_arguments() -> ResponseReturnValue:
    """Change what was filled in; of several jobs an empty field stays as it is."""
    actor, chosen = current_actor(), _chosen()
    rows = {row.public_id: row for row in queries.some(chosen)}
    deed = _editing(actor, rows)
    if len(chosen) == 1:
        try:
            deed(chosen[0])
        except Invalid as unfit:
            page = _arguments_page(chosen, error=say(unfit.text))
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        except Conflict as late:
            return _arguments_page(chosen, error=say(late.text)), HTTPStatus.CONFLICT
        flash(_("The arguments are changed."), "success")
        return redirect(url_for("desk_jobs.job", job_id=chosen[0]))
    tally = handling.for_each(deed, chosen)
    _tell(
        tally,
        ngettext(
            "Arguments of %(num)s job changed.", "Arguments of %(num)s jobs changed.", tally.done
        ),
    )
    return _back()


def _editing(actor: Actor, rows: dict[UUID, JobRow]) -> Callable[[UUID], None]:
    wanted = {
        name.removeprefix("arg-"): text.strip()
        for name, text in request.form.items()
        if name.startswith("arg-")
    }

    def deed(job_id: UUID) -> None:
        row = rows.get(job_id)
        if row is None:
            raise NotFound("There is no such job.")
        new = {
            name: _value(text, row.args[name])
            for name, text in wanted.items()
            if name in row.args and (text or len(rows) == 1)
        }
        handling.edit(actor=actor, job_id=job_id, args=new)
        if request.form.get("again") and row.may_retry:
            handling.retry(actor=actor, job_id=job_id)

    return deed


def _arguments_page(chosen: Sequence[UUID], *, error: str = "") -> str:
    rows = queries.some(chosen)
    if not rows:
        raise NotFound("There is no such job.")
    names = list(dict.fromkeys(name for row in rows for name in row.args))
    return render_template(
        "desk/jobs/arguments.html",
        rows=rows,
        fields=[
            (name, request.form.get(f"arg-{name}", _common([row.args.get(name) for row in rows])))
            for name in names
        ],
        kind_word=kind_word,
        again=any(row.may_retry for row in rows),
        error=error,
    )


def _common(values: list[Any]) -> str | None:
    """As it is written in the field; None where the jobs differ."""
    if any(value != values[0] for value in values):
        return None
    return values[0] if isinstance(values[0], str) else json.dumps(values[0], ensure_ascii=False)


def _value(text: str, before: Any) -> Any:
    """What somebody wrote, of the type it had before: a text stays one, the rest is JSON."""
    if isinstance(before, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _chosen() -> list[UUID]:
    try:
        found = [UUID(text) for text in request.values.getlist("chosen")[:MOST]]
    except ValueError:
        raise Invalid("This is not a job of the list.") from None
    if not found:
        raise Invalid("Please choose at least one job.")
    return list(dict.fromkeys(found))


def _tell(tally: Tally, done: str) -> None:
    if tally.done:
        flash(done, "success")
    for reason, number in tally.refused.items():
        refused = ngettext("%(num)s job was left:", "%(num)s jobs were left:", number)
        flash(f"{refused} {say(reason)}", "warning")


def _back() -> ResponseReturnValue:
    view = request.form.get("view", "")
    kept: dict[str, Any] = {name: request.form.get(name) or None for name in ("client", "kind")}
    return redirect(
        url_for("desk_jobs.jobs", view=view if view in set(View) else None, **kept),
        HTTPStatus.SEE_OTHER,
    )
