"""Webhooks as they go over the wire. Descriptions are English message ids (see words.N_)."""

from marshmallow import fields, validate

from app.api.fields import Id
from app.api.schemas import Shown, Wanted
from app.api.words import N_
from app.webhooks.rules import DeliveryState, DisabledBecause, EndpointState, EventType, Why


class EndpointOut(Shown):
    """An address that is told what happens."""

    id = fields.UUID()
    url = fields.String()
    description = fields.String()
    event_types = fields.List(fields.String(validate=validate.OneOf([*map(str, EventType)])))
    ordered = fields.Boolean(
        metadata={"description": N_("One message after the other, in the order of what happened.")}
    )
    state = fields.String(validate=validate.OneOf([*map(str, EndpointState)]))
    disabled_because = fields.String(
        allow_none=True, validate=validate.OneOf([*map(str, DisabledBecause)])
    )
    failing_since = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()


class EndpointsOut(Shown):
    """Every endpoint, the oldest first."""

    items = fields.List(fields.Nested(EndpointOut))


class DeliveryBrief(Shown):
    """A message to an endpoint, as a list shows it."""

    id = fields.UUID(metadata={"description": N_("With msg_ before it the header webhook-id.")})
    endpoint_id = fields.UUID()
    event_id = fields.UUID()
    event_type = fields.String(validate=validate.OneOf([*map(str, EventType)]))
    state = fields.String(validate=validate.OneOf([*map(str, DeliveryState)]))
    attempts = fields.Integer()
    status = fields.Integer(
        allow_none=True, metadata={"description": N_("The HTTP status of the last answer.")}
    )
    why = fields.String(
        allow_none=True,
        validate=validate.OneOf([str(why) for why in Why if why]),
        metadata={"description": N_("What went wrong; null where nothing did.")},
    )
    created_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime(allow_none=True)
    next_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)


class DeliveryOut(DeliveryBrief):
    """A message with what was told and what was answered."""

    payload = fields.Dict(keys=fields.String())
    answer = fields.String(
        metadata={"description": N_("The beginning of what the endpoint said, or of the error.")}
    )


class DeliveryPage(Shown):
    """A page of messages, the newest first."""

    items = fields.List(fields.Nested(DeliveryBrief))
    next_cursor = fields.UUID(
        allow_none=True, metadata={"description": N_("Null on the last page.")}
    )


class DeliveryQuery(Wanted):
    """Which messages, and the page."""

    state = fields.List(
        fields.String(validate=validate.OneOf([*map(str, DeliveryState)])),
        metadata={"description": N_("May be given several times.")},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Id(metadata={"description": N_("`next_cursor` of the page before.")})
