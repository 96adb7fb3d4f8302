"""Steps of a running item: as their template was, and only by whom they may be done."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.catalogue import service as catalogue
from app.catalogue.service import ChecklistTemplate
from app.kernel.errors import Conflict, Forbidden
from app.work import queries
from app.work.actions import handling
from config import Settings
from tests.conftest import in_scope
from tests.factories import desk_house
from tests.factories.desk_house import House

STRICT = (
    ChecklistTemplate(key="first", title="First", minutes=5),
    ChecklistTemplate(key="second", title="Second", after=("first",), fields=("result",)),
    ChecklistTemplate(key="never", title="Never", when=("subject", "nothing")),
    ChecklistTemplate(key="skilled", title="Skilled", skill="payroll"),
    ChecklistTemplate(key="seen", title="Seen", four_eyes=True),
)


@pytest.fixture(scope="module")
def shed(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="shed")


@pytest.fixture
def strict() -> Iterator[None]:
    """The service of general requests with other steps, for this test alone."""
    before = catalogue.service("general_request")
    kind = replace(before.work_types[0], checklist=STRICT, checklist_version=2)
    catalogue.offer(replace(before, work_types=(kind,)))
    yield
    catalogue.offer(before)


@pytest.mark.usefixtures("strict")
def test_each_step_asks_for_its_own(shed: House) -> None:
    item_id = shed.request()
    anna, ben = shed.actor("anna"), shed.actor("ben")
    shed.act(handling.take, actor=anna, item_id=item_id)

    def tick(key: str, who: object = anna, **more: object) -> None:
        shed.act(handling.tick, actor=who, item_id=item_id, key=key, done=True, **more)

    with pytest.raises(Conflict, match="comes first"):
        tick("second")
    tick("first")
    with pytest.raises(Conflict, match="values of this step"):
        tick("second")
    shed.act(handling.correct, actor=anna, item_id=item_id, values={"result": "Done."})
    tick("second")
    with pytest.raises(Conflict, match="not needed"):
        tick("never")
    with pytest.raises(Forbidden, match="skill"):
        tick("skilled")
    tick("skilled", skills=frozenset({"payroll"}))
    with pytest.raises(Forbidden, match="second person"):
        tick("seen")
    page = shed.visitor("anna").page(f"/desk/c/{shed.north.slug}/items/{item_id}")
    assert "Time budget: 5 of 5 min" in page
    assert "version 2 of the steps" in page
    assert "Never" not in page
    with pytest.raises(Conflict, match="still open"):
        shed.act(handling.hand_over, actor=anna, item_id=item_id)
    tick("seen", ben)
    shed.act(handling.hand_over, actor=anna, item_id=item_id)


def test_a_running_item_keeps_its_version(shed: House) -> None:
    item_id = shed.request()
    before = catalogue.service("general_request")
    kind = replace(before.work_types[0], checklist=STRICT, checklist_version=2)
    catalogue.offer(replace(before, work_types=(kind,)))
    try:
        with in_scope(shed.app, shed.north):
            keys = [entry.key for entry in queries.checklist(item_id)]
            assert queries.item(item_id).checklist_version == 1
        assert "second" not in keys
    finally:
        catalogue.offer(before)
