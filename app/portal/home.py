"""The client's first page: what waits, how it stands, where to order."""

from flask import g
from flask.typing import ResponseReturnValue

from app.billing import queries as billing
from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.money import Money
from app.portal import figures
from app.portal.drafts import begun
from app.portal.frame import page, portal_blueprint
from app.portal.words import Row
from app.web.access import current_actor, requires
from app.work import document_queries, portal_queries

blueprint = portal_blueprint("portal_home", __name__)

LATEST = 7


@blueprint.get("/")
@requires(Permission.WORK_READ)
def home() -> ResponseReturnValue:
    """Greeting, what waits, cards, latest requests, months, contact."""
    actor, at, zone = current_actor(), now(), g.client.zone
    latest = portal_queries.requests(portal_queries.Wanted(), limit=LATEST)
    return page(
        "portal/home.html",
        here="portal_home.home",
        figures=figures.figures(at=at, zone=zone),
        wanted=[(view, Row(view.item)) for view in document_queries.with_client()],
        waiting=[Row(item) for item in portal_queries.waiting()],
        latest=[Row(item) for item in latest],
        bars=figures.bars(at=at, zone=zone) if latest else [],
        cost=_cost(actor),
        drafts=begun(actor),
        contact=portal_queries.last_clerk(),
        letter=_letter(),
    )


def _cost(actor: Actor) -> figures.Cost | None:
    if not actor.may(Permission.USAGE_READ):
        return None
    since, until, month = figures.this_month(at=now(), zone=g.client.zone)
    sums = billing.cost(tenant_id=g.client.id, since=since, until=until)
    return figures.Cost(month=month, sums=sums or [Money(0, "EUR")])


def _letter() -> tuple[str, str] | None:
    """Service and kind of work for free words to the team, where the contract has one."""
    offers = clients.orderable_services(tenant_id=g.client.id, on=now().date())
    for offer in offers:
        if offer.service.trade == "general" and offer.service.work_types:
            return offer.service.key, offer.service.work_types[0].key
    return None
