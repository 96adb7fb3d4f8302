"""Questions to tables: figures by hand, real tables, broken ones, and what is handed over."""

import csv
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pypdfium2
import pytest

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.analysis.manifest import SERVICE
from app.services.analysis.rules import answer, measured, period_of
from app.services.analysis.samples import sales, sample_orders
from app.services.analysis.schemas import Report
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
TABLE = (
    b"Shop;Day;Amount\nA;1.1.2026;10,50\nB;2.1.2026;4\nA;3.4.2026;-2,25\nB;x;7\nC;5.4.2026;n/a\n"
)


def run(content: bytes, payload: Mapping[str, object]) -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    file = StepDocument(id=uuid4(), name="t.csv", media_type="text/csv", content=content)
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=(file,),
                payload={"question": "How?"} | dict(payload),
                client_name="C",
                client_locale="de",
                today=TODAY,
            )
        )


def groups(result: StepResult) -> list[tuple[str, str, int]]:
    return [(one["label"], one["value"], one["rows"]) for one in result.values["groups"].value]


@pytest.mark.parametrize(
    ("measure", "figure"),
    [
        ("sum", "10"),
        ("count", "4"),
        ("mean", "2.50"),
        ("median", "2.5"),
        ("least", "1"),
        ("most", "4"),
    ],
)
def test_figures(measure: str, figure: str) -> None:
    values = [Decimal(one) for one in (1, 2, 3, 4)]
    assert measured(values, measure) == Decimal(figure)


def test_periods() -> None:
    day = date(2026, 4, 3)
    assert [period_of(day, one) for one in ("month", "quarter", "year")] == [
        "2026-04",
        "2026 Q2",
        "2026",
    ]


def test_sums_by_group_and_by_quarter() -> None:
    by_shop = run(TABLE, {"by": "shop", "value": "AMOUNT", "measure": "sum"})
    assert groups(by_shop) == [("B", "11", 2), ("A", "8.25", 2)]
    assert [(one.code, one.place) for one in by_shop.findings] == [("AN-UNREAD", "t.csv:6")]
    by_quarter = run(TABLE, {"by": "Day", "value": "Amount", "period": "quarter"})
    assert groups(by_quarter) == [("2026 Q1", "14.50", 2), ("2026 Q2", "-2.25", 1)]
    counted = run(TABLE, {"by": "Shop"})
    assert groups(counted) == [("A", "2", 2), ("B", "2", 2), ("C", "1", 1)]
    assert sum(Decimal(one["share"]) for one in counted.values["groups"].value) == 100


@pytest.mark.parametrize(
    ("content", "payload", "code"),
    [
        (TABLE, {"by": "Filiale"}, "AN-COLUMN"),
        (TABLE, {"by": "Shop", "value": "Preis"}, "AN-COLUMN"),
        (b"", {"by": "Shop"}, "TABLE-EMPTY"),
        (b"PK\x03\x04x", {"by": "Shop"}, "TABLE-UNREADABLE"),
    ],
)
def test_what_cannot_be_answered_is_said(
    content: bytes, payload: Mapping[str, object], code: str
) -> None:
    result = run(content, payload)
    assert [one.code for one in result.findings] == [code]
    assert result.values == {}


def test_odd_figures_are_asked_about() -> None:
    result = run(sales(TODAY), sample_orders(TODAY)[0].payload)
    assert [(one.code, one.place) for one in result.findings] == [
        ("AN-UNREAD", "t.csv:78"),
        ("AN-OUTLIER", "t.csv:41"),
    ]
    assert b"<polyline" in result.documents[0].content


def test_the_report_is_handed_over() -> None:
    payload = sample_orders(TODAY)[1].payload
    values = {key: one.value for key, one in run(sales(TODAY), payload).values.items()}
    assert Report().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    page, book, table, chart = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload=payload,
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    with closing(pypdfium2.PdfDocument(page.content)) as printed:
        shown = printed[0].get_textpage().get_text_range()
    assert "ACME-1" in shown
    assert all(one["label"] in shown for one in values["groups"])
    assert book.content.startswith(b"PK")
    assert len(table.content.decode("utf-8-sig").splitlines()) == 5
    assert b"<rect" in chart.content


def test_a_real_table_adds_up() -> None:
    """Demand of 2,500 real parts by lead time equals a plain loop over the same file."""
    path = REFERENCE_DATA / "inventory" / "raf_5000_items_84_months_half.csv"
    if not path.exists():
        pytest.skip(f"no reference data: {path}")
    with path.open(encoding="latin-1") as file:
        rows = list(csv.reader(file))
    wanted: dict[str, Decimal] = {}
    for row in rows[1:]:
        wanted[row[2]] = wanted.get(row[2], Decimal(0)) + Decimal(row[4])
    lines = list(enumerate(rows[1:], start=2))
    found = answer(lines, by=2, value=4, measure="sum", period="none")
    assert {one.label: one.value for one in found.groups} == wanted
    assert found.used == len(rows) - 1


def test_the_total_is_the_same_figure_over_all_rows() -> None:
    table = b"Shop;Amount\nA;1\nA;2\nB;9\n"
    for measure, total in (("sum", "12"), ("mean", "4.00"), ("median", "2"), ("most", "9")):
        result = run(table, {"by": "Shop", "value": "Amount", "measure": measure})
        assert result.values["total"].value == total, measure


def test_amounts_in_one_currency_are_read_and_another_is_not_added() -> None:
    table = "Shop;Amount\nA;$74.69\nA;$1,000.31\nB;£5.00\n".encode()
    result = run(table, {"by": "Shop", "value": "Amount"})
    assert groups(result) == [("A", "1075.00", 2)]
    assert [one.params["found"] for one in result.findings] == ["£5.00"]


def test_headings_alone_give_a_reason() -> None:
    assert [one.code for one in run(b"Shop;Amount\n", {"by": "Shop"}).findings] == ["TABLE-NO-ROWS"]
