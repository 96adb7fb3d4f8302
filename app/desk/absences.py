"""Who is away, and who hears of things meanwhile."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import queries as people
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.staffing import actions, queries
from app.web.access import current_actor, requires
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_absences", __name__, url_prefix="/desk/absences", template_folder="templates"
)


@blueprint.get("", endpoint="absences")
@requires(Permission.WORK_PERFORM)
def absence_list() -> ResponseReturnValue:
    """Everybody's absences that are not over, and a form for one more."""
    return _page()


@blueprint.post("")
@requires(Permission.WORK_PERFORM)
def add() -> ResponseReturnValue:
    """Note an absence; what cannot be taken comes back with the reason."""
    sent = request.form
    try:
        actions.set_absence(
            actor=current_actor(),
            account_id=_person("account_id"),
            starts_on=_day("starts_on"),
            ends_on=_day("ends_on"),
            substitute_id=_person("substitute_id") if sent.get("substitute_id") else None,
        )
    except Invalid as faulty:
        return _page(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The absence is noted."), "success")
    return redirect(url_for(".absences"), HTTPStatus.SEE_OTHER)


@blueprint.post("/remove")
@requires(Permission.WORK_PERFORM)
def remove() -> ResponseReturnValue:
    """Somebody is there after all."""
    actions.remove_absence(
        actor=current_actor(),
        account_id=_person("account_id"),
        starts_on=_day("starts_on"),
    )
    flash(_("The absence is removed."), "success")
    return redirect(url_for(".absences"), HTTPStatus.SEE_OTHER)


def _page(*, errors: dict[str, list[str]] | None = None) -> str:
    me, today = current_actor(), now().date()
    team = {one.id: one for one in people.colleagues() if one.disabled_at is None}
    names = {account_id: one.name or one.email for account_id, one in team.items()}
    return render_template(
        "desk/people/absences.html",
        absences=[one for one in queries.absences(on=today) if one.account_id in team],
        names=names,
        people=[(str(account_id), name) for account_id, name in names.items()],
        for_all=actions.may_note_for_others(me),
        today=today,
        sent=request.form,
        errors=errors or {},
    )


def _person(field: str) -> UUID:
    try:
        account_id = UUID(request.form.get(field, ""))
    except ValueError:
        raise Invalid(fields={field: [_("Please choose a person.")]}) from None
    return people.colleague(account_id).id


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise Invalid(fields={field: [_("Please give a day.")]}) from None
