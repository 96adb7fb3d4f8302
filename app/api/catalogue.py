"""What the client may order: for machines."""

from typing import Any

from flask import g
from flask_babel import gettext as _

from app.api import schemas
from app.api.bodies import READS, ApiBlueprint
from app.api.words import N_
from app.catalogue.service import WorkType
from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.web.access import requires
from app.web.schema_forms import form_fields

blueprint = ApiBlueprint("api_services", __name__, url_prefix="/api/v1/services")


@blueprint.get("")
@requires(Permission.WORK_READ)
@blueprint.response(200, schemas.ServicesOut, description=N_("The services of the contract."))
@blueprint.doc(
    operationId="listServices",
    security=READS,
    summary=N_("What may be ordered under the contract, with the fields of each form"),
)
def list_services() -> dict[str, Any]:
    """The services of the contract, with the fields of each order form."""
    offers = clients.orderable_services(tenant_id=g.client.id, on=now().date())
    return {
        "items": [
            {
                "key": offer.service.key,
                "title": _(offer.service.title),
                "types": [_type(kind) for kind in offer.service.work_types],
            }
            for offer in offers
        ]
    }


def _type(kind: WorkType) -> dict[str, Any]:
    return {
        "key": kind.key,
        "title": _(kind.title),
        "accepts": list(kind.accepts),
        "needs_document": kind.needs_document,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "required": field.required,
                "widget": field.widget,
                "choices": [value for value, _label in field.options],
            }
            for field in form_fields(kind.form)
        ],
    }
