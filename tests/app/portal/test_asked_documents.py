"""The portal's lists of documents: shown first, uploaded one by one or all at once."""

from http import HTTPStatus
from uuid import UUID

from app.work import document_queries
from app.work.actions import asking
from app.work.actions.asking import Wanted
from tests.conftest import in_scope
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import PDF, upload


def asked(town: Town, item_id: UUID) -> UUID:
    made = town.act(
        asking.request_documents,
        actor=town.anna,
        item_id=item_id,
        wanted=Wanted(titles=["Bank statements", "Delivery note"], note="For October."),
    )
    assert made is not None
    return made


def wishes(town: Town, request_id: UUID) -> list[UUID]:
    with in_scope(town.app, town.baker):
        return [one.id for one in document_queries.wishes(request_id)]


def test_it_stands_first_at_home_and_on_the_request(town: Town) -> None:
    waiting, item_id = town.order("Question first", to="asked"), town.order("Papers wanted")
    request_id = asked(town, item_id)
    visitor = town.visitor("requester@sommer")
    home = visitor.page("/p/sommer/")
    address = f"/p/sommer/document-requests/{request_id}"
    assert address in home
    assert home.index(address) < home.index(f"/p/sommer/requests/{waiting}")
    page = visitor.page(f"/p/sommer/requests/{item_id}")
    assert "Please send us 2 documents" in page
    assert "We have a question." not in page
    assert "For October." in visitor.page(address)
    assert address in visitor.page("/p/sommer/document-requests")


def test_each_document_has_its_upload(town: Town) -> None:
    request_id = asked(town, town.order())
    first, _second = wishes(town, request_id)
    visitor = town.visitor("requester@sommer")
    address = f"/p/sommer/document-requests/{request_id}"
    empty = visitor.post(f"{address}/files/{first}")
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Please choose a file." in empty.text
    done = visitor.post(f"{address}/files/{first}", data={"file": upload("statement.pdf", PDF)})
    assert done.status_code == HTTPStatus.SEE_OTHER
    page = visitor.page(address)
    assert "statement.pdf" in page
    assert "being checked" in page


def test_many_files_are_put_to_their_documents(town: Town) -> None:
    request_id = asked(town, town.order())
    visitor = town.visitor("requester@sommer")
    address = f"/p/sommer/document-requests/{request_id}"
    files = [upload("delivery_note.pdf", PDF), upload("BankStatements-10.pdf", PDF)]
    files += [upload("cat.exe", b"MZ"), upload("holiday.pdf", PDF)]
    visitor.post(f"{address}/files", data={"files": files})
    page = visitor.page(address)
    assert "delivery_note.pdf" in page
    assert "holiday.pdf fits none of the documents" in page
    assert "cat.exe cannot be used here" in page


def test_a_neighbour_finds_nothing(town: Town) -> None:
    request_id = asked(town, town.order())
    visitor = town.visitor("requester@kern")
    visitor.page(f"/p/kern/document-requests/{request_id}", status=HTTPStatus.NOT_FOUND)
