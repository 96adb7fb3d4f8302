"""The result documents: DATEV batch, audit export and a protocol to print."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.books.datev import rules
from app.books.datev.batch import Batch, batch_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.money import Money
from app.kernel.spoken import written
from app.services.ledger_handover.gobd import audit_archive
from app.services.ledger_handover.steps import read_lists

UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")
WORDS: Final = {
    "de": {
        "title": "Übergabeprotokoll Buchungen",
        "adviser": "Berater",
        "client": "Mandant",
        "period": "Zeitraum",
        "count": "Buchungen",
        "total": "Summe",
        "account": "Konto",
        "debit": "Soll",
        "credit": "Haben",
        "sums": "Summen je Konto",
    },
    "en": {
        "title": "Protocol of the hand-over",
        "adviser": "Adviser",
        "client": "Client",
        "period": "Period",
        "count": "Bookings",
        "total": "Total",
        "account": "Account",
        "debit": "Debit",
        "credit": "Credit",
        "sums": "Sums of accounts",
    },
}


def handover_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The batch, the archive and the protocol. Raises Conflict where a booking is faulty."""
    values = delivery.values
    since, until = (date.fromisoformat(values[key]) for key in ("since", "until"))
    bookings = [*delivery.books["bookings"], *read_lists(delivery.documents).bookings]
    _agree(bookings, values, since=since, until=until)
    batch = Batch(
        adviser=int(values["adviser"]),
        client=int(values["client"]),
        year_start=date.fromisoformat(values["year_start"]),
        account_length=int(values["account_length"]),
        since=since,
        until=until,
        name=values["name"],
        chart=values["chart"],
        created_at=now(),
        locked=bool(values.get("locked")),
    )
    name = UNSAFE_NAME.sub("-", delivery.number)
    archive = audit_archive(bookings, client=delivery.client_name, since=since, until=until)
    protocol = printed(_protocol(delivery, bookings))
    return (
        ResultDocument(
            name=f"EXTF_Buchungsstapel_{name}.csv",
            media_type="text/csv",
            content=batch_file(batch, bookings),
        ),
        ResultDocument(name=f"{name}-gobd.zip", media_type="application/zip", content=archive),
        ResultDocument(name=f"{name}-protocol.pdf", media_type="application/pdf", content=protocol),
    )


def _agree(
    bookings: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    since: date,
    until: date,
) -> None:
    """What was approved, and nothing else, leaves the house."""
    total = sum(one["amount_minor"] for one in bookings)
    approved = Money.of(Decimal(str(values["total"])), "EUR").minor
    if len(bookings) != int(values["count"]) or total != approved:
        raise Conflict("The bookings are not those that were checked.")
    length = int(values["account_length"])
    found = rules.faults(bookings, since=since, until=until, account_length=length)
    if any(fault.fatal for fault in found):
        raise Conflict("Some bookings are not what DATEV takes: please see the findings.")


def _protocol(delivery: DeliveryInput, bookings: Sequence[Mapping[str, Any]]) -> Sheet:
    locale = delivery.client_locale
    german = locale.startswith("de")
    words = WORDS["de" if german else "en"]
    values = delivery.values
    rows = tuple(
        (account, _money(debit, german=german), _money(credit, german=german))
        for account, (debit, credit) in rules.sums(bookings).items()
    )
    total = sum(one["amount_minor"] for one in bookings)
    both = _money(total, german=german)
    return Sheet(
        title=words["title"],
        language="de" if german else "en",
        recipient=(delivery.client_name,),
        facts=(
            ("Nr.", delivery.number),
            (words["adviser"], str(values["adviser"])),
            (words["client"], str(values["client"])),
            (words["period"], " - ".join(_day(values[key], locale) for key in ("since", "until"))),
            (words["count"], str(len(bookings))),
            (words["total"], f"{both} EUR"),
        ),
        tables=(
            PrintedTable(
                heading=words["sums"],
                columns=(
                    Column(label=words["account"], wide=True),
                    Column(label=words["debit"], right=True),
                    Column(label=words["credit"], right=True),
                ),
                rows=rows,
                totals=((words["total"], both, both),),
            ),
        ),
        footer=delivery.number,
    )


def _day(text: str, locale: str) -> str:
    return written(date.fromisoformat(text), locale)


def _money(minor: int, *, german: bool) -> str:
    text = f"{Money(minor, 'EUR').major:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if german else text
