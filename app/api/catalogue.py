"""What the client may order: for machines."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_smorest import Blueprint

from app.api import schemas
from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.web.access import requires
from app.web.schema_forms import form_fields

blueprint = Blueprint(
    "api_services", __name__, url_prefix="/api/v1/services", description="Services"
)


@blueprint.get("")
@blueprint.response(200, schemas.ServiceOut(many=True))
@requires(Permission.WORK_READ)
def list_services() -> list[dict[str, Any]]:
    """The services of the contract, with the fields of each order form."""
    offers = clients.orderable_services(tenant_id=g.client.id, on=now().date())
    return [
        {
            "key": offer.service.key,
            "title": _(offer.service.title),
            "types": [
                {
                    "key": kind.key,
                    "title": _(kind.title),
                    "accepts": list(kind.accepts),
                    "fields": [
                        {
                            "name": f.name,
                            "label": f.label,
                            "required": f.required,
                            "widget": f.widget,
                            "choices": [value for value, _label in f.options],
                        }
                        for f in form_fields(kind.form)
                    ],
                }
                for kind in offer.service.work_types
            ],
        }
        for offer in offers
    ]
