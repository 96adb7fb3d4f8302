"""Time on items: read, rounded, approved by somebody else, and then fixed."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.work import time_queries
from app.work.actions import timing
from app.work.time_models import TimeEntry
from app.work.time_rules import Rounding, seconds_of
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("1:30", 90), ("0:05", 5), ("45", 45), ("45 min", 45), ("1h 30", 90), ("2h", 120),
     ("24:00", 1440)],
)  # fmt: skip
def test_a_time_is_read_as_it_is_written(typed: str, minutes: int) -> None:
    assert seconds_of(typed) == minutes * 60


@pytest.mark.parametrize("typed", ["", "0", "0:00", "24:01", "1:60", "-5", "x", "1.5"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert seconds_of(typed) is None


@pytest.mark.parametrize(
    ("rule", "minutes", "counts"),
    [
        (Rounding(15, up=True), 1, 15),
        (Rounding(15, up=True), 15, 15),
        (Rounding(15, up=True), 16, 30),
        (Rounding(15, up=False), 22, 15),
        (Rounding(15, up=False), 23, 30),
        (Rounding(15, up=False), 1, 15),
        (Rounding(1, up=True), 61, 61),
    ],
)
def test_time_is_rounded_as_agreed(rule: Rounding, minutes: int, counts: int) -> None:
    assert rule.of(minutes * 60) == counts * 60


def test_one_timer_a_person(house: House) -> None:
    first, second = house.request("One"), house.request("Two", client=house.south)
    anna, ben = house.actor("anna"), house.actor("ben")
    at = now()
    with freeze(at):
        house.act(timing.start, actor=anna, item_id=first)
        house.act(timing.start, actor=ben, item_id=first)
        with pytest.raises(Conflict):
            house.act(timing.start, actor=anna, item_id=first)
    # Also across clients: the index of PostgreSQL knows, though neither sees the other's row.
    with pytest.raises(Conflict):
        house.act(timing.start, actor=anna, item_id=second, client=house.south)
    with freeze(at + timedelta(minutes=20)):
        house.act(timing.stop, actor=anna, item_id=first, text=" Calls ")
    with in_scope(house.app, house.north):
        entries = time_queries.of_item(first, account_id=None).entries
        assert {(one.seconds, one.note) for one in entries} == {(1200, "Calls"), (None, "")}
    with pytest.raises(Conflict):
        house.act(timing.stop, actor=anna, item_id=first)
    house.act(timing.stop, actor=ben, item_id=first)


def test_budget_against_actual(house: House) -> None:
    item_id = house.request("Planned")
    house.act(timing.plan, actor=house.actor("lena"), item_id=item_id, typed="1:00")
    with pytest.raises(Forbidden):
        house.act(timing.plan, actor=house.actor("anna"), item_id=item_id, typed="9:00")
    with pytest.raises(Invalid):
        house.act(timing.enter, actor=house.actor("anna"), item_id=item_id, typed="long")
    house.act(timing.enter, actor=house.actor("anna"), item_id=item_id, typed="0:50")
    with in_scope(house.app, house.north):
        assert not time_queries.of_item(item_id, account_id=None).over
    house.act(timing.enter, actor=house.actor("ben"), item_id=item_id, typed="11")
    with in_scope(house.app, house.north):
        seen = time_queries.of_item(item_id, account_id=None)
    assert (seen.seconds, seen.budget, seen.over) == (61 * 60, 3600, True)


def test_a_lead_approves_and_then_it_is_fixed(house: House) -> None:
    item_id = house.request("Approved")
    anna, lena, sabine = house.actor("anna"), house.actor("lena"), house.actor("sabine")
    with house.app.app_context(), transaction():
        timing.agree_rounding(actor=sabine, tenant_id=house.north.id, step_minutes=30, up=True)
    house.act(timing.enter, actor=anna, item_id=item_id, typed="0:40")
    house.act(timing.enter, actor=lena, item_id=item_id, typed="0:10")
    with in_scope(house.app, house.north):
        theirs, own = time_queries.of_item(item_id, account_id=None).entries
    for actor, entry in ((anna, theirs), (lena, own)):
        with house.app.app_context(), transaction(), pytest.raises(Forbidden):
            timing.approve(actor=actor, time_id=entry.id)
    with house.app.app_context(), transaction():
        assert theirs.id in {one.id for one in time_queries.to_approve(clients=None)}
        assert timing.approve(actor=lena, time_id=theirs.id).rounded_seconds == 3600
    with house.app.app_context(), transaction(), pytest.raises(Conflict):
        timing.approve(actor=lena, time_id=theirs.id)
    with pytest.raises(NotFound):
        house.act(timing.strike, actor=anna, item_id=item_id, time_id=theirs.id)
    house.act(timing.strike, actor=lena, item_id=item_id, time_id=own.id)
    with house.app.app_context():
        found = time_queries.approved(
            tenant_id=house.north.id, since=now() - timedelta(days=1),
            until=now() + timedelta(days=1), service_key="general_request",
        )  # fmt: skip
    assert theirs.id in {one.id for one in found}


def test_the_pages(house: House) -> None:
    item_id = house.request("Seen")
    anna, lena = house.visitor("anna"), house.visitor("lena")
    address = f"/desk/c/{house.north.slug}/items/{item_id}"
    for path, values in (
        ("start", {}), ("stop", {}), ("enter", {"time": "0:25", "note": "Letters"}),
    ):  # fmt: skip
        assert anna.post(f"{address}/time/{path}", data=values).status_code == 303
    assert "Letters" in anna.page(address)
    assert lena.post(f"{address}/time/plan", data={"time": "2:00"}).status_code == 303
    assert "2 h 00" in lena.page(address).replace("\N{NO-BREAK SPACE}", " ")
    assert anna.get("/desk/times").status_code == 403
    with house.app.app_context(), transaction():
        # The oldest come first: before what other tests have left.
        own = update(TimeEntry).where(TimeEntry.item_id == item_id)
        db.session.execute(own.values(started_at=now() - timedelta(days=900)))
    assert "Letters" in lena.page("/desk/times")
    with in_scope(house.app, house.north):
        entry = time_queries.of_item(item_id, account_id=None).entries[-1]
    assert lena.post(f"/desk/times/{entry.id}/approve").status_code == 303
    assert "Letters" not in lena.page("/desk/times")


def test_a_lead_approves_many_at_once_but_never_the_own(house: House) -> None:
    item_id, lena = house.request("Many"), house.visitor("lena")
    for who in ("anna", "ben", "lena"):
        house.act(timing.enter, actor=house.actor(who), item_id=item_id, typed="0:20")
    with in_scope(house.app, house.north):
        entries = time_queries.of_item(item_id, account_id=None).entries
    chosen = [str(entry.id) for entry in entries]
    answer = lena.post("/desk/times/approve", data={"time": [*chosen, "nonsense"]})
    assert answer.status_code == 303
    page = lena.page("/desk/times")
    assert "2 entries approved." in page
    assert "2 entries could not be approved" in page
    with in_scope(house.app, house.north):
        entries = time_queries.of_item(item_id, account_id=None).entries
    assert {e.account_name: e.approved_at is not None for e in entries} == {
        "Anna Krüger": True, "Ben Otte": True, "Lena Voss": False,
    }  # fmt: skip
