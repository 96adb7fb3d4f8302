"""Balances, absences and duties as files."""

from collections.abc import Sequence

from marshmallow import EXCLUDE

from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker
from app.kernel.text import Text
from app.services.hr_leave.schemas import DUTIES, DUTY_LABELS, LeaveValues, OnboardingValues

KINDS = {"leave": Text("Leave"), "sick": Text("Sick"), "other": Text("Other absence")}


def deliver_leave(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """A workbook of balances and absences; a calendar of leave, which says nothing of sickness."""
    values = LeaveValues().load(dict(delivery.values), unknown=EXCLUDE)
    balances = Sheet(
        title=Text("Balances"),
        headings=(
            *(Text("Person"), Text("Entitled"), Text("Carried over"), Text("Expired")),
            *(Text("Taken"), Text("Left"), Text("Sick")),
        ),
        rows=[
            [
                *(one["person"], one["entitled"], one["carried_over"], one["expired"]),
                *(one["taken"], one["left"], one["sick"]),
            ]
            for one in values["balances"]
        ],
    )
    absences = Sheet(
        title=Text("Absences"),
        headings=(
            *(Text("Person"), Text("Kind"), Text("First day"), Text("Last day")),
            Text("Working days"),
        ),
        rows=[
            [one["person"], KINDS[one["kind"]], one["first"], one["last"], one["days"]]
            for one in values["absences"]
        ],
    )
    entries = [
        Entry(
            key=f"{delivery.client_name}/{one['person']}/{one['first']}",
            day=one["first"],
            until=one["last"],
            summary=one["person"],
        )
        for one in values["absences"]
        if one["kind"] == "leave"
    ]
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "leave", "xlsx"), [balances, absences], locale=locale),
        ics_file(file_name(number, "leave", "ics"), entries),
    )


def deliver_onboarding(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The list as workbook, and what is still to be done as a calendar."""
    values = OnboardingValues().load(dict(delivery.values), unknown=EXCLUDE)
    labels = {key: Text(label) for key, label in zip(DUTIES, DUTY_LABELS, strict=True)}
    say = speaker(delivery.client_locale)
    sheet = Sheet(
        title=Text("Duties"),
        headings=(Text("Due on"), Text("Duty"), Text("Done")),
        rows=[[one["until"], labels[one["what"]], one["done"]] for one in values["duties"]],
    )
    entries = [
        Entry(
            key=f"{delivery.client_name}/{values['person']}/{one['what']}",
            day=one["until"],
            summary=f"{values['person']}: {say(labels[one['what']])}",
            remind_days=(7, 1),
        )
        for one in values["duties"]
        if not one["done"]
    ]
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "onboarding", "xlsx"), [sheet], locale=locale),
        ics_file(file_name(number, "onboarding", "ics"), entries),
    )
