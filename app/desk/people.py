"""The provider's own people: invite, roles, close."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import queries, sessions, staff
from app.identity.permissions import Permission, StaffRole
from app.kernel.errors import Invalid
from app.messages import letters
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.rate_limits import by_person, limiter
from app.web.roles import staff_role, staff_roles
from app.web.session import browser, require_proof

blueprint = Blueprint(
    "desk_people", __name__, url_prefix="/desk/people", template_folder="templates"
)


@blueprint.get("", endpoint="people")
@requires(Permission.PEOPLE_READ)
def staff_page() -> ResponseReturnValue:
    """Everybody who works here."""
    return _page()


def _page(
    *,
    email: str = "",
    chosen: frozenset[StaffRole] = frozenset({StaffRole.OPERATOR}),
    errors: dict[str, list[str]] | None = None,
) -> str:
    colleagues = queries.colleagues()
    return render_template(
        "desk/people/list.html",
        colleagues=colleagues,
        seen=sessions.last_seen([one.id for one in colleagues]),
        role_names=staff_roles,
        roles=[(role, staff_role(role)) for role in StaffRole],
        email=email,
        chosen=chosen,
        errors=errors or {},
    )


@blueprint.post("/invite")
@requires(Permission.PEOPLE_MANAGE)
@limiter.limit("60 per hour", key_func=by_person)
def invite() -> ResponseReturnValue:
    """Send an invitation by mail."""
    email, roles = request.form.get("email", ""), _roles()
    try:
        letters.invite_colleague(actor=current_actor(), email=email, roles=roles)
    except Invalid as faulty:
        answer = _page(email=email, chosen=roles, errors=field_errors(faulty))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(_("The invitation is on its way to %(email)s.", email=email.strip()))


@blueprint.get("/<uuid:account_id>")
@requires(Permission.PEOPLE_READ)
def person(account_id: UUID) -> ResponseReturnValue:
    """One colleague, with what an admin may change."""
    return _person(account_id)


def _person(account_id: UUID, *, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/people/person.html",
        colleague=queries.colleague(account_id),
        seen=sessions.last_seen([account_id]).get(account_id),
        role_names=staff_roles,
        roles=[(role, staff_role(role)) for role in StaffRole],
        errors=errors or {},
    )


@blueprint.post("/<uuid:account_id>/roles")
@requires(Permission.PEOPLE_MANAGE)
def change_roles(account_id: UUID) -> ResponseReturnValue:
    """Give a colleague other roles."""
    require_proof()
    try:
        staff.change_roles(actor=current_actor(), account_id=account_id, roles=_roles())
    except Invalid as faulty:
        answer = _person(account_id, errors=field_errors(faulty))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(_("The roles are changed."))


@blueprint.post("/<uuid:account_id>/disable")
@requires(Permission.PEOPLE_MANAGE)
def disable(account_id: UUID) -> ResponseReturnValue:
    """Close a colleague's account."""
    staff.disable(actor=current_actor(), account_id=account_id, browser=browser())
    return _back(_("The account is closed; every browser is signed out."))


@blueprint.post("/<uuid:account_id>/enable")
@requires(Permission.PEOPLE_MANAGE)
def enable(account_id: UUID) -> ResponseReturnValue:
    """Open it again."""
    staff.enable(actor=current_actor(), account_id=account_id)
    return _back(_("The account is open again."))


@blueprint.post("/<uuid:account_id>/forget-second-factor")
@requires(Permission.PEOPLE_MANAGE)
def forget_second_factor(account_id: UUID) -> ResponseReturnValue:
    """For a lost telephone without recovery codes."""
    require_proof()
    letters.forget_second_factor(actor=current_actor(), account_id=account_id, browser=browser())
    return _back(_("The second factor is switched off; the person is told by mail."))


def _roles() -> frozenset[StaffRole]:
    known = {role.value: role for role in StaffRole}
    return frozenset(known[sent] for sent in request.form.getlist("roles") if sent in known)


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("desk_people.people"), HTTPStatus.SEE_OTHER)
