"""Price and promise of a service for one client, as a form."""

from datetime import time
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from app.catalogue.service import Promise, Service
from app.clients.queries import OrderableService
from app.kernel.money import Money

_HOUR = 3600


class ServiceTerms(Schema):
    """What is agreed with one client."""

    price = fields.Decimal(
        required=True,
        validate=validate.Range(min=0, max=1_000_000_000),
        metadata={"label": "Price of one unit, without VAT"},
    )
    first_response_hours = fields.Decimal(
        load_default=None,
        validate=validate.Range(min=0, max=10_000),
        metadata={
            "label": "First response, hours of working time",
            "hint": "Empty: none is promised.",
        },
    )
    resolution_business_days = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0, max=250),
        metadata={"label": "Done within working days"},
    )
    cut_off = fields.Time(
        load_default=None,
        format="%H:%M",
        metadata={
            "label": "Received before",
            "hint": "HH:MM. What comes later counts as of the next working day.",
        },
    )
    resolution_hours = fields.Decimal(
        load_default=None,
        validate=validate.Range(min=0, max=10_000),
        metadata={
            "label": "or done within hours of working time",
            "hint": "Goes before working days.",
        },
    )


def shown_terms(service: Service, agreed: OrderableService | None) -> dict[str, Any]:
    """The form's values: what is agreed, else what the catalogue says."""
    price = agreed.price if agreed else service.price
    promise: Promise = agreed.promise if agreed else service.promise
    return {
        "price": str(price.major),
        "first_response_hours": _hours(promise.first_response_seconds),
        "resolution_business_days": promise.resolution_business_days,
        "cut_off": f"{promise.cut_off:%H:%M}" if promise.cut_off else "",
        "resolution_hours": _hours(promise.resolution_seconds),
    }


def terms_of(loaded: dict[str, Any], currency: str) -> tuple[Money, dict[str, Any]]:
    """The price, and every field of the promise as it is stored. Raises Invalid."""
    hours = loaded["resolution_hours"]
    cut_off: time | None = loaded["cut_off"]
    promise = {
        "first_response_seconds": _seconds(loaded["first_response_hours"]),
        "resolution_seconds": _seconds(hours),
        "resolution_business_days": None if hours else loaded["resolution_business_days"],
        "cut_off": f"{cut_off:%H:%M}" if cut_off and not hours else None,
    }
    return Money.of(loaded["price"], currency), promise


def _seconds(hours: Decimal | None) -> int | None:
    return int(hours * _HOUR) if hours else None


def _hours(seconds: int | None) -> str:
    return str((Decimal(seconds) / _HOUR).normalize()) if seconds else ""
