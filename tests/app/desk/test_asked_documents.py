"""Asking for documents at the desk: from a template, judged on the item's page."""

from http import HTTPStatus
from uuid import UUID

from app.documents import actions as documents
from app.work import document_queries
from app.work.actions import asking, handling
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


def address(house: House, item_id: UUID, rest: str = "") -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}{rest}"


def taken(house: House) -> UUID:
    item_id = house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    return item_id


def test_a_template_fills_the_form_and_keeps_its_message_ids(house: House) -> None:
    anna, item_id = house.visitor("anna"), taken(house)
    page = anna.page(address(house, item_id, "/documents?template=proof"))
    assert "Order confirmation\nDelivery note" in page
    sent = {"template": "proof", "titles": "Delivery note\nA photo", "blocking": "1"}
    answer = anna.post(address(house, item_id, "/documents"), data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with in_scope(house.app, house.north):
        (view,) = document_queries.of_item(item_id)
    assert [one.row.title for one in view.asked] == ["Delivery note", "A photo"]
    assert "not there yet" in anna.page(address(house, item_id))


def test_what_cannot_be_asked_comes_back(house: House) -> None:
    anna, item_id = house.visitor("anna"), taken(house)
    answer = anna.post(
        address(house, item_id, "/documents"), data={"titles": "A", "due_on": "2020-01-01"}
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The deadline has passed already." in answer.text
    answer = anna.post(address(house, item_id, "/documents"), data={"titles": "A", "due_on": "x"})
    assert "Please give a day." in answer.text


def test_accepted_sent_back_and_withdrawn_on_the_page(house: House) -> None:
    anna, item_id = house.visitor("anna"), taken(house)
    anna.post(address(house, item_id, "/documents"), data={"titles": "A\nB\nC", "blocking": "1"})
    with in_scope(house.app, house.north):
        (view,) = document_queries.of_item(item_id)
        first, second, third = [one.row.id for one in view.asked]
    with in_scope(house.app, house.north), transaction():
        file = documents.store(actor=house.requester, name="a.txt", content=b"a").id
    house.act(
        asking.hand_in,
        actor=house.requester,
        request_id=view.request.id,
        files={first: file, second: file},
    )
    base = f"/desk/c/{house.north.slug}"
    anna.post(f"{base}/documents/{first}/accept")
    anna.post(f"{base}/documents/{second}/send-back", data={"reason": "Unreadable"})
    anna.post(f"{base}/documents/{third}/waive")
    page = anna.page(address(house, item_id))
    assert "Unreadable" in page
    assert "2 of 3 settled" in page
    anna.post(f"{base}/document-requests/{view.request.id}/remind")
    anna.post(f"{base}/document-requests/{view.request.id}/withdraw")
    page = anna.page(address(house, item_id))
    assert "withdrawn" in page
    assert house.item(item_id).status == "in_progress"
