"""What comes back by itself: the client sees its deadlines ahead and how each period stands."""

from datetime import timedelta

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.identity.permissions import Permission
from app.kernel.clock import now
from app.portal.frame import page, portal_blueprint
from app.web.access import requires
from app.work import recurring_queries

blueprint = portal_blueprint("portal_recurring", __name__, "/calendar")

BACK, AHEAD = timedelta(days=90), timedelta(days=180)


@blueprint.get("")
@requires(Permission.WORK_READ)
def calendar() -> ResponseReturnValue:
    """The next half-year, and the last quarter."""
    today = now().date()
    found = recurring_queries.calendar(
        clients=[g.client.id], since=today - BACK, until=today + AHEAD, locale=str(get_locale())
    )
    return page(
        "portal/recurring/calendar.html",
        here="portal_requests.requests",
        coming=[one for one in found if one.due_on >= today],
        past=[one for one in reversed(found) if one.due_on < today],
    )
