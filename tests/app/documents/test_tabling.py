"""Sheets of a spreadsheet are read by the worker, kept as files are, and come in by their kind."""

import io
from dataclasses import replace

import pytest
import xlsxwriter
from flask import Flask

from app.adapters import storage
from app.documents import actions, queries, rules, tabling
from app.documents.tasks import draw
from app.kernel.actor import SYSTEM
from app.kernel.errors import Invalid, NotFound
from app.kernel.workbooks import OLE
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.scope import tenant_scope

LOCKED = OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le")
ENDINGS = (".xlsx", ".xls", ".ods")


def workbook(rows: int = 2) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page, other = book.add_worksheet("Posten"), book.add_worksheet("Notiz")
    page.write_row(0, 0, ["Nr", "<b>Text"])
    for number in range(1, rows):
        page.write_row(number, 0, [number, "x"])
    other.write(4, 0, "unten")
    book.close()
    return out.getvalue()


def test_each_sheet_is_read_as_far_as_it_is_shown() -> None:
    posten, notiz = (tabling.unpacked(one) for one in tabling.sheets_of(workbook()))
    assert (posten.name, posten.rows) == ("Posten", [(1, ["Nr", "<b>Text"]), (2, ["1", "x"])])
    assert (notiz.rows, notiz.cut) == ([(5, ["unten"])], False)
    long = tabling.unpacked(tabling.sheets_of(workbook(tabling.MOST_ROWS + 1))[0])
    assert (len(long.rows), long.cut) == (tabling.MOST_ROWS, True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", OLE + bytes(99), LOCKED])
def test_what_cannot_be_read_has_no_sheets(content: bytes) -> None:
    assert tabling.sheets_of(content) == []


def test_sheets_and_pages_are_sealed_where_the_client_is(
    app: Flask, acme: TenantRef, app_context: Flask
) -> None:
    del app, app_context
    with tenant_scope(replace(acme, sealed=True)):
        with transaction():
            key = actions.store(actor=SYSTEM, name="a.xlsx", content=workbook()).id
        draw(key)
        with transaction():
            document = queries.document(key)
            stored = storage.get(queries.store(), queries.page_key(document.sha256, 1))
            assert b"Posten" not in stored
            assert [one.name for one in queries.sheets(document)] == ["Posten", "Notiz"]
            with pytest.raises(NotFound):
                queries.page_picture(document, 1)


def test_spreadsheets_come_in_by_what_they_are() -> None:
    for name, content in (("a.xlsx", workbook()), ("a.ods", workbook()), ("a.xls", OLE + b"\0")):
        rules.check(name, content, accepts=ENDINGS, limit=100_000)
        assert rules.media_type(name, content) in rules.SHEETS
    for name, content in (("a.xlsx", OLE + b"\0"), ("a.xls", workbook()), ("a.ods", b"text")):
        with pytest.raises(Invalid, match="not what its ending says"):
            rules.check(name, content, accepts=ENDINGS, limit=100_000)
    for name in ("a.xlsx", "a.xls"):
        with pytest.raises(Invalid, match="protected by a password"):
            rules.check(name, LOCKED, accepts=ENDINGS, limit=100_000)
