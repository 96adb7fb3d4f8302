"""The originals beside the values, and what was found in them, by its place."""

import io
from uuid import UUID

import xlsxwriter

from app.documents import actions as documents
from app.documents.tasks import draw
from app.kernel.actor import SYSTEM
from app.work import queries
from app.work.actions import orders
from app.work.models import ItemDocument, WorkItem
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


def address(house: House, item_id: UUID) -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}"


def ordered(house: House, *files: tuple[str, bytes]) -> tuple[WorkItem, list[UUID]]:
    """In the client's scope and a transaction: an item with these files."""
    ids = [
        documents.store(actor=house.requester, name=name, content=content).id
        for name, content in files
    ]
    order = orders.Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Files", "description": "Please look."},
        document_ids=ids,
    )
    return orders.open_items(actor=house.requester, order=order)[0], ids


def test_a_table_is_drawn_with_the_numbers_of_its_lines(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        files = (("a.csv", b"Nr;Betrag\n1;<b>7,50\n"), ("b.txt", b"one\ntwo\n"))
        item_id = ordered(house, *files)[0].id
    page = house.visitor("anna").get(address(house, item_id)).text
    assert '<tr><th scope="row">2</th><td>1</td><td>&lt;b&gt;7,50</td></tr>' in page
    assert "<li>one</li><li>two</li>" in page


def test_a_file_whose_name_ends_like_another_is_shown_and_given_out(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        item, files = ordered(house, ("liste.txt", b"one"), ("november-liste.txt", b"two"))
        item_id = item.id
    anna = house.visitor("anna")
    for file in files:
        assert str(file) in anna.get(address(house, item_id)).text
        assert anna.get(f"{address(house, item_id)}/files/{file}").status_code == 200


def test_what_the_delivery_made_anew_takes_the_drafts_place(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        item, _ = ordered(house)
        number = f"{house.north.code}-{item.number}"
        names = ("chart.txt", f"{number}-chart.txt", "old-chart.txt")
        for position, name in enumerate(names):
            document = documents.store_result(actor=SYSTEM, name=name, content=name.encode())
            link = ItemDocument(
                item_id=item.id, document_id=document.id, position=position, is_result=True
            )
            db.session.add(link)
        db.session.flush()
        assert [one.name for one in queries.results(item)] == [f"{number}-chart.txt", names[2]]


def test_a_spreadsheet_is_drawn_as_a_table_once_the_worker_has_read_it(house: House) -> None:
    with in_scope(house.app, house.north), transaction():
        item, (file_id,) = ordered(house, ("posten.xlsx", workbook()))
        item_id = item.id
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
