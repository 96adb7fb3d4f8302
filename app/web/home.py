"""Where to go after signing in: the desk, the portal of the only client, or a choice."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app.web.access import signed_in
from app.web.session import this_person

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def start() -> ResponseReturnValue:
    """Lead on where there is one place to go, else let the person choose."""
    person = this_person()
    portals = [(place.client_name, f"/p/{place.slug}/") for place in person.memberships]
    if person.is_staff and not portals:
        return redirect("/desk/", HTTPStatus.SEE_OTHER)
    if len(portals) == 1 and not person.is_staff:
        return redirect(portals[0][1], HTTPStatus.SEE_OTHER)
    return render_template("sign_in/places.html", desk=person.is_staff, portals=portals)
