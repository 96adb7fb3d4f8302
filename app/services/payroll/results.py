"""Payslips to print and the list of payments, from the approved values."""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.catalogue.result_files import Sheet as Table
from app.catalogue.result_files import csv_file, file_name
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker
from app.kernel.text import Text


def payroll_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """A printed control run, and the payments as a list for the payment service."""
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
    )  # fmt: skip


def _sheet(delivery: DeliveryInput) -> Sheet:
    say = speaker(delivery.client_locale)
    rows = delivery.values.get("payslips") or ()
    columns = (
        Column(label=say(Text("Employee")), wide=True),
        Column(label=say(Text("Gross")), right=True),
        Column(label=say(Text("Taxes")), right=True),
        Column(label=say(Text("Contributions")), right=True),
        Column(label=say(Text("Net")), right=True),
    )
    return Sheet(
        title=f"{say(Text('Payroll control run'))} {delivery.values.get('month') or ''}",
        language=delivery.client_locale[:2],
        recipient=(delivery.client_name,),
        tables=(
            PrintedTable(
                columns=columns,
                rows=tuple(
                    tuple(str(row[key]) for key in ("name", "gross", "tax", "contributions", "net"))
                    for row in rows
                ),
                totals=((say(Text("Net total")), "", "", "", str(delivery.values.get("total"))),),
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
