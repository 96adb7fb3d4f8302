"""Tables of clients: numbers and dates as written here, cells at their place, findings not by the
thousand, result files without formulas.
"""

import io
from datetime import date
from decimal import Decimal
from uuid import uuid4

from python_calamine import CalamineWorkbook

from app.catalogue.finding_texts import finding_texts
from app.catalogue.result_files import Sheet, csv_file, xlsx_file
from app.catalogue.rows import (
    MOST_OF_A_KIND,
    Column,
    Table,
    as_date,
    heads,
    read_table,
)
from app.catalogue.steps import Severity, StepDocument
from app.kernel.spoken import in_language
from app.kernel.text import Text

COLUMNS = (
    Column(key="name", names=("Bezeichnung",), required=True),
    Column(key="day", names=("Datum",), kind="date"),
    Column(key="amount", names=("Betrag",), kind="amount"),
    Column(key="pieces", names=("Stück",), kind="whole"),
    Column(key="paid", names=("Bezahlt",), kind="yes"),
)


def document(content: bytes) -> StepDocument:
    return StepDocument(id=uuid4(), name="t.csv", media_type="text/csv", content=content)


def test_dates_as_people_write_them() -> None:
    for text in ("2026-02-01", "01.02.2026", "1.2.26", "01/02/2026", "20260201"):
        assert as_date(text) == date(2026, 2, 1)
    assert as_date("31.02.2026") is None


def test_cells_and_their_faults_have_their_place() -> None:
    head = "Betrag;Bezeichnung;Datum;Stück;Bezahlt\n"
    rows = head + "1,5;A;1.2.2026;3;ja\n1.500;B;x;2,5;vielleicht\n2;;;;\n"
    table = read_table(document(rows.encode("cp1252")), COLUMNS)
    first, second = table.rows
    assert dict(first.cells) == {
        "name": "A",
        "day": date(2026, 2, 1),
        "amount": Decimal("1.5"),
        "pieces": 3,
        "paid": True,
    }
    assert second["day"] is None
    assert second["amount"] == 1500
    assert {(one.code, one.place, one.severity) for one in table.findings} == {
        ("TABLE-CELL-DATE", "t.csv:3 Datum", Severity.WARNING),
        ("TABLE-CELL-WHOLE", "t.csv:3 Stück", Severity.WARNING),
        ("TABLE-CELL-YES", "t.csv:3 Bezahlt", Severity.WARNING),
        ("TABLE-CELL-MISSING", "t.csv:4 Bezeichnung", Severity.ERROR),
    }


def test_the_other_numbers_tell_what_a_sign_parts() -> None:
    german = table_of("Bezeichnung;Betrag;Stück\nA;2.500;1.000\nB;1.234,56;12\n")
    assert [(row["amount"], row["pieces"]) for row in german.rows] == [
        (Decimal(2500), 1000),
        (Decimal("1234.56"), 12),
    ]
    english = table_of("Bezeichnung;Betrag;Stück\nA;2.500;1,000\nB;1234.56;12\n")
    assert [(row["amount"], row["pieces"]) for row in english.rows] == [
        (Decimal("2.5"), 1000),
        (Decimal("1234.56"), 12),
    ]
    assert german.findings == english.findings == ()


def test_numbers_that_nothing_tells_are_read_and_said() -> None:
    table = table_of("Bezeichnung;Betrag;Stück\nA;2.500;1.000\nB;1,500;12\n")
    assert [(row["amount"], row["pieces"]) for row in table.rows] == [
        (Decimal("2.5"), 1000),
        (Decimal("1.5"), 12),
    ]
    assert [(one.code, one.place, one.params["read"]) for one in table.findings] == [
        ("TABLE-AMBIGUOUS", "t.csv:2 Betrag", "2.500"),
        ("TABLE-AMBIGUOUS", "t.csv:2 Stück", "1000"),
        ("TABLE-AMBIGUOUS", "t.csv:3 Betrag", "1.500"),
    ]


def table_of(text: str) -> Table:
    return read_table(document(text.encode()), COLUMNS)


def test_a_thousand_faults_are_a_few_findings() -> None:
    rows = "Bezeichnung;Datum\n" + "A;x\n" * 1000
    findings = read_table(document(rows.encode()), COLUMNS).findings
    assert len(findings) == MOST_OF_A_KIND + 1
    assert findings[-1].params == {"count": 1000 - MOST_OF_A_KIND}


def test_words_that_may_stand_in_a_cell_are_told_in_both_languages() -> None:
    columns = [Column(key="unit", choices={"days": "d", "tage": "d", "t": "d", "kg": "k"})]
    (wrong,) = read_table(document(b"unit\nStunden\n"), columns).findings
    assert wrong.code == "TABLE-CELL-CHOICE"
    assert wrong.params["choices"] == "days/tage, kg"


def test_heads_tell_tables_apart() -> None:
    assert heads(document(b"Datum;Bezeichnung\n"), COLUMNS) == {"day", "name"}
    assert heads(document(b"\x00\x01"), COLUMNS) == frozenset()


def test_every_finding_has_a_sentence() -> None:
    said = finding_texts({"X-1": Text("%(day)s and %(amount)s.")})
    assert said("X-1", {"day": "2026-02-01"}).params["day"] == date(2026, 2, 1)
    assert str(said("X-1", {})) == "- and -."
    minute = said("X-1", {"day": "2026-02-01 16:14", "amount": "2026-13-01 16:14"})
    assert in_language(minute, "de") == "01.02.2026, 16:14 and 2026-13-01 16:14."
    assert in_language(minute, "en") == "2026-02-01, 16:14 and 2026-13-01 16:14."
    assert "NOBODY" in str(said("NOBODY", {}))
    assert "kind" in str(said("FINDINGS-MORE", {"count": 3}))


def test_no_cell_becomes_a_formula() -> None:
    sheet = Sheet(
        title=Text("Reference"),
        headings=(Text("Reference"), Text("Stock")),
        rows=[["=1+1", Decimal("-1.5")], ["@x", None]],
    )
    book = xlsx_file("a.xlsx", [sheet], locale="de").content
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert cells == [["Referenz", "Bestand"], ["=1+1", -1.5], ["@x", ""]]
    text = csv_file("a.csv", sheet, locale="de").content.decode("utf-8-sig")
    assert text == "Referenz;Bestand\r\n'=1+1;-1,5\r\n'@x;\r\n"


def test_a_row_with_more_cells_than_headings_is_left_out_and_said() -> None:
    document = StepDocument(
        id=uuid4(), name="x.csv", media_type="", content=b"name,amount\nA,12,50\nB,7.00\n"
    )
    columns = (Column(key="name"), Column(key="amount", kind="amount", required=True))
    table = read_table(document, columns)
    assert [row["name"] for row in table.rows] == ["B"]
    assert [(one.code, one.place) for one in table.findings] == [("TABLE-ROW-LONGER", "x.csv:2")]
