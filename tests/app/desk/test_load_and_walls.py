"""Who gets what: skills, absence, shifts, walls, hand-over; everybody's load."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from flask import Flask

from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.messages import conversation
from app.staffing import actions as staffing
from app.staffing import people, walls
from app.staffing.rules import Held, Shift
from app.work import index, queries
from app.work.actions import handling
from config import Settings
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories import desk_house
from tests.factories.desk_house import House
from tests.factories.waiting_mail import a_mail


@pytest.fixture(scope="module")
def mansion(app: Flask, settings: Settings) -> House:
    """A house of its own: walls and hours would disturb the other tests."""
    return desk_house.build(app, settings, prefix="wall")


@pytest.fixture(autouse=True)
def as_before(mansion: House) -> Iterator[None]:
    yield
    with mansion.app.app_context(), transaction():
        for view in walls.walls():
            walls.remove(actor=SYSTEM, wall_id=view.wall.id)
        for key in mansion.ids.values():
            people.set_shifts(actor=SYSTEM, account_id=key, shifts=[])
            staffing.set_skills(actor=SYSTEM, account_id=key, skills={"accounting": Held(level=1)})


def held_by(house: House, item_id: UUID) -> str:
    name: str = house.item(item_id).assignee_name
    return name


def moved(house: House, item_id: UUID, to: str, remark: str = "") -> str:
    lena = house.visitor("lena")
    answer = lena.post(
        "/desk/load/nobody",
        data={
            "chosen": f"{house.north.id}:{item_id}", "to": str(house.ids[to]), "remark": remark
        },
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == HTTPStatus.OK
    return answer.text


def test_a_lead_moves_work_with_a_note(mansion: House) -> None:
    item_id = mansion.request("Move me")
    assert "1 item is with Ben Otte now." in moved(mansion, item_id, "ben", "Call first.")
    assert held_by(mansion, item_id) == "Ben Otte"
    with in_scope(mansion.app, mansion.north):
        (message,) = conversation.of_subject(item_id, with_internal=True)
    assert message.internal
    assert message.body == "Call first."
    page = mansion.visitor("lena").page("/desk/load")
    assert "Ben Otte" in page
    assert "Move me" in mansion.visitor("lena").page(f"/desk/load/{mansion.ids['ben']}")


def test_nobody_gets_what_they_cannot_do(mansion: House) -> None:
    item_id = mansion.invoice()
    expired = Held(level=3, expires_on=date(2020, 1, 1))
    with mansion.app.app_context(), transaction():
        staffing.set_skills(
            actor=SYSTEM, account_id=mansion.ids["ben"], skills={"accounting": expired}
        )
    assert "Ben Otte lacks the skill" in moved(mansion, item_id, "ben")
    assert held_by(mansion, item_id) == ""


def test_the_one_who_worked_on_it_does_not_get_it_to_check(mansion: House) -> None:
    item_id = mansion.in_review(by="anna")
    assert "a second person has to check it" in moved(mansion, item_id, "anna")
    moved(mansion, item_id, "ben")
    assert held_by(mansion, item_id) == "Ben Otte"


def test_skills_are_called_by_their_names(mansion: House) -> None:
    with mansion.app.app_context(), transaction():
        staffing.set_skills(
            actor=SYSTEM,
            account_id=mansion.ids["ben"],
            skills={"accounting": Held(level=2), "patient_billing": Held(level=3)},
        )
    page = mansion.visitor("lena").page("/desk/load")
    assert "Accounting 2" in page
    assert "Patient billing 3" in page
    page = mansion.visitor("sabine").page(f"/desk/people/{mansion.ids['ben']}/ability")
    assert "Level of Patient billing" in page
    assert 'value="patient_billing"' in page


def test_who_may_not_serve_a_client_does_not_get_its_work(mansion: House) -> None:
    lena = mansion.visitor("lena")
    item_id = mansion.request(client=mansion.south)
    answer = lena.post(
        "/desk/load/nobody",
        data={"chosen": f"{mansion.south.id}:{item_id}", "to": str(mansion.ids["carl"])},
        follow_redirects=True,
    )
    assert "Carl Roth may not serve this client." in answer.text


def test_a_wall_shuts_the_other_side_for_whoever_has_begun(mansion: House) -> None:
    sabine, anna = mansion.visitor("sabine"), mansion.visitor("anna")
    sent = {"name": "Rivals", "clients": [str(mansion.north.id), str(mansion.south.id)]}
    sabine.post("/desk/people/walls", data=sent)
    first, second = mansion.request(), mansion.request(client=mansion.south)
    south = f"/desk/c/{mansion.south.slug}/items/{second}"
    anna.page(south)  # on no side yet
    mansion.act(handling.take, actor=mansion.actor("anna"), item_id=first)
    anna.page(south, status=HTTPStatus.NOT_FOUND)
    assert mansion.south.name not in anna.page("/desk/?view=open")
    with pytest.raises(Exception, match="ethical wall"):
        mansion.act(
            handling.take, actor=mansion.actor("anna"), item_id=second, client=mansion.south
        )
    assert "Anna Krüger" in sabine.page("/desk/people/walls")


def test_a_wall_keeps_a_lead_from_writing_by_mail_as_well(mansion: House) -> None:
    sent = {"name": "Rivals", "clients": [str(mansion.north.id), str(mansion.south.id)]}
    mansion.visitor("sabine").post("/desk/people/walls", data=sent)
    first, second = mansion.request(), mansion.request(client=mansion.south)
    mansion.act(handling.take, actor=mansion.actor("lena"), item_id=first)
    with in_scope(mansion.app, mansion.south):
        number = index.number_of(queries.item(second))
    lena, address = mansion.visitor("lena"), f"/desk/mail-in/{a_mail(mansion, 'walled')}"
    assert lena.post(f"{address}/put", data={"number": number}).status_code == 422
    assert lena.post(f"{address}/open", data={"client": mansion.south.slug}).status_code == 422
    with in_scope(mansion.app, mansion.south):
        assert list(conversation.of_subject(second, with_internal=True)) == []


def test_a_wall_needs_a_name_and_two_clients(mansion: House) -> None:
    sabine = mansion.visitor("sabine")
    answer = sabine.post("/desk/people/walls", data={"name": "x", "clients": ["1"]})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sabine.post("/desk/people/walls", data={"name": " "}).status_code == 422


def test_get_next_gives_nothing_to_the_absent_and_off_duty(mansion: House) -> None:
    mansion.request("For whoever is there")
    ben, today = mansion.visitor("ben"), now().date()
    with mansion.app.app_context(), transaction():
        other = Shift(weekday=(today.weekday() + 3) % 7, begins=time(8), ends=time(9))
        people.set_shifts(actor=SYSTEM, account_id=mansion.ids["ben"], shifts=[other])
    assert "Your shift is over" in ben.post("/desk/next").text
    with mansion.app.app_context(), transaction():
        people.set_shifts(actor=SYSTEM, account_id=mansion.ids["ben"], shifts=[])
        staffing.set_absence(
            actor=SYSTEM, account_id=mansion.ids["ben"], starts_on=today,
            ends_on=today + timedelta(days=1), substitute_id=None,
        )  # fmt: skip
    assert "noted as absent" in ben.post("/desk/next").text
    with mansion.app.app_context(), transaction():
        staffing.remove_absence(actor=SYSTEM, account_id=mansion.ids["ben"], starts_on=today)
    assert "Because:" in ben.post("/desk/next", follow_redirects=True).text


def test_an_operator_hands_the_own_item_on(mansion: House) -> None:
    item_id = mansion.request()
    mansion.act(handling.take, actor=mansion.actor("anna"), item_id=item_id)
    address = f"/desk/c/{mansion.north.slug}/items/{item_id}/hand-on"
    sent = {"to": str(mansion.ids["ben"]), "remark": "I am off to the dentist."}
    assert mansion.visitor("carl").post(address, data=sent).status_code == HTTPStatus.FORBIDDEN
    mansion.visitor("anna").post(address, data=sent)
    assert held_by(mansion, item_id) == "Ben Otte"
    page = mansion.visitor("ben").page(f"/desk/c/{mansion.north.slug}/items/{item_id}")
    assert "I am off to the dentist." in page
    assert "handed it to Ben Otte" in page


def test_an_admin_notes_skills_hours_and_clients(mansion: House) -> None:
    sabine, ben = mansion.visitor("sabine"), mansion.ids["ben"]
    address = f"/desk/people/{ben}/ability"
    sent = {
        "skills": "accounting", "level-accounting": "3", "expires-accounting": "2030-05-01",
        "begins-0": "08:00", "ends-0": "16:30", "clients": [str(mansion.north.id), "junk"],
    }  # fmt: skip
    assert sabine.post(address, data=sent).status_code == HTTPStatus.SEE_OTHER
    page = sabine.page(address)
    assert "2030-05-01" in page
    assert "16:30" in page
    for faulty in ({"begins-0": "08:00"}, {"begins-0": "08:00", "ends-0": "08:00"}):
        assert sabine.post(address, data=faulty).status_code == 422
    answer = sabine.post(address, data={"skills": "accounting", "expires-accounting": "soon"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    again = {**sent, "clients": [str(mansion.north.id), str(mansion.south.id)]}
    sabine.post(address, data=again)
    assert mansion.visitor("anna").post(address, data=sent).status_code == HTTPStatus.FORBIDDEN
