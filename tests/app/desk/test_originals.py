"""The originals beside the values, and what was found in them, by its place."""

import io
from uuid import UUID

import xlsxwriter

from app.documents import actions as documents
from app.documents.tasks import draw
from app.work import queries
from app.work.actions import orders
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


def address(house: House, item_id: UUID) -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}"


def test_a_table_is_drawn_with_the_numbers_of_its_lines(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        files = [
            documents.store(actor=house.requester, name=name, content=content).id
            for name, content in (("a.csv", b"Nr;Betrag\n1;<b>7,50\n"), ("b.txt", b"one\ntwo\n"))
        ]
        order = orders.Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": "Two files", "description": "Please look."},
            document_ids=files,
        )
        item_id = orders.open_items(actor=house.requester, order=order)[0].id
    page = house.visitor("anna").get(address(house, item_id)).text
    assert '<tr><th scope="row">2</th><td>1</td><td>&lt;b&gt;7,50</td></tr>' in page
    assert "<li>one</li><li>two</li>" in page


def test_a_spreadsheet_is_drawn_as_a_table_once_the_worker_has_read_it(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        file = documents.store(actor=house.requester, name="posten.xlsx", content=workbook())
        order = orders.Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": "A workbook", "description": "Please look."},
            document_ids=[file.id],
        )
        item_id, file_id = orders.open_items(actor=house.requester, order=order)[0].id, file.id
    anna = house.visitor("anna")
    assert "preview-rows" not in anna.get(address(house, item_id)).text
    with in_scope(house.app, house.north):
        draw(file_id)
    page = anna.get(address(house, item_id)).text
    assert '<tr><th scope="row">2</th><td>1</td><td>&lt;b&gt;7.5</td></tr>' in page
    assert '<p class="preview-sheet">Notiz</p>' in page
    assert anna.get(f"{address(house, item_id)}/files/{file_id}/pages/1").status_code == 404


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Posten")
    page.write_row(0, 0, ["Nr", "Betrag"])
    page.write_row(1, 0, [1, "<b>7.5"])
    book.add_worksheet("Notiz").write(0, 0, "alt")
    book.close()
    return out.getvalue()


def test_a_finding_about_a_value_names_it_as_the_page_does(house: House) -> None:
    item_id = house.invoice()
    with in_scope(house.app, house.north), transaction():
        queries.findings(item_id)[0].place = "invoice_number"
    page = house.visitor("anna").get(address(house, item_id)).text
    assert ">invoice_number</span>" not in page
    assert '<span class="place" title="invoice_number">Invoice number</span>' in page
