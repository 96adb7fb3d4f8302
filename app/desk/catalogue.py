"""What the provider sells: the catalogue, and which of it a client may order."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import Schema, ValidationError

from app.catalogue.service import Industry, Service, package, service, services
from app.clients import offering
from app.clients import queries as clients
from app.clients.queries import OrderableService
from app.desk.able_people import candidates
from app.desk.service_terms import ServiceTerms, shown_terms, terms_of
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.staffing import queries as staffing
from app.web.access import current_actor, in_provider_books, requires
from app.web.forms import field_errors
from app.web.schema_forms import form_fields, sent_values
from app.web.trades import by_trade, industry_title

blueprint = Blueprint("desk_catalogue", __name__, url_prefix="/desk", template_folder="templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service in a list, with what the client agreed on and how many people can do it."""

    service: Service
    offer: OrderableService | None
    able: int


@blueprint.get("/catalogue")
@requires(Permission.CLIENT_READ)
def catalogue() -> ResponseReturnValue:
    """Everything on offer, by trade; `industry` narrows it to a package."""
    chosen = request.args.get("industry", "")
    if chosen and chosen not in set(Industry):
        raise NotFound("There is no such industry.")
    on = now().date()
    in_force = clients.contracts_in_force(on=on).values()
    return render_template(
        "desk/catalogue/list.html",
        trades=_by_trade(package(Industry(chosen)) if chosen else services(), {}),
        users={one.key: sum(one.key in keys for _number, keys in in_force) for one in services()},
        industries=_industries(),
        chosen=chosen,
    )


@blueprint.get("/c/<client>/services")
@in_provider_books
@requires(Permission.CLIENT_READ)
def client_services() -> ResponseReturnValue:
    """The same list with what this client may order, and how to change it."""
    offers = {one.service.key: one for one in _offers()}
    return render_template(
        "desk/catalogue/client.html",
        client=g.client,
        trades=_by_trade(services(), offers),
        offered=len(offers),
        industries=_industries(),
        contract=clients.contracts_in_force(on=now().date()).get(g.client.id),
        may_change=current_actor().may(Permission.CLIENT_MANAGE),
    )


@blueprint.post("/c/<client>/services/package")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def add_package() -> ResponseReturnValue:
    """Offer an industry's services in one step."""
    chosen = request.form.get("industry", "")
    if chosen not in set(Industry):
        raise NotFound("There is no such industry.")
    added = offering.offer_package(
        actor=current_actor(),
        tenant_id=g.client.id,
        industry=Industry(chosen),
        on=now().date(),
    )
    if added:
        text = ngettext("%(num)s service added.", "%(num)s services added.", len(added))
        flash(text, "success")
    else:
        flash(_("The client has all of them already."), "info")
    return _back()


@blueprint.get("/c/<client>/services/<service_key>")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def terms(service_key: str) -> ResponseReturnValue:
    """Price and promise of one service for this client."""
    return _form(service_key)


@blueprint.post("/c/<client>/services/<service_key>")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def save_terms(service_key: str) -> ResponseReturnValue:
    """Offer it at this price and promise, or change them."""
    offered = service(service_key)
    sent = sent_values(ServiceTerms, request.form)
    try:
        price, promise = terms_of(ServiceTerms().load(sent), offered.price.currency)
        offering.offer(
            actor=current_actor(),
            tenant_id=g.client.id,
            service_key=service_key,
            on=now().date(),
            price_minor=price.minor,
            promise=promise,
        )
    except ValidationError as faulty:
        return _form(service_key, sent=sent, errors=dict(faulty.messages_dict))
    except Invalid as faulty:
        return _form(service_key, sent=sent, errors=field_errors(faulty))
    flash(_("%(service)s can be ordered.", service=_(offered.title)), "success")
    return _back()


@blueprint.post("/c/<client>/services/<service_key>/withdraw")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def withdraw(service_key: str) -> ResponseReturnValue:
    """No more orders of it; what is open is finished."""
    offered = service(service_key)
    offering.withdraw(
        actor=current_actor(), tenant_id=g.client.id, service_key=service_key, on=now().date()
    )
    flash(_("%(service)s can no longer be ordered.", service=_(offered.title)), "success")
    return _back()


def _back() -> ResponseReturnValue:
    address = url_for(".client_services", client=g.client.slug)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _form(
    service_key: str,
    *,
    sent: dict[str, object] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> ResponseReturnValue:
    offered = service(service_key)
    agreed = {one.service.key: one for one in _offers()}.get(service_key)
    schema: type[Schema] = ServiceTerms
    page = render_template(
        "desk/catalogue/terms.html",
        client=g.client,
        service=offered,
        agreed=agreed,
        candidates=candidates(offered, tenant_id=g.client.id),
        views=form_fields(
            schema, values=shown_terms(offered, agreed) if sent is None else sent, errors=errors
        ),
        errors=errors or {},
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _offers() -> Sequence[OrderableService]:
    return clients.orderable_services(tenant_id=g.client.id, on=now().date())


def _by_trade(
    shown: Sequence[Service], offers: dict[str, OrderableService]
) -> dict[str, list[Line]]:
    people = staffing.skilled(on=now().date()).values()
    lines = [
        Line(
            service=one,
            offer=offers.get(one.key),
            able=sum(one.skills <= skills for skills in people),
        )
        for one in shown
    ]
    return by_trade(lines, lambda line: line.service.trade)


def _industries() -> list[tuple[Industry, str, int]]:
    return [(one, industry_title(one), len(package(one))) for one in Industry]
