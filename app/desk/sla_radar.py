"""The SLA radar: late, at risk, paused too long, unmeasured, over all clients; worked by keys."""

from itertools import chain
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit.access import Shown
from app.catalogue.service import services
from app.desk.looking import listed
from app.desk.rows import rows_html
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.web.access import requires
from app.web.htmx import polled
from app.web.medical import hidden_services
from app.work import radar as radars
from app.work.radar import Group, Radar
from tenants import registry

blueprint = Blueprint("desk_radar", __name__, url_prefix="/desk", template_folder="templates")

HOURS = (2, 4, 8, 24)
PAUSED_DAYS = (1, 3, 5, 10)
FEW = 10
PAGE = 50
NOBODY = "nobody"
_FILTERS = ("hours", "paused", "client", "service", "team", "who")


@blueprint.get("/radar")
@requires(Permission.WORK_READ)
def radar() -> ResponseReturnValue:
    """All groups with their gravest rows, or one group page by page."""
    at, wanted, allowed = now(), _wanted(), serving()
    chosen = _group()
    refs = {r.id: r for r in registry.all_refs() if allowed is None or r.id in allowed}
    number = max(request.args.get("page", 1, type=int), 1) if chosen else 1
    limit = PAGE if chosen else FEW
    groups = {
        group: radars.page(wanted, group, at=at, limit=limit, skip=(number - 1) * limit)
        for group in ([chosen] if chosen else Group)
    }
    seen = {group: [one for one in rows if one.tenant_id in refs] for group, rows in groups.items()}
    listed(chain(*seen.values()), Shown.LIST)
    shown = {
        "groups": seen,
        "counts": radars.counts(wanted, at=at),
        "most_counted": radars.MOST_COUNTED,
        "chosen": chosen,
        "titles": titles(wanted),
        "refs": refs,
        "wanted": wanted,
        "number": number,
        "size": limit,
        "address": _address,
        "at": at,
        "rows_html": rows_html,
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/sla/_radar.html", **shown))
    return render_template(
        "desk/sla/radar.html",
        choosable=refs.values(),
        services=services(),
        assignees={str(who): name for who, name in radars.assignees(clients=allowed).items()},
        hours=HOURS,
        paused_days=PAUSED_DAYS,
        teams=radars.teams(),
        **shown,
    )


def titles(wanted: Radar) -> dict[Group, str]:
    """How the groups are called."""
    return {
        Group.LATE: _("Late"),
        Group.AT_RISK: _("Due within %(hours)s h", hours=wanted.hours),
        Group.PAUSED: _("Paused for more than %(days)s d", days=wanted.paused_days),
        Group.UNMEASURED: _("Unmeasured"),
    }


def _wanted() -> Radar:
    arguments, who = request.args, request.args.get("who", "")
    hours = arguments.get("hours", 4, type=int)
    paused = arguments.get("paused", 5, type=int)
    return Radar(
        hours=hours if hours in HOURS else 4,
        paused_days=paused if paused in PAUSED_DAYS else 5,
        clients=serving(),
        tenant_id=_tenant(arguments.get("client", "")),
        service_key=arguments.get("service", ""),
        hidden_services=hidden_services(),
        assignee_id=_person(who),
        only_unassigned=who == NOBODY,
        team=arguments.get("team", "")[:100],
    )


def _tenant(slug: str) -> int | None:
    if not slug:
        return None
    try:
        return registry.by_slug(slug).id
    except registry.UnknownTenant:
        return -1


def _person(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _group() -> Group | None:
    name = request.args.get("group", "")
    return Group(name) if name in set(Group) else None


def _address(**other: Any) -> str:
    """This radar with something chosen otherwise."""
    kept = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    return url_for(".radar", **{**kept, **other})
