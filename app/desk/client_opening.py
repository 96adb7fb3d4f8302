"""An admin opens a client at the desk: schema, contract, package of services, first person."""

from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, validate

from app.catalogue.service import Industry
from app.clients import actions as contracts
from app.clients import offering
from app.identity.permissions import ClientRole, Permission
from app.identity.rules.addresses import email_address
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.messages import letters
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.schema_forms import form_fields, sent_values
from app.web.trades import industry_title
from tenants import opening
from tenants.context import CODE, SLUG, TenantRef

blueprint = Blueprint(
    "desk_opening", __name__, url_prefix="/desk/new-client", template_folder="templates"
)


class NewClient(Schema):
    """What has to be known to begin."""

    name = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Company"}
    )
    slug = fields.String(
        required=True,
        validate=validate.Regexp(SLUG.pattern + r"\Z", error="Small letters, digits and hyphens."),
        metadata={"label": "Short name", "hint": "Part of the portal's address, for example acme."},
    )
    code = fields.String(
        required=True,
        validate=validate.Regexp(CODE.pattern + r"\Z", error="2 to 8 capital letters."),
        metadata={"label": "Code", "hint": "Stands before every number (ACME-1042), for ever."},
    )
    trade = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"label": "Trade"}
    )
    locale = fields.String(
        load_default="de",
        validate=validate.OneOf(["de", "en"], labels=["German language", "English language"]),
        metadata={"label": "Language"},
    )
    zone = fields.String(
        load_default="Europe/Berlin",
        validate=validate.OneOf(available_timezones(), error="There is no such time zone."),
        metadata={"label": "Time zone", "widget": "text"},
    )
    auto_accept_days = fields.Integer(
        load_default=5,
        validate=validate.Range(min=1, max=60),
        metadata={
            "label": "Working days after which delivered work counts as accepted",
        },
    )
    email = fields.Email(
        required=True,
        metadata={
            "label": "E-mail of the first person",
            "hint": "Is invited as the client's admin.",
        },
    )


@blueprint.get("")
@requires(Permission.CLIENT_MANAGE)
def form() -> ResponseReturnValue:
    """An empty form with the usual answers."""
    usual = {"locale": "de", "zone": "Europe/Berlin", "auto_accept_days": 5}
    return _page(usual, industry="")


@blueprint.post("")
@requires(Permission.CLIENT_MANAGE)
def create() -> ResponseReturnValue:
    """Open it; what is wrong comes back with its reason."""
    sent, industry = sent_values(NewClient, request.form), request.form.get("industry", "")
    try:
        wanted = NewClient().load(sent)
        wanted["email"] = email_address(wanted["email"])
        client = _opened(wanted)
        _agree(client, wanted, industry)
    except ValidationError as faulty:
        return _page(sent, industry=industry, errors=dict(faulty.messages_dict))
    except Invalid as faulty:
        return _page(sent, industry=industry, errors=field_errors(faulty))
    flash(
        _("%(client)s is open, and %(email)s is invited.", client=client.name,
          email=wanted["email"]),
        "success",
    )  # fmt: skip
    address = url_for("desk_catalogue.client_services", client=client.slug)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _opened(wanted: dict[str, Any]) -> TenantRef:
    # In a transaction of its own, by the owner of the schemas: whole, or nothing of it.
    settings = current_app.config["SETTINGS"]
    try:
        return opening.open_client(
            settings.database_direct_url,
            at=now(),
            tenant_logins=settings.tenant_logins,
            **{name: wanted[name] for name in ("slug", "name", "code", "locale", "zone", "trade")},
        )
    except opening.NameTaken:
        taken = _("Another client has this short name or this code.")
        raise Invalid(fields={"slug": [taken]}) from None
    except opening.BadName:
        raise Invalid(fields={"name": [_("One line, at most 200 characters.")]}) from None


def _agree(client: TenantRef, wanted: dict[str, Any], industry: str) -> None:
    actor, today = current_actor(), now().date()
    contracts.agree(
        actor=actor,
        tenant_id=client.id,
        number=f"V-{client.code}-1",
        valid_from=today,
        services={},
        auto_accept_days=wanted["auto_accept_days"],
    )
    if industry in set(Industry):
        offering.offer_package(
            actor=actor, tenant_id=client.id, industry=Industry(industry), on=today
        )
    letters.invite_member(
        actor=actor, client=client, email=wanted["email"], role=ClientRole.CLIENT_ADMIN
    )


def _page(
    values: dict[str, Any], *, industry: str, errors: dict[str, Any] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "desk/clients/new.html",
        views=form_fields(NewClient, values=values, errors=errors),
        industries=[(one.value, industry_title(one)) for one in Industry],
        industry=industry,
        errors=errors or {},
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
