"""Whatever of a client is shown to our people is noted for that client; what was refused is not."""

from sqlalchemy import select

from app.audit import access
from app.jobs.models import Job
from app.work import tasks
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
