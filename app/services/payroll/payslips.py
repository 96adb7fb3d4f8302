"""A payslip for each employee (section 108 GewO), printed, all of them in one archive."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.catalogue.result_files import file_name, safe_name
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import speaker, written
from app.kernel.text import Text

_DAY: Final = (2000, 1, 1, 0, 0, 0)
"""Of every entry, so that the same run gives the same bytes."""
LINES: Final = (
    ("gross", Text("Gross")),
    ("wage_tax", Text("Wage tax")),
    ("solidarity", Text("Solidarity surcharge")),
    ("church_tax", Text("Church tax")),
    ("health", Text("Health insurance")),
    ("care", Text("Care insurance")),
    ("pension", Text("Pension insurance")),
    ("unemployment", Text("Unemployment insurance")),
)


def payslip_archive(delivery: DeliveryInput) -> ResultDocument:
    """`S-7-payslips.zip` with `001-Marie-Keller.pdf` and so on, in the order of the list."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, row in enumerate(delivery.values.get("payslips") or (), start=1):
            entry = zipfile.ZipInfo(f"{place:03}-{safe_name(str(row['name']))[:60]}.pdf", _DAY)
            archive.writestr(entry, printed(_sheet(delivery, row)))
    return ResultDocument(
        name=file_name(delivery.number, "payslips", "zip"),
        media_type="application/zip",
        content=out.getvalue(),
    )


def month_name(values: Mapping[str, Any], locale: str) -> str:
    """`November 2026`, as readers of this language write it."""
    month = str(values.get("month") or "")
    return format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=locale) if month else ""


def _sheet(delivery: DeliveryInput, row: Mapping[str, Any]) -> Sheet:
    locale = delivery.client_locale
    say = speaker(locale)
    values = delivery.values

    def shown(amount: object) -> str:
        return written(Decimal(str(amount or 0)).quantize(Decimal("0.01")), locale)

    rows = [(say(text), shown(row.get(key))) for key, text in LINES]
    if not any(Decimal(str(row.get(key) or 0)) for key, _ in LINES[1:]):
        rows = [
            (say(Text("Gross")), shown(row.get("gross"))),
            (say(Text("Taxes")), shown(row.get("tax"))),
            (say(Text("Contributions")), shown(row.get("contributions"))),
        ]
    facts = [(say(Text("Month")), month_name(values, locale))]
    if row.get("iban"):
        facts.append((say(Text("IBAN")), str(row["iban"])))
    return Sheet(
        title=say(Text("Payslip")),
        language=locale[:2],
        sender=(delivery.client_name,),
        recipient=(str(row["name"]),),
        facts=tuple(facts),
        tables=(
            PrintedTable(
                columns=(
                    Column(label=say(Text("Kind")), wide=True),
                    Column(label=say(Text("Amount EUR")), right=True),
                ),
                rows=tuple(rows),
                totals=((say(Text("Net")), shown(row.get("net"))),),
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
        footer=f"{delivery.client_name} · {delivery.number}",
    )
