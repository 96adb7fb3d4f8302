"""The client's own people: who belongs to the team, who may come, who may do what."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import queries, team
from app.identity.permissions import ClientRole, Permission, Sight
from app.kernel.errors import Invalid
from app.messages import bounces, letters
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, in_provider_books, requires
from app.web.forms import field_errors
from app.web.rate_limits import by_person, limiter
from app.web.roles import client_role, client_role_choices, sight_choices

blueprint = portal_blueprint("portal_team", __name__, "/team")


@blueprint.get("", endpoint="team")
@in_provider_books
@requires(Permission.PEOPLE_READ)
def team_page() -> ResponseReturnValue:
    """Everybody of this client."""
    return _page()


def _page(*, errors: dict[str, list[str]] | None = None) -> str:
    members = queries.members(g.client.id)
    sent = request.form if errors else {}
    return page(
        "portal/team/list.html",
        here="portal_team.team",
        members=members,
        bounced=bounces.bounced([member.email for member in members]),
        role_name=client_role,
        roles=client_role_choices(),
        sights=sight_choices(),
        departments=sorted({one.department for one in members} - {""}),
        sent={
            "email": sent.get("email", ""),
            "role": sent.get("role") or ClientRole.REQUESTER.value,
            "sight": sent.get("sight") or Sight.ALL.value,
            "department": sent.get("department", ""),
        },
        errors=errors or {},
    )


@blueprint.post("/invite")
@in_provider_books
@requires(Permission.PEOPLE_MANAGE)
@limiter.limit("60 per hour", key_func=by_person)
def invite() -> ResponseReturnValue:
    """Send an invitation by mail."""
    email = request.form.get("email", "")
    try:
        letters.invite_member(
            actor=current_actor(),
            client=g.client,
            email=email,
            role=_role(request.form.get("role", "")),
            **_seen(),
        )
    except Invalid as faulty:
        return _page(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(_("The invitation is on its way to %(email)s.", email=email.strip()))


@blueprint.post("/<uuid:membership_id>/role")
@in_provider_books
@requires(Permission.PEOPLE_MANAGE)
def change_role(membership_id: UUID) -> ResponseReturnValue:
    """Give somebody another role."""
    letters.change_role(
        actor=current_actor(),
        client=g.client,
        membership_id=membership_id,
        role=_role(request.form.get("role", "")),
    )
    return _back(_("The role is changed."))


@blueprint.post("/<uuid:membership_id>/sight")
@in_provider_books
@requires(Permission.PEOPLE_MANAGE)
def change_sight(membership_id: UUID) -> ResponseReturnValue:
    """How much of the company's work somebody sees."""
    try:
        letters.change_sight(
            actor=current_actor(), client=g.client, membership_id=membership_id, **_seen()
        )
    except Invalid as faulty:
        (said, *_more) = next(iter(field_errors(faulty).values()))
        flash(said, "error")
        return redirect(url_for("portal_team.team"), HTTPStatus.SEE_OTHER)
    return _back(_("What this person sees is changed."))


@blueprint.post("/<uuid:membership_id>/remove")
@in_provider_books
@requires(Permission.PEOPLE_MANAGE)
def remove(membership_id: UUID) -> ResponseReturnValue:
    """Take somebody out of the team."""
    gone = team.remove(actor=current_actor(), client=g.client, membership_id=membership_id)
    return _back(_("%(email)s no longer belongs to the team.", email=gone.email))


def _seen() -> dict[str, Any]:
    """The sight and the department of the form; a form without them asks for everything."""
    try:
        sight = Sight(request.form.get("sight", Sight.ALL))
    except ValueError:
        raise Invalid(fields={"sight": [_("Please choose one.")]}) from None
    return {"sight": sight, "department": request.form.get("department", "")}


def _role(sent: str) -> ClientRole:
    try:
        return ClientRole(sent)
    except ValueError:
        raise Invalid(fields={"role": [_("Please choose a role.")]}) from None


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("portal_team.team"), HTTPStatus.SEE_OTHER)
