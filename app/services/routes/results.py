"""What drivers get: tour sheets, calendar and table, from the plan as the dispatcher left it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from icalendar import Calendar, Event
from marshmallow import EXCLUDE

from app.adapters.pdf import Column, PrintedTable, printed
from app.adapters.pdf import Sheet as Page
from app.catalogue.result_files import Sheet, file_name, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker, written
from app.kernel.text import Text
from app.services.routes.schemas import RouteValues

_LEAST: Final = timedelta(minutes=1)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The approved plan as sheets, calendar and workbook."""
    values = RouteValues().load(dict(delivery.values), unknown=EXCLUDE)
    locale = delivery.client_locale
    what = f"tours-{values['day']}"
    return (
        *drafts(values, client_name=delivery.client_name, locale=locale, number=delivery.number),
        xlsx_file(file_name(delivery.number, what, "xlsx"), _tables(values), locale=locale),
    )


def drafts(
    values: Mapping[str, Any], *, client_name: str, locale: str, number: str = ""
) -> tuple[ResultDocument, ResultDocument]:
    """Sheets and calendar; `values` as RouteValues loads them."""
    stem = f"{number}-tours-{values['day']}".lstrip("-")
    return (
        ResultDocument(
            name=f"{stem}.pdf",
            media_type="application/pdf",
            content=printed(_page(values, client_name, locale)),
        ),
        ResultDocument(name=f"{stem}.ics", media_type="text/calendar", content=_calendar(values)),
    )


def _in_order(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A stop that was moved to another tour stands where its time puts it."""
    return sorted(values["plan"], key=lambda one: (one["tour"], one["arrival"].zfill(5)))


def _page(values: Mapping[str, Any], client_name: str, locale: str) -> Page:
    say = speaker(locale)
    columns = (
        Column(label=say(Text("Arrival"))),
        Column(label=say(Text("Delivery stop")), wide=True),
        Column(label=say(Text("Quantity")), right=True),
    )
    runs = {one["tour"]: one for one in values["runs"]}
    tables = tuple(
        PrintedTable(
            heading=_heading(number, runs.get(number), locale),
            columns=columns,
            rows=tuple((one["arrival"], one["stop"], str(one["quantity"])) for one in stops),
        )
        for number, stops in groupby(_in_order(values), key=lambda one: one["tour"])
    )
    return Page(
        title=say(Text("Tour plan")),
        language=locale[:2],
        recipient=(client_name,),
        facts=((say(Text("Day of the tours")), written(values["day"], locale)),),
        tables=tables,
    )


def _heading(number: int, run: Mapping[str, Any] | None, locale: str) -> str:
    say = speaker(locale)
    if run is None:
        return say(Text("Tour %(number)s", number=number))
    told = say(
        Text(
            "Tour %(number)s: leaves %(leaves)s, back %(back)s, %(kilometres)s km",
            number=number,
            leaves=run["leaves"],
            back=run["back"],
            kilometres=run["kilometres"],
        )
    )
    return " · ".join(one for one in (told, run["driver"], run["vehicle"]) if one)


def _calendar(values: Mapping[str, Any]) -> bytes:
    """One entry for each stop, in the time of the place (RFC 5545 floating time)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kontor//EN")
    calendar.add("version", "2.0")
    for position, one in enumerate(_in_order(values), start=1):
        begin = datetime.combine(values["day"], _time(one["arrival"]))
        event = Event()
        event.add("uid", f"{values['day']}-{one['tour']}-{position}@kontor")
        event.add("dtstamp", datetime(values["day"].year, 1, 1, tzinfo=UTC))
        event.add("dtstart", begin)
        event.add("dtend", begin + max(timedelta(minutes=one["minutes"]), _LEAST))
        event.add("summary", f"{one['tour']}: {one['stop']}")
        if place := _coordinates(one["place"]):
            event.add("geo", place)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _coordinates(text: str) -> tuple[float, float] | None:
    latitude, _, longitude = text.partition(",")
    try:
        return float(latitude), float(longitude)
    except ValueError:
        return None


def _tables(values: Mapping[str, Any]) -> list[Sheet]:
    plan = Sheet(
        title=Text("Tour plan"),
        headings=(
            *(Text("Tour"), Text("Arrival"), Text("Delivery stop"), Text("Quantity")),
            *(Text("Minutes there"), Text("Coordinates")),
        ),
        rows=[
            [one[key] for key in ("tour", "arrival", "stop", "quantity", "minutes", "place")]
            for one in _in_order(values)
        ],
    )
    runs = Sheet(
        title=Text("Tours"),
        headings=(
            *(Text("Tour"), Text("Leaves at"), Text("Back at"), Text("Kilometres")),
            *(Text("Driver"), Text("Vehicle")),
        ),
        rows=[
            [one[key] for key in ("tour", "leaves", "back", "kilometres", "driver", "vehicle")]
            for one in values["runs"]
        ],
    )
    left = [[name] for name in values["unassigned"].splitlines() if name.strip()]
    beyond = Sheet(title=Text("Stops without a tour"), headings=(Text("Delivery stop"),), rows=left)
    return [plan, runs, *([beyond] if left else [])]
