"""Forecasts and proposals: hand-worked cases, tables with slips, and real demand."""

import csv
import io
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import fmean
from uuid import uuid4

import pytest

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.kernel.workbooks import first_sheet
from app.services.inventory.manifest import SERVICE
from app.services.inventory.rules import (
    Forecast,
    Terms,
    croston,
    economic_lot,
    forecast,
    kind_of,
    projected,
    propose,
    smoothed,
)
from app.services.inventory.samples import demand
from app.services.inventory.schemas import InventoryValues
from app.services.inventory.steps import MOST_ORDERS
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
FOLDER = REFERENCE_DATA / "inventory"
RAF = FOLDER / "raf_5000_items_84_months_half.csv"
GOODS = FOLDER / "man_skus_weekly_half.csv"
AUTO = FOLDER / "auto_3000_items_24_months_half.csv"


def run(content: bytes, **more: object) -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    file = StepDocument(id=uuid4(), name="stock.csv", media_type="text/csv", content=content)
    payload = {"service_level": 95, "holding_rate": 20, "order_cost": "50", "periods_a_year": 12}
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=(file,),
                payload=payload | more,
                client_name="C",
                client_locale="de",
                today=TODAY,
            )
        )


@pytest.mark.parametrize(
    ("history", "kind"),
    [
        ([10, 11, 9, 10, 10, 12], "smooth"),
        ([1, 40, 3, 2, 60, 1], "erratic"),
        ([0, 5, 0, 0, 5, 0], "intermittent"),
        ([0, 1, 0, 0, 30, 0, 1, 0], "lumpy"),
        ([0, 0, 0], "none"),
    ],
)
def test_kinds_of_demand(history: list[float], kind: str) -> None:
    assert kind_of(history) == kind


def test_croston_by_hand() -> None:
    """5 every second period: size 5, interval 2; SBA is smaller by alpha / 2."""
    history = [0.0, 5.0] * 12
    assert croston(history, corrected=False)[-1] == pytest.approx(2.5)
    assert croston(history)[-1] == pytest.approx(2.5 * 0.95)
    assert smoothed([4.0, 4.0, 4.0], 0.3)[-1] == pytest.approx(4.0)


def test_the_economic_lot_by_hand() -> None:
    terms = Terms(price=10, order_cost=50, holding_rate=0.2)
    assert economic_lot(1000, terms) == pytest.approx(sqrt(2 * 1000 * 50 / 2))


def test_reorder_point_and_packs() -> None:
    steady = Forecast(100.0, 20.0, "SES", "smooth")
    terms = Terms(lead_time=4, price=10, order_cost=50, holding_rate=0.2, pack=24, minimum=100)
    found = propose(steady, terms, stock=300)
    assert found.reorder_point == 466  # 400 + 1.645 x 20 x 2
    assert found.order % 24 == 0
    assert found.order >= 245
    assert propose(steady, terms, stock=400, on_order=100).order == 0


def test_stock_runs_down_and_is_ordered_again() -> None:
    steady = Forecast(10.0, 0.0, "SES", "smooth")
    terms = Terms(lead_time=2, price=1, order_cost=10, holding_rate=0.2, pack=10)
    proposal = propose(steady, terms, stock=20)
    levels = projected(steady, terms, proposal, stock=20, on_order=0, periods=60)
    assert levels[:3] == [20, 10, proposal.order]
    assert min(levels) >= 0
    assert max(levels[30:]) > 0


def test_a_table_with_slips() -> None:
    table = (
        "Artikel;Preis;Bestand;Jan;Feb;Mrz;Apr;Mai;Jun;Jul\n"
        "A;1,00;5;10;12;9;11;10;10;11\n"
        "B;1,00;-3;1;x;1;1;1;1;1\n"
        "A;1,00;5;1;1;1;1;1;1;1\n"
        "C;1,00;9;0;0;0;0;0;0;0\n"
        "D;1,00;-2;3;4;-9;3;4;3;3\n"
    )
    result = run(table.encode())
    found = {(one.code, one.place) for one in result.findings}
    assert found >= {
        ("IN-OUT", "stock.csv:2 Artikel"),
        ("IN-DEMAND", "stock.csv:3 Feb"),
        ("IN-DOUBLE", "stock.csv:4 Artikel"),
        ("IN-DEAD", "stock.csv:5 Artikel"),
        ("IN-STOCK-BELOW", "stock.csv:6 Artikel"),
        ("IN-RETURNS", "stock.csv:6 Artikel"),
    }
    assert result.values["items"].value == 3


def test_movements_become_months() -> None:
    table = "Artikel;Datum;Menge\nA;3.1.2026;4\nA;9.1.2026;2\nA;1.3.2026;6\nB;2.3.2026;1\n"
    result = run(table.encode())
    assert result.values["items"].value == 2
    assert {one.code for one in result.findings} == {"IN-NO-STOCK", "IN-SHORT"}


def test_the_sample_is_proposed_and_handed_over() -> None:
    values = {key: one.value for key, one in run(demand(TODAY)).values.items()}
    assert InventoryValues().validate(values) == {}
    orders = {one["sku"]: one for one in values["orders"]}
    assert orders["MEHL-550"]["quantity"] % 10 == 0
    assert "ERSATZ-WA" not in orders
    assert SERVICE.work_types[0].deliver is not None
    _, table = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    assert len(table.content.decode("utf-8-sig").splitlines()) == 1 + len(orders)


def histories(path: Path, first: int) -> list[list[float]]:
    if not path.exists():
        pytest.skip(f"no reference data: {path}")
    with path.open(encoding="latin-1") as file:
        rows = list(csv.reader(file))[1:]
    return [[float(cell or 0) for cell in row[first:]] for row in rows if row[0]]


def errors(methods: Sequence[Sequence[float]], coming: Sequence[float]) -> list[float]:
    return [one[-1] - fmean(coming) for one in methods]


def test_real_spare_parts_are_forecast_with_less_bias_than_by_croston() -> None:
    """2,500 items of 84 months: the last 12 are foretold from the 72 before."""
    found = []
    for history in histories(RAF, 4):
        known, coming = history[:-12], history[-12:]
        if any(known):
            methods = [croston(known), croston(known, corrected=False), [known[-1]]]
            found.append(errors(methods, coming))
    assert len(found) > 2_000
    bias = [abs(fmean(one[at] for one in found)) for at in range(3)]
    spread = [sqrt(fmean(one[at] ** 2 for one in found)) for at in range(3)]
    assert bias[0] < bias[1]
    assert spread[0] < spread[1]
    assert spread[0] < 0.7 * spread[2]


def test_real_car_parts_beat_the_naive_forecast() -> None:
    found = []
    for newest_first in histories(AUTO, 1):
        known, coming = newest_first[:5:-1], newest_first[5::-1]
        if any(known):
            found.append(errors([[forecast(known).per_period], [known[-1]]], coming))
    ours, naive = (sqrt(fmean(one[at] ** 2 for one in found)) for at in range(2))
    assert len(found) > 1_000
    assert ours < naive


def test_real_goods_with_costs_lead_times_and_least_quantities_by_the_week() -> None:
    """1,726 items of 150 weeks, under headings of one line as a client's export has them."""
    if not GOODS.exists():
        pytest.skip(f"no reference data: {GOODS}")
    with GOODS.open(encoding="utf-8") as file:
        heading, weeks, *rows = csv.reader(file)
    given = [0, 2, 3, 5, 7]
    places = [at for at, name in enumerate(weeks) if name.casefold().startswith("week")]
    items = [[row[at] for at in (*given, *places)] for row in rows if row[0]]
    table = io.StringIO()
    csv.writer(table).writerows(
        [[heading[at] for at in given] + [f"W{at}" for at, _ in enumerate(places)], *items]
    )
    result = run(table.getvalue().encode(), periods_a_year=52)
    assert result.values["items"].value == len(items) == 1_726
    # 14 least quantities are no whole numbers in the file itself
    assert Counter(one.code for one in result.findings if one.code.startswith("TABLE")) == {
        "TABLE-CELL-WHOLE": 14
    }
    least = {row[0]: int(row[4]) for row in items if row[4].isdigit()}
    orders = result.values["orders"].value
    assert len(orders) >= 400
    assert [one["sku"] for one in orders if one["quantity"] < least.get(one["sku"], 0)] == []
    found = []
    for item in items:
        demand = [float(cell or 0) for cell in item[5:]]
        known, coming = demand[:-13], demand[-13:]
        if any(known):
            found.append(errors([[forecast(known).per_period], [known[-1]]], coming))
    ours, naive = (sqrt(fmean(one[at] ** 2 for one in found)) for at in range(2))
    assert ours < naive


def test_a_whole_file_of_real_items_is_read_in_seconds() -> None:
    if not RAF.exists():
        pytest.skip(f"no reference data: {RAF}")
    begun = time.perf_counter()
    result = run(RAF.read_bytes())
    assert result.values["items"].value > 2_400
    assert time.perf_counter() - begun < 30


def test_negative_terms_are_named_and_not_used() -> None:
    """A lead time below nothing once ended the whole reading."""
    content = b"Artikel;Jan;Feb;Bestand;Lieferzeit;Preis\nA;5;6;1;-1;-2,50\n"
    result = run(content)
    told = [(one.code, one.place) for one in result.findings if one.code == "IN-NEGATIVE"]
    assert told == [
        ("IN-NEGATIVE", "stock.csv:2 Lieferzeit"),
        ("IN-NEGATIVE", "stock.csv:2 Preis"),
    ]
    (row,) = result.values["orders"].value
    assert row["value"] == "0.00"
    assert ("IN-SHORT", "stock.csv:2 Artikel") in {(one.code, one.place) for one in result.findings}


def test_movements_that_lie_in_the_future_do_not_lengthen_the_past() -> None:
    rows = [f"A;2026-{month:02}-05;10" for month in range(1, 12)]
    table = "\n".join(["Artikel;Datum;Menge", *rows])
    wrong = run(f"{table}\nA;2029-01-05;10\n".encode())
    assert [one.place for one in wrong.findings if one.code == "IN-FUTURE"] == [
        "stock.csv:13 Datum"
    ]
    assert wrong.values == run(table.encode()).values


def test_a_line_that_was_cut_off_is_named() -> None:
    result = run(b"Artikel;Jan;Feb;Mrz\nA;5;6;7\nB;5;6\n")
    assert ("IN-CELLS", "stock.csv:3") in {(one.code, one.place) for one in result.findings}


def test_more_orders_than_the_form_holds_are_all_in_a_file() -> None:
    rows = [f"S{number};{number % 7 + 1};4;6" for number in range(MOST_ORDERS + 20)]
    result = run("\n".join(["Artikel;Jan;Feb;Mrz", *rows]).encode())
    assert len(result.values["orders"].value) == MOST_ORDERS
    (table,) = result.documents  # without stock there is nothing to draw
    sheet = first_sheet(table.content)
    assert len(sheet.rows) == 1 + MOST_ORDERS + 20
