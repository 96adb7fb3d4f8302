"""Certificates and the review of accounts as files."""

from collections.abc import Sequence

from marshmallow import EXCLUDE

from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker
from app.kernel.text import Text
from app.services.it_upkeep import schemas


def deliver_certificates(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The list, and a calendar that reminds a month, two weeks and two days before."""
    values = schemas.CertificatesValues().load(dict(delivery.values), unknown=EXCLUDE)
    say = speaker(delivery.client_locale)
    sheet = Sheet(
        title=Text("Certificates"),
        headings=(
            *(Text("Name"), Text("Issuer"), Text("Valid until"), Text("Days left")),
            *(Text("Key"), Text("Renewal by")),
        ),
        rows=[
            [
                *(one["name"], one["issuer"], one["ends_on"], one["days_left"]),
                *(one["key"], one["renewed"]),
            ]
            for one in values["certificates"]
        ],
    )
    entries = [
        Entry(
            key=f"{delivery.client_name}/{one['name']}/{one['ends_on']}",
            day=one["ends_on"],
            summary=say(Text("Certificate expires: %(name)s", name=one["name"])),
            remind_days=(30, 14, 2),
        )
        for one in values["certificates"]
        if one["ends_on"] >= values["as_of"]
    ]
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "certificates", "xlsx"), [sheet], locale=locale),
        ics_file(file_name(number, "certificates", "ics"), entries),
    )


def deliver_reachability(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The list of hosts with what was seen of each."""
    values = schemas.ReachabilityValues().load(dict(delivery.values), unknown=EXCLUDE)
    yes_no = zip(schemas.YES_NO, map(Text, schemas.YES_NO_LABELS), strict=True)
    said: dict[str, str | Text] = {"": "", **dict(yes_no)}
    sheet = Sheet(
        title=Text("Hosts"),
        headings=(
            *(Text("Host"), Text("Kind"), Text("Reached"), Text("HTTP status")),
            *(Text("Milliseconds"), Text("Certificate until"), Text("Certificate trusted")),
            Text("What was done"),
        ),
        rows=[
            [
                *(one["target"], one["kind"], said[one["reached"]], one["status"]),
                *(one["milliseconds"], one["ends_on"], said[one["trusted"]], one["done"]),
            ]
            for one in values["checks"]
        ],
    )
    name = file_name(delivery.number, "hosts", "xlsx")
    return (xlsx_file(name, [sheet], locale=delivery.client_locale),)


def deliver_access(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The evidence of the review: every doubtful account with its decision."""
    values = schemas.AccessValues().load(dict(delivery.values), unknown=EXCLUDE)
    said = dict(zip(schemas.DECISIONS, map(Text, schemas.DECISION_LABELS), strict=True))
    sheet = Sheet(
        title=Text("Access review"),
        headings=(
            *(Text("User"), Text("System"), Text("Role"), Text("Last sign-in")),
            Text("Decision"),
        ),
        rows=[
            [
                *(one["user"], one["system"], one["role"], one["last_login"]),
                said[one["decision"]],
            ]
            for one in values["doubtful"]
        ],
    )
    name = file_name(delivery.number, "access-review", "xlsx")
    return (xlsx_file(name, [sheet], locale=delivery.client_locale),)
