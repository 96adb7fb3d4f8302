"""Payslips to print and the list of payments, from the approved values."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.books.characters import transliterated
from app.books.pain import TRANSFER, transfer_file
from app.catalogue.result_files import Sheet as Table
from app.catalogue.result_files import csv_file, file_name, safe_name
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.clock import now
from app.kernel.spoken import speaker, written
from app.kernel.text import Text
from app.services.payroll.payslips import month_name, payslip_archive

SUMMED: Final = ("gross", "tax", "contributions", "net")
WAGES: Final = "SALA"
"""ISO 20022's category of a payment of wages."""


def payroll_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """A printed control run, a payslip for each employee, payments as a list and, where the
    paying account is known, as the file for the bank: its sum is the payslips' total.
    """
    return (
        ResultDocument(
            name=file_name(delivery.number, "payslips", "pdf"),
            media_type="application/pdf",
            content=printed(_sheet(delivery)),
        ),
        csv_file(
            file_name(delivery.number, "payments", "csv"), _payments(delivery),
            locale=delivery.client_locale,
        ),
        payslip_archive(delivery),
        *_bank_file(delivery),
    )  # fmt: skip


def _sheet(delivery: DeliveryInput) -> Sheet:
    say = speaker(delivery.client_locale)
    locale = delivery.client_locale
    rows = delivery.values.get("payslips") or ()
    sums = [
        written(sum((Decimal(str(row[key])) for row in rows), Decimal(0)), locale) for key in SUMMED
    ]
    columns = (
        Column(label=say(Text("Employee")), wide=True),
        Column(label=say(Text("Gross")), right=True),
        Column(label=say(Text("Taxes")), right=True),
        Column(label=say(Text("Contributions")), right=True),
        Column(label=say(Text("Net")), right=True),
    )
    return Sheet(
        title=f"{say(Text('Payroll control run'))} {month_name(delivery.values, locale)}",
        language=locale[:2],
        recipient=(delivery.client_name,),
        tables=(
            PrintedTable(
                columns=columns,
                rows=tuple(
                    (
                        str(row["name"]),
                        *(written(Decimal(str(row[key])), locale) for key in SUMMED),
                    )
                    for row in rows
                ),
                totals=((say(Text("Total")), *sums),),
            ),
        ),
        closing=(
            say(
                Text(
                    "A control run: no ELStAM, ELSTER or DEÜV reports are made. Wage tax by the "
                    "official flow chart, contributions by the year's rates."
                )
            ),
        ),
    )


def _payments(delivery: DeliveryInput) -> Table:
    rows = delivery.values.get("payslips") or ()
    return Table(
        title=Text("Payments"),
        headings=(Text("Name"), Text("IBAN"), Text("Amount"), Text("Payment reference")),
        rows=[
            (
                str(row["name"]), str(row.get("iban") or ""), Decimal(str(row["net"])),
                f"Lohn {delivery.values.get('month')}",
            )
            for row in rows
        ],
    )  # fmt: skip


def _bank_file(delivery: DeliveryInput) -> tuple[ResultDocument, ...]:
    """Raises Invalid where the bank's schema would refuse it."""
    values = delivery.values
    if not values.get("iban"):
        return ()
    number = safe_name(delivery.number)
    rows = [
        {
            "name": transliterated(str(row["name"]))[:70],
            "iban": str(row["iban"]),
            "amount": str(row["net"]),
            "end_to_end_id": f"{number}-{place}"[-35:],
            "purpose": transliterated(f"Lohn {values.get('month')}"),
        }
        for place, row in enumerate(values.get("payslips") or (), start=1)
        if Decimal(str(row["net"])) > 0
    ]
    run = {
        "account_holder": transliterated(str(values.get("account_holder") or delivery.client_name)),
        "iban": values["iban"],
        "bic": values.get("bic") or "",
        "execution_date": str(values["execution_date"]),
        "category": WAGES,
    }
    if not rows:
        return ()
    content = transfer_file(run, rows, number=number, at=now())
    name = file_name(delivery.number, TRANSFER, "xml")
    return (ResultDocument(name=name, media_type="application/xml", content=content),)
