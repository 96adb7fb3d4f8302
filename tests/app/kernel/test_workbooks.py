"""Spreadsheets as rows of texts: which sheet, how cells are written, what is left out."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter

from app.catalogue.left_out import left_out
from app.catalogue.steps import StepDocument
from app.kernel.workbooks import (
    OLE,
    NotAWorkbook,
    as_text,
    errors_in,
    filled_sheets,
    first_sheet,
    is_locked,
)
from tests.conftest import REFERENCE_DATA

SPREADSHEETS = REFERENCE_DATA / "tabular" / "spreadsheets"
needs_data = pytest.mark.skipif(not SPREADSHEETS.is_dir(), reason="the reference data is not here")
LOCKED = OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le")


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]], dress: Callable[[Any], None] | None = None
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    if dress is not None:
        dress(book)
    book.close()
    return out.getvalue()


def told(name: str, content: bytes) -> list[tuple[str, dict[str, Any]]]:
    document = StepDocument(id=UUID(int=1), name=name, media_type="", content=content)
    return [(one.code, dict(one.params)) for one in left_out(document)]


def test_the_first_sheet_that_holds_something_is_read_and_the_others_are_named() -> None:
    content = workbook({"Leer": [], "Kunden": [["Nr"], [1]], "Notiz": [["alt"]]})
    assert first_sheet(content).name == "Kunden"
    assert [one.name for one in filled_sheets(content)] == ["Kunden", "Notiz"]
    assert told("a.xlsx", content) == [
        ("TABLE-SHEETS", {"line": 0, "sheet": "Kunden", "others": "Notiz"})
    ]
    assert told("a.docx", content) == []
    assert told("a.xlsx", b"PK\x03\x04 broken") == []


def test_a_hidden_sheet_comes_after_those_that_can_be_seen() -> None:
    def hide(book: Any) -> None:
        book.get_worksheet_by_name("Liste").hide()
        book.get_worksheet_by_name("Blatt").activate()
        book.get_worksheet_by_name("Blatt").set_first_sheet()

    content = workbook({"Liste": [["x"]], "Blatt": [["y"]]}, hide)
    assert [one.name for one in filled_sheets(content)] == ["Blatt", "Liste"]


def test_nothing_in_it_is_no_error() -> None:
    content = workbook({"Leer": []})
    assert list(first_sheet(content).rows) == []
    assert told("a.xlsx", content) == []


def test_cells_with_an_error_are_named_by_their_place() -> None:
    def divide(book: Any) -> None:
        book.get_worksheet_by_name("B & C").write_formula("B2", "=1/0", None, "#DIV/0!")

    content = workbook({"Erst": [["x"]], "B & C": [["Nr", "Wert"], [1]]}, divide)
    assert errors_in(content, "B & C") == [("B2", "#DIV/0!")]
    assert errors_in(content, "Erst") == []
    only = workbook({"B & C": [["Nr", "Wert"], [1]]}, divide)
    assert told("a.xlsx", only) == [("TABLE-CELL-ERROR", {"line": 0, "cells": "B2 (#DIV/0!)"})]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (533.9399999999999, "533.94"),
        (1e-7, "0.0000001"),
        (-1234.56, "-1234.56"),
        (date(2026, 11, 26), "2026-11-26"),
        (time(7, 30), "07:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        (True, "True"),
        ("", ""),
    ],
)
def test_cells_are_written_as_a_spreadsheet_shows_them(cell: object, text: str) -> None:
    assert as_text(cell) == text


def test_a_password_is_told_from_damage() -> None:
    assert is_locked(LOCKED)
    with pytest.raises(NotAWorkbook, match="protected"):
        first_sheet(LOCKED)
    with pytest.raises(NotAWorkbook, match="unreadable"):
        first_sheet(OLE + bytes(500))


@needs_data
def test_an_old_workbook_with_a_password_is_told_too() -> None:
    with pytest.raises(NotAWorkbook, match="protected"):
        first_sheet((SPREADSHEETS / "issue_385.xls").read_bytes())
