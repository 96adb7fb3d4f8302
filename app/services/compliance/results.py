"""Hits, retention dates, deadlines and the register as files."""

from collections.abc import Sequence

from marshmallow import EXCLUDE

from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker
from app.kernel.text import Text
from app.services.compliance import schemas


def deliver_screening(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The evidence: what was screened, when, and what was decided of every hit."""
    values = schemas.ScreeningValues().load(dict(delivery.values), unknown=EXCLUDE)
    said = dict(zip(schemas.DECISIONS, map(Text, schemas.DECISION_LABELS), strict=True))
    facts = Sheet(
        title=Text("Screening"),
        headings=(Text("Screened on"), Text("Names screened"), Text("Names on the list")),
        rows=[[values["screened_on"], values["screened"], values["listed"]]],
    )
    hits = Sheet(
        title=Text("Hits"),
        headings=(
            *(Text("Name"), Text("On the list"), Text("Reference"), Text("Alike (%)")),
            *(Text("Decision"), Text("Reason")),
        ),
        rows=[
            [
                *(one["name"], one["listed"], one["reference"], one["score"]),
                *(said[one["decision"]], one["reason"]),
            ]
            for one in values["hits"]
        ],
    )
    return (_book(delivery, "screening", facts, hits),)


def deliver_retention(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The list of records, and of those that may go."""
    values = schemas.RetentionValues().load(dict(delivery.values), unknown=EXCLUDE)
    kinds = dict(zip(schemas.RECORDS, map(Text, schemas.RECORD_LABELS), strict=True))
    states = dict(zip(schemas.STATES_OF_RECORDS, map(Text, schemas.STATE_LABELS), strict=True))
    headings = (
        *(Text("Document"), Text("Kind"), Text("Made on"), Text("Keep until"), Text("State")),
        Text("Law"),
    )
    rows = [
        [
            *(one["record"], kinds[one["kind"]], one["made_on"], one["until"]),
            *(states[one["state"]], one["law"]),
        ]
        for one in values["records"]
    ]
    gone = [
        row for row, one in zip(rows, values["records"], strict=True) if one["state"] == "delete"
    ]
    return (
        _book(
            delivery,
            "retention",
            Sheet(title=Text("Records"), headings=headings, rows=rows),
            Sheet(title=Text("May be deleted"), headings=headings, rows=gone),
        ),
    )


def deliver_request(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The deadline as a calendar, and what was done as a sheet."""
    values = schemas.RequestValues().load(dict(delivery.values), unknown=EXCLUDE)
    kinds = dict(zip(schemas.REQUESTS, map(Text, schemas.REQUEST_LABELS), strict=True))
    say = speaker(delivery.client_locale)
    reference = str(delivery.payload.get("subject") or delivery.number)
    sheet = Sheet(
        title=Text("Request"),
        headings=(
            *(Text("Our reference"), Text("Kind"), Text("Due on"), Text("Time")),
            *(Text("If extended, at the latest"), Text("What was done")),
        ),
        rows=[
            [
                *(reference, kinds[values["kind"]], values["due_on"], values["due_at"]),
                *(values["longest"], values["measures"]),
            ]
        ],
    )
    entry = Entry(
        key=f"{delivery.client_name}/{delivery.number}",
        day=values["due_on"],
        summary=f"{reference}: {say(kinds[values['kind']])} {values['due_at']}".strip(),
        remind_days=(14, 3, 1) if values["kind"] != "breach" else (1,),
    )
    name = file_name(delivery.number, "deadline", "ics")
    return (_book(delivery, "request", sheet), ics_file(name, [entry]))


def deliver_register(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The register of Art. 30."""
    values = schemas.RegisterValues().load(dict(delivery.values), unknown=EXCLUDE)
    keys = (
        *("activity", "purpose", "persons", "recipients", "third_country"),
        *("erasure", "measures"),
    )
    sheet = Sheet(
        title=Text("Activities"),
        headings=(
            *(Text("Activity"), Text("Purpose"), Text("Persons and data"), Text("Recipients")),
            *(Text("Third country"), Text("Erasure"), Text("Measures")),
        ),
        rows=[[one[key] for key in keys] for one in values["activities"]],
    )
    return (_book(delivery, "register", sheet),)


def _book(delivery: DeliveryInput, what: str, *sheets: Sheet) -> ResultDocument:
    name = file_name(delivery.number, what, "xlsx")
    return xlsx_file(name, sheets, locale=delivery.client_locale)
