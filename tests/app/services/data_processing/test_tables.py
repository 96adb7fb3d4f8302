"""Tables nobody promised to be clean, against their clean twins; duplicates with their links."""

import csv
import io
import json
import time
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from app.catalogue.steps import StepDocument, StepInput, StepResult
from app.services.data_processing.duplicates import find_pairs
from app.services.data_processing.manifest import SERVICE
from app.services.data_processing.reading import NotATable, Table, read_table
from app.services.data_processing.rules import NotSo, as_amount, as_day, as_whole
from app.services.data_processing.samples import BAD, sample_orders
from app.services.data_processing.schemas import TableOrder, TableValues
from app.services.data_processing.steps import MOST_COMPARED, check
from tests.conftest import REFERENCE_DATA

TABULAR = REFERENCE_DATA / "tabular"
DAY = date(2026, 11, 25)
needs_data = pytest.mark.skipif(not TABULAR.is_dir(), reason="the reference data is not here")
OTHERWISE = {
    "20170320-ePC_Data-Travel-Stationery.csv": "a title with as many cells as the table",
    "O18_air.csv": "the clean twin has a broken cell",
    "file_header_multirow_2.csv": "the twin joins two rows of headings; ours names the second",
    "workforce-management-information-dft_201706.csv": "the twin joins three rows of headings",
}
"""Where the twin was made by hand in a way that no reader can know."""


def bare(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in rows]


def twins(folder: str) -> list[Path]:
    return sorted((TABULAR / folder / "csv").glob("*"))


def told(table: Table) -> int:
    return len(table.bad) + len(table.skipped)


@needs_data
@pytest.mark.parametrize("folder", ["pollock", "pollock-real-open-data"])
def test_each_equals_its_twin_or_names_the_row(folder: str) -> None:
    paths = twins(folder)
    assert len(paths) > 30
    shifted, silent = [], []
    for path in paths:
        with (path.parents[1] / "clean" / path.name).open(encoding="utf-8", newline="") as file:
            clean = bare(list(csv.reader(file)))
        try:
            table = read_table(path.read_bytes())
        except NotATable:
            assert clean == [], path.name
            continue
        ours = bare([table.header, *table.rows])
        made_up = [f"col_{number}" for number in range(len(table.header))]
        lost = [row for row in clean if row not in ours and row != made_up]
        if [row for row in ours if row not in clean] and path.name not in OTHERWISE:
            shifted.append(path.name)
        if len(lost) > told(table) and path.name not in OTHERWISE:
            silent.append((path.name, len(lost), told(table)))
    assert shifted == []
    assert silent == []


@needs_data
def test_csv_spectrum() -> None:
    paths = sorted((TABULAR / "csv-spectrum" / "csvs").glob("*.csv"))
    assert len(paths) == 6
    for path in paths:
        table = read_table(path.read_bytes())
        wanted = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text())
        assert [dict(zip(table.header, row, strict=True)) for row in table.rows] == wanted


@needs_data
def test_spreadsheets_are_read_or_refused() -> None:
    paths = sorted((TABULAR / "spreadsheets").iterdir())
    read, refused = 0, set()
    for path in paths:
        try:
            read += bool(read_table(path.read_bytes()).header)
        except NotATable as no:
            refused.add(no.args[0])
    assert refused == {"empty", "protected", "unreadable"}
    assert read > 40


@needs_data
def test_duplicates_of_febrl4() -> None:
    folder = REFERENCE_DATA / "dedupe"
    rows: list[list[str]] = []
    for name in ("febrl4_a.csv", "febrl4_b.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows += list(csv.reader(file))[1:]
    with (folder / "febrl4_true_links.csv").open(encoding="utf-8", newline="") as file:
        links = {frozenset(row) for row in list(csv.reader(file))[1:]}
    # as the files are, with the number of each row, and without it
    for table in (rows, [row[1:] for row in rows]):
        pairs = find_pairs(table)
        found = {frozenset((rows[one.one][0], rows[one.other][0])) for one in pairs}
        right = len(found & links)
        assert right / len(found) >= 0.99
        assert right / len(links) >= 0.97


def run(name: str, content: bytes, **order: Any) -> StepResult:
    return check(
        StepInput(
            documents=(StepDocument(id=uuid4(), name=name, media_type="", content=content),),
            payload=TableOrder().load(order),
            client_name="Nordlicht GmbH",
            client_locale="de",
            today=DAY,
        )
    )


def test_the_samples_faults_are_named_with_line_and_column() -> None:
    faulty, clean = sample_orders(DAY)
    result = run(*faulty.files[0], **faulty.payload)
    told = {(one.code, one.place) for one in result.findings}
    assert told == {
        ("DP-ROW-COLUMNS", "kunden.csv:7"),
        ("DP-CELL-DATE", "kunden.csv:5 Kunde seit"),
        ("DP-CELL-AMOUNT", "kunden.csv:6 Umsatz"),
        ("DP-CELL-TWICE", "kunden.csv:9 Kundennummer"),
        ("DP-DUPLICATE", "kunden.csv:8"),
    }
    values = {key: read.value for key, read in result.values.items()}
    assert TableValues().validate(values) == {}
    assert (values["rows"], values["clean"], values["faulty"]) == (8, 4, 4)
    straight = run(*clean.files[0], **clean.payload)
    assert straight.straight_through
    assert straight.findings == ()
    assert len(BAD) == 5


def test_the_clean_file_has_one_way_of_writing_and_no_formula() -> None:
    content = b"Nr;Tag;Betrag;Text\n1;3.4.2026;1.234,50;=1+1\n2;2026-04-03;-7;-3,5\n"
    columns = [{"name": "Tag", "kind": "date"}, {"name": "betrag", "kind": "amount"}]
    result = run("x.csv", content, columns=columns)
    clean, report = result.documents
    assert list(csv.reader(io.StringIO(clean.content.decode())))[1:] == [
        ["1", "2026-04-03", "1234.50", "'=1+1"],
        ["2", "2026-04-03", "-7", "-3,5"],
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(report.content))
    assert book.get_sheet_by_index(0).to_python()[0] == ["Zeile", "Spalte", "Grund", "Gefunden"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n\n", "DP-EMPTY"),
        (b"PK\x03\x04 broken", "DP-UNREADABLE"),
        (b"\x7fELF" + b"\0" * 500, "DP-BINARY"),
        (b"a;b\n1;2\n", "DP-COLUMN"),
    ],
)
def test_a_wrong_file_gives_a_reason(content: bytes, code: str) -> None:
    result = run("x.csv", content, columns=[{"name": "Fehlt"}])
    assert code in {one.code for one in result.findings}
    assert SERVICE.finding_text is not None
    for one in result.findings:
        assert "has found something" not in str(SERVICE.finding_text(one.code, one.params))


def test_the_other_numbers_tell_what_a_point_parts() -> None:
    columns = [{"name": "Betrag", "kind": "amount"}, {"name": "Stück", "kind": "whole"}]
    content = "Nr;Betrag;Stück\n1;2.500;1.000\n2;{};3\n"
    for other, amount in (("1.234,5", "2500"), ("1234.5", "2.500")):
        result = run("a.csv", content.format(other).encode(), columns=columns)
        clean, *_ = result.documents
        assert result.findings == ()
        assert clean.content.decode("utf-8-sig").splitlines()[1] == f"1,{amount},1000"
    alone = run("a.csv", content.format("7").encode(), columns=columns)
    assert [(one.code, one.place) for one in alone.findings] == [("DP-CELL-OPEN", "a.csv:2 Betrag")]


def test_kinds_of_cells() -> None:
    assert as_day("1.2.2026") == as_day("2026-02-01") == as_day("20260201") == "2026-02-01"
    assert as_amount("1.234,5") == as_amount("1,234.5") == as_amount("1234.5 €") == "1234.5"
    assert as_whole("12,00") == "12"
    for reader, text in ((as_day, "31.02.2026"), (as_amount, "zirka 9"), (as_whole, "1,5")):
        with pytest.raises(NotSo):
            reader(text)


@pytest.mark.parametrize(
    "heading", ["Name", "Name des Kunden", "Bemerkung zum Kunden", "Kunde seit"]
)
@pytest.mark.parametrize("values", [["Anna Maria Krüger", "Jan Brandt", "Mia"], ["a b", "c d"]])
def test_spaces_in_one_column_part_nothing(heading: str, values: list[str]) -> None:
    table = read_table("\n".join([heading, *values, ""]).encode())
    assert table.header == [heading]
    assert table.rows == [[value] for value in values]
    assert (table.bad, table.skipped) == ([], [])


def test_columns_parted_by_spaces_are_read() -> None:
    table = read_table(b"day number amount\n2026-11-02 1001 12.50\n2026-11-03 1002 7.00\n")
    assert table.header == ["day", "number", "amount"]
    quoted = read_table(b'name town\n"Anna Maria" Kiel\nJan "Bad Oldesloe"\n')
    assert quoted.rows == [["Anna Maria", "Kiel"], ["Jan", "Bad Oldesloe"]]


def test_a_quote_that_never_closes_costs_one_row() -> None:
    table = read_table(b'a,b\n1,"open\n2,3\n4,5\n')
    assert table.rows == [["2", "3"], ["4", "5"]]
    assert [one.line for one in table.bad] == [2]


def test_it_is_fast_enough_and_counts_thousands() -> None:
    row = ",".join(f"value {number}" for number in range(30))
    content = "\n".join([",".join(f"c{n}" for n in range(30)), *[row] * 10_000]).encode()
    begun = time.monotonic()
    result = run("big.csv", content, find_duplicates=False)
    assert time.monotonic() - begun < 15
    assert result.units == 10


def test_alike_by_their_kind_is_not_the_same() -> None:
    """Addresses of one site, days of one year, numbers in a row: other things all the same."""
    rows = [
        [
            f"{day}.03.2026",
            f"MG-87{day}",
            f"{day}.90",
            f"{what} for {whom}",
            f"https://www.example.com/product/MG_87{day}.html",
        ]
        for day, (what, whom) in enumerate(
            product(("Boots", "Jacket", "Fly rods", "Tote", "Pillow"), ("men", "children")), 11
        )
    ]
    assert find_pairs(rows) == []
    again = ["13.03.2026", "MG-8713", "13.90", "Jackett for men", rows[2][4]]
    assert [(one.one, one.other) for one in find_pairs([*rows, again])] == [(2, 10)]


def test_figures_are_the_same_only_where_they_are_equal() -> None:
    rows = [[str(at), str(at * 7 % 11), "0.5", str(20 + at % 3)] for at in range(30)]
    assert find_pairs(rows) == []
    assert [(one.one, one.other) for one in find_pairs([*rows, rows[4]])] == [(4, 30)]


@needs_data
def test_real_tables_without_duplicates_have_hardly_any() -> None:
    table = read_table((TABULAR / "pollock" / "clean" / "source.csv").read_bytes())
    assert len(table.rows) == 83
    assert find_pairs(table.rows) == []


def test_headings_alone_are_no_clean_table() -> None:
    result = run("x.csv", b"Nr;Name\n")
    assert [one.code for one in result.findings] == ["TABLE-NO-ROWS"]
    assert not result.straight_through


def test_a_table_that_is_too_long_to_compare_says_so() -> None:
    content = "Nr;Name\n" + "".join(f"{at};Name {at}\n" for at in range(MOST_COMPARED + 1))
    told = [one.code for one in run("x.csv", content.encode()).findings]
    assert told == ["DP-NOT-COMPARED"]
