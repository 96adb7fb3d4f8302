"""The desk's list: views, filters, Get next without doubles, taking several, palette, export."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import select

from app.desk import getting_next
from app.desk.door import MOST_CLIENTS
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.work import desk_queries
from app.work.actions import handling, talking
from app.work.desk_queries import Filter
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.desk_house import PEOPLE, House

HTMX = {"HX-Request": "true"}


def test_everybody_begins_where_their_work_is(house: House) -> None:
    for who in PEOPLE:
        answer = house.visitor(who).get("/desk/")
        view = "open" if who == "paul" else "mine"
        assert answer.headers["Location"] == f"/desk/?view={view}", who


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(
    "view", ["mine", "unassigned", "critical", "review", "waiting", "open", "done", "nonsense"]
)
def test_every_view_opens_for_everybody(house: House, who: str, view: str) -> None:
    page = house.visitor(who).page(f"/desk/?view={view}")
    assert ("Get next" in page) == (who != "paul")


def test_filters_and_pages(house: House) -> None:
    anna = house.visitor("anna")
    for number in range(27):
        house.request(f"Paper {number}")
    first = anna.page(f"/desk/?view=unassigned&client={house.north.slug}&q=Paper")
    assert first.count("data-row ") + first.count("data-row>") == 25
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert anna.page(following).count("data-row>") >= 2
    assert "Nothing matches" in anna.page("/desk/?view=open&q=no-such-words")
    assert "Nothing matches" in anna.page("/desk/?view=open&client=nobody")
    assert anna.get("/desk/?view=open&after=nonsense").status_code == 422


def test_a_list_on_one_page_is_counted_from_its_rows(house: House) -> None:
    for client in (house.north, house.south):
        house.request("Kranich", client=client)
    waiting = house.request("Kranich")
    house.act(handling.take, actor=house.actor("anna"), item_id=waiting)
    house.act(talking.ask_client, actor=house.actor("anna"), item_id=waiting, body="Which?")
    wanted = Filter(words="Kranich")
    for days in (0, 3, 30):
        at = now() + timedelta(days=days)
        with house.app.app_context():
            rows = desk_queries.page(wanted, at=at)
            counted = desk_queries.counts([wanted, replace(wanted, is_critical=True)], at=at)
            critical = [desk_queries.is_critical(row, at=at) for row in rows]
            assert [len(rows), sum(critical)] == counted
    assert counted == [3, 2], "the one that waits for the client is not late"
    assert "3 items" in house.visitor("anna").page("/desk/?view=open&q=Kranich")


def test_nothing_new_costs_a_304(house: House) -> None:
    anna, path = house.visitor("anna"), "/desk/?view=open&q=Poll"
    house.request("Poll one")
    with clock.freeze(now()):
        first = anna.get(path, headers=HTMX)
        again = anna.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
    house.request("Poll two")
    later = anna.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert later.status_code == HTTPStatus.OK


def test_eight_at_once_never_get_the_same_item(house: House) -> None:
    for number in range(8):
        house.request(f"Rush {number}")
    visitors = [house.visitor(who) for who in ("anna", "ben", "lena", "sabine") for _ in "ab"]
    for visitor in visitors:
        visitor.post("/desk/palette")  # fetches the token
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.post("/desk/next").headers["Location"], visitors))
    assert len(set(answers)) == len(answers), answers
    assert all("/items/" in answer for answer in answers)


def test_an_item_that_is_looked_at_or_written_to_can_be_taken_all_the_same(house: House) -> None:
    """A row that refers to the item (a look, a message) holds its key until it is committed."""
    item_id = house.request("Looked at")

    def is_taken() -> bool:
        with in_scope(house.app, house.north), transaction():
            taken = handling.claim(actor=house.actor("ben"), item_id=item_id, reason={})
            return taken is not None

    mine = select(WorkItem.id).where(WorkItem.id == item_id)
    with ThreadPoolExecutor(1) as pool, in_scope(house.app, house.north), transaction():
        assert db.session.scalar(mine.with_for_update(read=True, key_share=True)) == item_id
        assert pool.submit(is_taken).result(timeout=10)


def test_get_next_tells_why_and_gives_nothing_twice(house: House) -> None:
    house.request("Alone")
    ben = house.visitor("ben")
    page = ben.page(ben.post("/desk/next").headers["Location"])
    assert "Because:" in page


def test_several_are_taken_and_the_refused_are_named(house: House) -> None:
    free, held = house.request("Free"), house.request("Held")
    house.act(handling.take, actor=house.actor("ben"), item_id=held)
    anna = house.visitor("anna")
    chosen = [f"{house.north.id}:{one}" for one in (free, held)]
    answer = anna.post("/desk/bulk", data={"chosen": chosen, "deed": "take"})
    page = anna.page(answer.headers["Location"])
    assert "1 item taken." in page
    assert "is with Ben Otte" in page
    assert house.item(free).assignee_name == "Anna Krüger"
    assert house.item(held).status is WorkStatus.IN_PROGRESS
    assert anna.post("/desk/bulk", data={"chosen": ["odd"], "deed": "take"}).status_code == 422


def test_taking_does_not_reach_other_clients_of_a_restricted_operator(house: House) -> None:
    item_id = house.request("Not for Carl", client=house.south)
    house.visitor("carl").post(
        "/desk/bulk", data={"chosen": [f"{house.south.id}:{item_id}"], "deed": "take"}
    )
    assert house.item(item_id, client=house.south).assignee_id is None


def test_finance_takes_nothing(house: House) -> None:
    paul = house.visitor("paul")
    assert paul.post("/desk/next").status_code == HTTPStatus.FORBIDDEN
    assert paul.post("/desk/bulk").status_code == HTTPStatus.FORBIDDEN


def test_the_palette_finds_by_number_title_client_and_view(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.request("Espresso machine")
    number = f"{house.north.code}-{house.item(item_id).number}"
    for words in ("espresso", number.lower()):
        assert "Espresso machine" in anna.page(f"/desk/palette?q={words}")
    assert "Nordkai" in anna.page("/desk/palette?q=nordk")
    assert "To check" in anna.get("/desk/palette?q=check", headers={"HX-Request": "true"}).text
    assert "Nothing found" in anna.page("/desk/palette?q=zzzz")


def test_the_export_is_the_list_and_harmless(house: House) -> None:
    house.request("=1+1")
    answer = house.visitor("paul").get("/desk/export.csv?view=open")
    assert answer.mimetype == "text/csv"
    assert "'=1+1" in answer.text


def test_who_loses_all_that_was_offered_is_offered_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = house.request("Lost to Ben")
    house.act(handling.take, actor=house.actor("ben"), item_id=lost)
    house.request("Still there")
    fresh, asked = getting_next.offers, []

    def stale_at_first(actor: Actor) -> Any:
        asked.append(actor)
        return [(house.north.id, lost, {})] if len(asked) == 1 else fresh(actor)

    monkeypatch.setattr(getting_next, "offers", stale_at_first)
    given = house.visitor("anna").post("/desk/next")
    assert "/items/" in given.headers["Location"]
    assert str(lost) not in given.headers["Location"]
    assert len(asked) == 2


def test_what_waits_for_the_client_stands_last_until_it_goes_on(house: House) -> None:
    anna = house.actor("anna")
    with clock.freeze(now() - timedelta(days=10)):
        old = house.request("Standing old")
        house.act(handling.take, actor=anna, item_id=old)
    with clock.freeze(now() - timedelta(days=10, hours=-1)):  # some of its time is used
        house.act(talking.ask_client, actor=anna, item_id=old, body="Which oven?")
    house.request("Standing new")

    def titles() -> list[str]:
        page = house.visitor("anna").get("/desk/?view=open&q=Standing", headers=HTMX).text
        return sorted(("Standing old", "Standing new"), key=page.index)

    assert titles() == ["Standing new", "Standing old"]
    house.act(talking.resume, actor=anna, item_id=old)
    assert titles() == ["Standing old", "Standing new"]


def test_of_many_clients_the_side_shows_the_first_and_the_way_to_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = house.north
    many = [
        replace(ref, id=ref.id + number, slug=f"firm-{number}", name=f"Firm {number}")
        for number in range(200)
    ]
    monkeypatch.setattr("app.desk.door.registry.listed", lambda: many)
    page = house.visitor("lena").page("/desk/?view=open&client=firm-150")
    side = page[page.index('id="side"') : page.rindex("</nav>")]
    assert side.count("/desk/?view=open&client=firm-") == MOST_CLIENTS + 1
    assert "Firm 150" in side
    assert "All 200 clients" in side
