"""What the desk finds out in the provider's books before it enters a client."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from app.clients import queries as clients_queries
from app.desk import teams, wrong_client
from app.desk.filters import wanted
from app.desk.rooms import house
from app.desk.serving import at_the_desk, serving
from app.identity import queries as people
from app.identity.permissions import Permission
from app.jobs import alerts
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.messages import texts
from app.sla import notices
from app.staffing import queries as staffing
from app.web.access import current_actor
from app.web.books import in_books
from app.web.medical import hidden_services
from app.web.navigation import NavLink
from app.work import desk_queries, view_queries
from app.work.desk_queries import Filter, View
from tenants import registry

ICONS = {
    View.MINE: "inbox",
    View.UNASSIGNED: "user-question",
    View.CRITICAL: "alert-triangle",
    View.REVIEW: "checks",
    View.WAITING: "hourglass",
    View.OPEN: "list-details",
    View.DONE: "circle-check",
}

MOST_CLIENTS = 15
"""On the left side, so that what stands below them is in sight; the palette finds every one."""
_ANSWERING = frozenset({"desk_items", "desk_handing", "desk_second"})
"""Blueprints whose views show an item with the box to answer in."""


def init_app(app: Flask) -> None:
    """Run between signing in and entering a client."""
    app.before_request(_look)
    app.context_processor(_navigation)


def _look() -> None:
    if not at_the_desk() or not current_actor().permissions:
        return
    client = g.get("client")
    if client is None:
        return
    with in_books():
        clients = serving()
        if clients is not None and client.id not in clients:
            raise NotFound("There is no such client.")
        if current_actor().may(Permission.WORK_ASSIGN):
            g.operators = {
                str(one.id): one.name
                for one in people.colleagues()
                if one.joined and one.disabled_at is None
            }
        _look_at_colleagues()
        g.texts = texts.offered() if request.blueprint in _ANSWERING else ()
        g.guidance = clients_queries.profile(client.id).guidance
        if not request.headers.get("HX-Request"):
            g.navigation = navigation()
    g.foreign = wrong_client.in_request(client)


def _look_at_colleagues() -> None:
    """Whom work may be handed on to; the one who is named gets looked at closely."""
    if current_actor().may(Permission.WORK_PERFORM):
        g.colleagues = {
            str(one.id): one.name or one.email
            for one in people.colleagues()
            if one.joined
            and one.disabled_at is None
            and Permission.WORK_PERFORM in one.permissions
            and one.id != current_actor().id
        }
        mine = current_actor().id
        if mine is not None and request.endpoint == "desk_items.tick":
            g.skills = staffing.skills_of(mine)
        if request.endpoint == "desk_handing.hand_on":
            g.handed_to = teams.member(request.form.get("to", ""))


def view_titles() -> dict[View, str]:
    """The desk's own lists, by the names people use; nobody has a basket who takes no work."""
    if "view_titles" in g:
        return dict(g.view_titles)
    titles = {
        View.MINE: _("My basket"),
        View.UNASSIGNED: _("Unassigned"),
        View.CRITICAL: _("SLA critical"),
        View.REVIEW: _("To check"),
        View.WAITING: _("Waiting for client"),
        View.OPEN: _("All open"),
        View.DONE: _("Done"),
    }
    if not current_actor().may(Permission.WORK_PERFORM):
        del titles[View.MINE]
    g.view_titles = titles
    return dict(titles)


def home_view() -> View:
    """Where somebody's day at the desk begins."""
    return View.MINE if current_actor().may(Permission.WORK_PERFORM) else View.OPEN


def _navigation() -> dict[str, object]:
    if not at_the_desk() or request.headers.get("HX-Request"):
        return {}
    if "navigation" not in g:
        if g.get("client") is not None:
            return {"navigation": {}, "palette_url": url_for("desk_work.palette")}
        g.navigation = navigation()
    return {
        "navigation": g.navigation,
        "palette_url": url_for("desk_work.palette"),
        "side_url": side_address(),
        "unread": g.get("unread"),
        "unread_url": url_for("desk_notices.notice_list"),
    }


def filter_of(arguments: Mapping[str, Any]) -> Filter:
    """The filters of an address or a saved view, within what this person may see."""
    return wanted(
        arguments,
        operator_id=current_actor().id,
        clients=serving(),
        hidden_services=hidden_services(),
        views=view_titles(),
    )


def saved_views() -> list[tuple[Any, int]]:
    """This person's saved views and the team's, each with its count."""
    view_counts()
    found: list[tuple[Any, int]] = g.saved_views
    return found


def view_counts() -> dict[View, int]:
    """How much lies in each of the desk's lists, Done left out: counted once a request."""
    if "view_counts" not in g:
        shown = [view for view in view_titles() if view is not View.DONE]
        mine, clients = current_actor().id, serving()
        hidden = hidden_services()
        saved = view_queries.views_of(mine)
        lists = [
            Filter(view=view, operator_id=mine, clients=clients, hidden_services=hidden)
            for view in shown
        ] + [filter_of(one.arguments) for one in saved]
        bell = _bell(mine, with_alerts=current_actor().may(Permission.JOB_READ))
        found = desk_queries.counts(lists, at=now(), beside=bell)
        g.unread = sum(found[len(lists) :])
        g.saved_views = list(zip(saved, found[len(shown) : len(lists)], strict=True))
        found = found[: len(shown)]
        g.view_counts = dict(zip(shown, found, strict=True))
    counts: dict[View, int] = g.view_counts
    return counts


@lru_cache(maxsize=256)
def _bell(account_id: UUID | None, *, with_alerts: bool) -> tuple[Any, ...]:
    unread = notices.unread_count(account_id)
    return (unread, alerts.open_count()) if with_alerts else (unread,)


def navigation() -> dict[str, Sequence[NavLink]]:
    """The left side: views with counts, clients, the house. Runs in the provider's books."""
    actor, clients = current_actor(), serving()
    titles = view_titles()
    counts = view_counts()
    here = request.args.get("view", "")
    on_list = request.endpoint == "desk_work.work_list" or "on_list" in request.args
    chosen = request.args.get("client", "") or request.args.get("saved", "")
    views = [
        NavLink(
            label=titles[view],
            url=url_for("desk_work.work_list", view=view),
            icon=ICONS[view],
            count=count,
            current=on_list and not chosen and here == view,
        )
        for view, count in counts.items()
    ]
    views.append(
        NavLink(
            label=titles[View.DONE],
            url=url_for("desk_work.work_list", view=View.DONE),
            icon=ICONS[View.DONE],
            current=on_list and not chosen and here == View.DONE,
        )
    )
    return {
        "views": views,
        "saved": _saved(request.args.get("saved", "")),
        "clients": _served(actor, clients, chosen),
        "house": house(actor),
    }


def side_address() -> str:
    """Where the lists on the left ask for their counts again, still knowing where one is."""
    here: dict[str, Any] = {
        key: request.args[key] for key in ("view", "client", "saved") if key in request.args
    }
    if request.endpoint == "desk_work.work_list" or "on_list" in request.args:
        here["on_list"] = "1"
    return url_for("desk_views.side", **here)


def address_of(view: Any) -> str:
    """Where a saved view leads."""
    kept: dict[str, Any] = {"view": View.OPEN, **view.arguments, "saved": view.id}
    return url_for("desk_work.work_list", **kept)


def _saved(chosen: str) -> list[NavLink]:
    return [
        NavLink(
            label=view.name,
            url=address_of(view),
            icon="star",
            count=count,
            current=str(view.id) == chosen,
        )
        for view, count in saved_views()
    ]


def _served(actor: Actor, clients: frozenset[int] | None, chosen: str) -> Sequence[NavLink]:
    """Those one serves; of many the first, the one at hand, and the way to all."""
    served = [one for one in registry.listed() if clients is None or one.id in clients]
    first = served[:MOST_CLIENTS] + [one for one in served[MOST_CLIENTS:] if one.slug == chosen]
    named = tuple((one.slug, one.name) for one in first)
    address = url_for("desk_work.work_list", view=View.OPEN)
    links = _clients(named, address=address, chosen=chosen)
    if len(first) == len(served) or not actor.may(Permission.CLIENT_READ):
        return links
    text = _("All %(count)s clients", count=len(served))
    return (*links, NavLink(label=text, url=url_for("desk_clients.client_list"), icon="search"))


@lru_cache(maxsize=256)
def _clients(
    named: tuple[tuple[str, str], ...], *, address: str, chosen: str
) -> tuple[NavLink, ...]:
    # A slug stands in an address as it is: fifty of url_for() would cost a millisecond.
    return tuple(
        NavLink(
            label=name,
            url=f"{address}&client={slug}",
            icon="building",
            current=slug == chosen,
        )
        for slug, name in named
    )
