"""What names another client is asked about before it leaves; the text is kept."""

from app.desk.wrong_client import foreign_numbers
from app.messages import conversation
from tests.conftest import in_scope
from tests.factories.desk_house import House


def test_numbers_of_other_clients_are_seen() -> None:
    text = "See BOLT-7, ACME-12, BOLT-7 and ISO-9001, not xBOLT-7."
    assert foreign_numbers(text, others={"BOLT", "CARE"}) == ["BOLT-7"]


def test_a_message_that_names_another_client_asks_first(house: House) -> None:
    item_id = house.request("Guarded")
    anna = house.visitor("anna")
    address = f"/desk/c/{house.north.slug}/items/{item_id}"
    body = f"As in {house.south.code}-1001"
    asked = anna.post(f"{address}/message", data={"body": body, "kind": "say"})
    assert asked.status_code == 409
    assert body in asked.text

    def said() -> list[str]:
        with in_scope(house.app, house.north):
            return [one.body for one in conversation.of_subject(item_id, with_internal=True)]

    assert said() == []
    sure = {"body": body, "kind": "say", "sure": "1"}
    assert anna.post(f"{address}/message", data=sure).status_code == 303
    own = {"body": f"As in {house.north.code}-1001", "kind": "say"}
    assert anna.post(f"{address}/message", data=own).status_code == 303
    note = {"body": f"Not {house.south.code}-1001", "kind": "note"}
    assert anna.post(f"{address}/message", data=note).status_code == 303
    assert said() == [body, own["body"], note["body"]]
