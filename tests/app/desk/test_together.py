"""Two at one item: each sees the other, and what one has begun to write is still there later."""

from datetime import timedelta

from app.kernel.clock import freeze, now
from app.work import together_queries
from tests.conftest import in_scope
from tests.factories.desk_house import House


def test_a_colleague_who_has_it_open_is_shown(house: House) -> None:
    item_id = house.request("Who is here")
    anna, ben = house.visitor("anna"), house.visitor("ben")
    path = f"/desk/c/north/items/{item_id}"
    assert "has this open too" not in anna.page(path)
    assert "Anna Krüger has this open too" in ben.page(path)
    told = anna.page(f"{path}/here")
    assert "Ben Otte has this open too" in told
    assert "Anna" not in told
    ben.post(f"{path}/draft", data={"body": "I begin to write"})
    assert "Ben Otte is writing" in anna.page(f"{path}/here")


def test_nothing_new_costs_a_304_and_whoever_left_is_gone(house: House) -> None:
    item_id = house.request("Left")
    anna, ben = house.visitor("anna"), house.visitor("ben")
    path = f"/desk/c/north/items/{item_id}/here"
    ben.page(path)
    first = anna.get(path)
    assert "Ben Otte" in first.text
    again = anna.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    with freeze(now() + timedelta(minutes=5)), in_scope(house.app, house.north):
        assert together_queries.others(item_id, besides=None, at=now()) == []


def test_a_draft_survives_signing_out_and_goes_with_the_message(house: House) -> None:
    item_id = house.request("Draft")
    path = f"/desk/c/north/items/{item_id}"
    first = house.visitor("anna")
    assert first.post(f"{path}/draft", data={"body": "Half a sent"}).status_code == 204
    first.post("/sign-out")
    later = house.visitor("anna")
    assert "Half a sent" in later.page(path)
    assert "Half a sent" not in house.visitor("ben").page(path)
    later.post(f"{path}/draft", data={"body": "Half a sentence"})
    later.post(f"{path}/message", data={"body": "A whole sentence.", "kind": "note"})
    assert "Half a sentence" not in later.page(path)


def test_an_emptied_draft_is_none(house: House) -> None:
    item_id = house.request("Emptied")
    path = f"/desk/c/north/items/{item_id}"
    anna = house.visitor("anna")
    anna.post(f"{path}/draft", data={"body": "Something"})
    anna.post(f"{path}/draft", data={"body": "  "})
    with in_scope(house.app, house.north):
        assert together_queries.draft(item_id, account_id=house.ids["anna"]) == ""
