"""Whatever of a client is shown to our people is noted for that client; what was refused is not."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from app.audit import access
from app.desk import looking
from app.jobs.models import Job
from app.work import tasks
from app.work.actions import handling
from tenants.context import TenantRef
from tenants.db import db
from tests.conftest import in_scope
from tests.factories.desk_house import House


def noted(house: House, who: str) -> list[tuple[str, str]]:
    with in_scope(house.app, house.south):
        found = access.latest(limit=500)
        return [(one.subject_type, one.reason) for one in found if one.account_id == house.ids[who]]


def test_pages_of_a_client_are_noted_by_themselves(house: House) -> None:
    paul = house.visitor("paul")
    for path in ("", "promises", "terms/"):
        assert paul.get(f"/desk/c/south/{path}").status_code == 200, path
    found = noted(house, "paul")
    assert {("client", "bills"), ("promises", "bills"), ("contract", "bills")} <= set(found)
    paul.get("/desk/c/south/")
    assert noted(house, "paul") == found  # once a quarter of an hour


def test_what_was_refused_is_not_noted(house: House) -> None:
    before = noted(house, "carl")
    carl = house.visitor("carl")
    assert carl.get("/desk/c/south/").status_code == 404
    assert house.visitor("anna").get("/desk/c/south/terms/").status_code == 403
    assert noted(house, "carl") == before
    assert ("contract", "looks") not in noted(house, "anna")


def test_explaining_a_due_time_is_looking_at_the_work(house: House) -> None:
    item_id = house.request("Explain me", client=house.south)
    house.visitor("ben").page(f"/desk/c/south/items/{item_id}/promise")
    assert ("work_item", "looks") in noted(house, "ben")


def shown(house: House, who: str, *, client: TenantRef | None = None) -> dict[str, str]:
    """Kind of list → why, as the client reads it."""
    with in_scope(house.app, client or house.south):
        rows = access.in_lists()
        return {one.kind: one.reason for one in rows if one.account_id == house.ids[who]}


def last_looks(house: House) -> set[tuple[str, str, datetime]]:
    with in_scope(house.app, house.south):
        return {(one.person, one.kind, one.last_at) for one in access.in_lists()}


@pytest.fixture
def just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a process that has noted nothing yet."""
    monkeypatch.setattr(looking, "_told", {})


OPEN = "/desk/?view=open&client=south&q=Zebrafink"
"""Work of other tests may fill a list's first page."""
LISTS = {
    OPEN: "list",
    "/desk/search?q=Zebrafink": "search",
    "/desk/load/{ben}": "load",
    "/desk/radar": "list",
}


@pytest.mark.usefixtures("just_started")
def test_lists_over_all_clients_are_noted_once_a_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = house.request("Zebrafink", client=house.south)
    house.act(handling.take, client=house.south, actor=house.actor("ben"), item_id=item_id)
    lists = {path.format(ben=house.ids["ben"]): kind for path, kind in LISTS.items()}
    lena = house.visitor("lena")
    for path, kind in lists.items():
        lena.page(path)
        assert shown(house, "lena")[kind] == "leads", path
    before = last_looks(house)
    for path in lists:
        lena.page(path)
    assert last_looks(house) == before, "this process has noted it a moment ago"
    monkeypatch.setattr(looking, "_told", {})
    lena.page(OPEN)
    after = last_looks(house)
    assert len(after) == len(before), "a day's later looks make no further row"
    assert {(who, kind) for who, kind, _at in after - before} == {("Lena Voss", "list")}


@pytest.mark.usefixtures("just_started")
def test_only_whose_work_a_list_shows_is_told(house: House) -> None:
    house.request("Wiedehopf", client=house.south)
    house.visitor("ben").page("/desk/search?q=Wiedehopf")
    assert shown(house, "ben")["search"] == "looks"
    assert "search" not in shown(house, "ben", client=house.north)
    house.visitor("carl").page("/desk/?view=open&q=Wiedehopf")
    assert shown(house, "carl") == {}, "he may not see this client's work"


@pytest.mark.usefixtures("just_started")
def test_a_list_costs_one_statement_and_then_none(house: House) -> None:
    house.request("Row")
    house.request("Row", client=house.south)
    anna = house.visitor("anna")
    with house.app.app_context():
        engine = db.engine
    written: list[str] = []

    def watch(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "list_sighting" in statement:
            written.append(statement)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        anna.page("/desk/?view=open")
        assert len(written) == 1
        anna.page("/desk/?view=open")
        assert len(written) == 1
    finally:
        event.remove(engine, "before_cursor_execute", watch)


def test_an_export_is_noted_with_each_client_in_it(house: House) -> None:
    house.request("Taken out", client=house.south)
    assert house.visitor("sabine").get("/desk/export.csv?view=open").status_code == 200
    with house.app.app_context():
        query = select(Job).where(Job.kind == "work.note_export", Job.tenant_id == house.south.id)
        args = db.session.scalars(query.order_by(Job.id.desc())).first()
        assert args is not None
        assert args.args["person"] == "Sabine Ehlers"
    house.act(
        tasks.note_export, client=house.south, account_id=house.ids["sabine"],
        person="Sabine Ehlers", reason="leads",
    )  # fmt: skip
    assert ("export", "leads") in noted(house, "sabine")
