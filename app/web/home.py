"""Where to go after signing in: the desk, the portal of the only client, or a choice."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.web.access import signed_in
from app.web.session import this_person

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def start() -> ResponseReturnValue:
    """Lead on where there is one place to go, else let the person choose."""
    person = this_person()
    places = [
        (place.client_name, url_for("portal_home.home", client=place.slug), "building")
        for place in person.memberships
    ]
    if person.is_staff:
        places.insert(0, (_("The desk"), url_for("desk_work.work_list"), "list-details"))
    if len(places) == 1:
        return redirect(places[0][1], HTTPStatus.SEE_OTHER)
    return render_template("sign_in/places.html", places=places)
