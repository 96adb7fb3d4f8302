"""What a client says about vehicles and day, and what the dispatcher checks."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

TIME: Final = r"^([01]?\d|2[0-3]):[0-5]\d$"
BACKWARDS: Final = "Tours must end after they begin."


def _time(label: str, default: str) -> Any:
    return fields.String(
        load_default=default, validate=validate.Regexp(TIME), metadata={"label": label}
    )


def _number(label: str, default: int, most: int) -> Any:
    return fields.Integer(
        load_default=default, validate=validate.Range(min=1, max=most), metadata={"label": label}
    )


def _place(label: str, most: int) -> Any:
    return fields.Decimal(
        required=True,
        as_string=True,
        allow_nan=False,
        validate=validate.Range(min=-most, max=most),
        metadata={"label": label},
    )


class RouteOrder(Schema):
    """The order form; the stops come as a file."""

    day = fields.Date(required=True, metadata={"label": "Day of the tours"})
    latitude = _place("Latitude of the depot", 90)
    longitude = _place("Longitude of the depot", 180)
    vehicles = _number("Vehicles", 3, 200)
    capacity = _number("Load of a vehicle", 100, 1_000_000)
    begins = _time("Tours begin at", "07:00")
    ends = _time("Tours end by", "17:00")
    pace = _number("Average speed in km/h", 45, 130)
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )

    @validates_schema
    def check_hours(self, values: Mapping[str, Any], **_: Any) -> None:
        """A day of tours has its end after its beginning."""
        begins, ends = values.get("begins"), values.get("ends")
        if begins and ends and ends.zfill(5) <= begins.zfill(5):
            raise ValidationError(BACKWARDS, "ends")


def _clock(label: str) -> Any:
    return fields.String(required=True, validate=validate.Regexp(TIME), metadata={"label": label})


def _word(label: str, most: int) -> Any:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label}
    )


class RunRow(Schema):
    """One vehicle's day."""

    tour = fields.Integer(required=True, metadata={"label": "Tour"})
    leaves = _clock("Leaves at")
    back = _clock("Back at")
    kilometres = fields.Integer(load_default=0, metadata={"label": "Kilometres"})
    driver = _word("Driver", 80)
    vehicle = _word("Vehicle", 40)


class TourRow(Schema):
    """One stop of one tour."""

    tour = fields.Integer(required=True, metadata={"label": "Tour"})
    arrival = _clock("Arrival")
    stop = fields.String(required=True, metadata={"label": "Delivery stop"})
    quantity = fields.Integer(load_default=0, metadata={"label": "Quantity"})
    minutes = fields.Integer(
        load_default=0, validate=validate.Range(min=0), metadata={"label": "Minutes there"}
    )
    place = _word("Coordinates", 60)


class RouteValues(Schema):
    """The plan as it is handed over."""

    day = fields.Date(required=True, metadata={"label": "Day of the tours"})
    tours = fields.Integer(required=True, metadata={"label": "Tours"})
    kilometres = fields.Decimal(
        required=True, places=1, as_string=True, metadata={"label": "Kilometres"}
    )
    unassigned = fields.String(
        load_default="",
        validate=validate.Length(max=200_000),
        metadata={"label": "Stops without a tour", "widget": "textarea"},
    )
    runs = fields.List(
        fields.Nested(RunRow), load_default=list, metadata={"label": "Tours", "widget": "rows"}
    )
    plan = fields.List(
        fields.Nested(TourRow),
        load_default=list,
        metadata={"label": "Tour plan", "widget": "rows"},
    )
