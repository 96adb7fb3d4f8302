"""Several at once: the preview changes nothing, each is done by itself, and can be taken back."""

import re
from datetime import timedelta
from uuid import UUID

from app.kernel.clock import freeze, now
from app.work import index, queries
from app.work.actions import handling, timing
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from config import Settings
from tenants.driver import connect
from tests.factories.desk_house import House
from tests.factories.portal_visitor import Visitor


def keys(house: House, *items: UUID) -> list[str]:
    return [f"{house.north.id}:{item_id}" for item_id in items]


def state(house: House, item_id: UUID) -> tuple[WorkStatus, str, int]:
    item: WorkItem = house.item(item_id)
    return item.status, item.assignee_name, item.priority


def undo_of(page: str) -> str:
    found = re.search(r"/desk/bulk/[0-9a-f-]{36}/undo", page)
    assert found is not None
    return found[0]


def carry_out(visitor: Visitor, chosen: list[str], deed: str, **more: str) -> str:
    answer = visitor.post("/desk/bulk", data={"chosen": chosen, "deed": deed, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_the_preview_says_what_would_happen_and_changes_nothing(house: House) -> None:
    free, held = house.request("Free one"), house.request("Held one")
    house.act(handling.take, actor=house.actor("ben"), item_id=held)
    before = state(house, free), state(house, held)
    anna = house.visitor("anna")
    answer = anna.post(
        "/desk/bulk/preview", data={"chosen": keys(house, free, held), "chosen_deed": "take"}
    )
    assert answer.status_code == 200
    assert "not possible:" in answer.text
    assert "is with Ben Otte" in answer.text
    assert "Anna Krüger" in answer.text
    assert "Do it with 1 item" in answer.text
    assert (state(house, free), state(house, held)) == before


def test_what_cannot_be_done_stops_nothing_else_and_is_named(house: House) -> None:
    free, held = house.request("Free two"), house.request("Held two")
    house.act(handling.take, actor=house.actor("ben"), item_id=held)
    anna = house.visitor("anna")
    address = carry_out(anna, keys(house, free, held), "take")
    page = anna.page(address)
    assert "not done" in page
    assert "is with Ben Otte" in page
    assert state(house, free)[:2] == (WorkStatus.IN_PROGRESS, "Anna Krüger")
    assert state(house, held)[1] == "Ben Otte"


def test_it_can_be_taken_back_where_nobody_has_changed_it_since(house: House) -> None:
    one, two = house.request("Back one"), house.request("Back two")
    anna = house.visitor("anna")
    address = carry_out(anna, keys(house, one, two), "take", back="/desk/?view=open")
    assert address == "/desk/?view=open"
    listed = anna.page(address)
    assert "2 items taken." in listed
    undo = undo_of(listed)
    key = house.act(_first_step, item_id=two)
    house.act(handling.tick, actor=house.actor("anna"), item_id=two, key=key, done=True)
    house.act(handling.release, actor=house.actor("anna"), item_id=two)
    answer = anna.post(undo, follow_redirects=True)
    assert "1 item is as before." in answer.text
    assert "has been changed since" in answer.text
    assert "taken back" in answer.text
    assert state(house, one)[:2] == (WorkStatus.NEW, "")
    again = anna.post(undo, follow_redirects=True)
    assert "taken back already" in again.text


def _first_step(*, item_id: UUID) -> str:
    return queries.checklist(item_id)[0].key


def test_what_was_worked_on_meanwhile_is_not_taken_back(house: House) -> None:
    ticked, timed = house.request("Ticked"), house.request("Timed")
    anna, actor = house.visitor("anna"), house.actor("anna")
    address = carry_out(anna, keys(house, ticked, timed), "take")
    key = house.act(_first_step, item_id=ticked)
    house.act(handling.tick, actor=actor, item_id=ticked, key=key, done=True)
    house.act(timing.enter, actor=actor, item_id=timed, typed="0:10")
    page = anna.post(f"{address}/undo", follow_redirects=True).text
    assert page.count("has been changed since") == 2
    for item_id in (ticked, timed):
        assert state(house, item_id)[:2] == (WorkStatus.IN_PROGRESS, "Anna Krüger")


def test_who_took_it_by_mistake_may_check_it_later(house: House) -> None:
    mistaken, noted = house.request("Mistaken"), house.request("Noted")
    anna, actor = house.visitor("anna"), house.actor("anna")
    address = carry_out(anna, keys(house, mistaken, noted), "take")
    key = house.act(_first_step, item_id=noted)
    for done in (True, False):
        house.act(handling.tick, actor=actor, item_id=noted, key=key, done=done)
    anna.post(f"{address}/undo")
    assert state(house, mistaken)[:2] == state(house, noted)[:2] == (WorkStatus.NEW, "")
    assert house.act(index.workers_of, item_id=mistaken) == []
    assert house.act(index.workers_of, item_id=noted) == [house.ids["anna"]]
    again = carry_out(house.visitor("ben"), keys(house, mistaken), "take")
    assert house.act(index.workers_of, item_id=mistaken) == [house.ids["ben"]]
    house.visitor("ben").post(f"{again}/undo")


def test_of_a_suspended_client_nothing_is_written_and_the_reason_is_said(
    house: House, settings: Settings
) -> None:
    item_id = house.request("Locked", client=house.south)
    chosen, lena = [f"{house.south.id}:{item_id}"], house.visitor("lena")
    _set_state(house, settings, "suspended")
    try:
        sent = {"chosen": chosen, "deed": "take", "back": "/desk/?view=open"}
        answer = lena.post("/desk/bulk", data=sent)
        assert answer.location == "/desk/?view=open"
        assert "is suspended" in lena.page(answer.location)
    finally:
        _set_state(house, settings, "ready")


def _set_state(house: House, settings: Settings, state: str) -> None:
    with connect(settings.database_direct_url) as connection:
        connection.execute(
            "update provider.tenant set state = %s where id = %s", (state, house.south.id)
        )


def test_only_who_did_it_and_only_for_a_while(house: House) -> None:
    item_id = house.request("Not yours")
    anna = house.visitor("anna")
    address = carry_out(anna, [*keys(house, item_id), f"{house.north.id}:{item_id}"], "take")
    batch = address.removeprefix("/desk/bulk/")
    assert house.visitor("ben").get(f"/desk/bulk/{batch}").status_code == 404
    assert house.visitor("ben").post(f"/desk/bulk/{batch}/undo").status_code == 404
    with freeze(now() + timedelta(minutes=11)):
        late = anna.post(f"/desk/bulk/{batch}/undo", follow_redirects=True)
    assert "too late" in late.text
    assert state(house, item_id)[0] is WorkStatus.IN_PROGRESS


def test_priority_is_a_leads_and_comes_back(house: House) -> None:
    item_id = house.request("Urgent now")
    chosen = keys(house, item_id)
    refused = house.visitor("anna").post(
        "/desk/bulk/preview", data={"chosen": chosen, "deed": "priority:3"}
    )
    assert "You do not have the right" in refused.text
    lena = house.visitor("lena")
    address = carry_out(lena, chosen, "priority:3")
    assert state(house, item_id)[2] == 3
    lena.post(f"{address}/undo")
    assert state(house, item_id)[2] == 1


def test_handing_over_asks_to_whom(house: House) -> None:
    item_id = house.request("To Ben")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    anna, chosen = house.visitor("anna"), keys(house, item_id)
    asked = anna.post("/desk/bulk/preview", data={"chosen": chosen, "deed": "hand_on"})
    assert "Ben Otte" in asked.text
    assert "Do it with" not in asked.text
    to = str(house.ids["ben"])
    carry_out(anna, chosen, "hand_on", to=to, remark="Holidays")
    assert state(house, item_id)[1] == "Ben Otte"


def test_one_item_can_be_taken_back_too(house: House) -> None:
    item_id = house.request("Single")
    anna = house.visitor("anna")
    path = f"/desk/c/north/items/{item_id}"
    page = anna.post(f"{path}/take", headers={"HX-Request": "true"}).text
    assert "is yours." in page
    undo = undo_of(page)
    anna.post(undo)
    assert state(house, item_id)[:2] == (WorkStatus.NEW, "")


def test_a_lead_puts_back_what_somebody_holds_with_a_reason(house: House) -> None:
    item_id = house.request("Ill")
    house.act(handling.take, actor=house.actor("ben"), item_id=item_id)
    path = f"/desk/c/north/items/{item_id}"
    assert house.visitor("anna").post(f"{path}/release").status_code == 403
    lena = house.visitor("lena")
    assert lena.post(f"{path}/release").status_code == 422
    assert lena.post(f"{path}/release", data={"reason": "Ben is ill."}).status_code == 303
    assert state(house, item_id)[:2] == (WorkStatus.NEW, "")
    page = lena.page(path)
    assert "put it back for Ben Otte" in page
    assert "Ben is ill." in page


def test_whoever_may_not_serve_a_client_cannot_choose_its_work(house: House) -> None:
    item_id = house.request("Southern", client=house.south)
    chosen = [f"{house.south.id}:{item_id}"]
    refused = house.visitor("carl").post("/desk/bulk", data={"chosen": chosen, "deed": "take"})
    assert refused.status_code == 422
    assert house.item(item_id, client=house.south).status is WorkStatus.NEW
