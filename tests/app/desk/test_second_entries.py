"""Values entered twice: the second person sees nothing of the first, a lead sees what differs."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from app.kernel.errors import Conflict, Forbidden
from app.work import blind
from app.work.actions import blind as deeds
from app.work.actions import handling
from app.work.rules import WorkStatus
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


@pytest.fixture
def twice(house: House) -> Iterator[UUID]:
    """Supplier invoices are entered twice; one of Anna's is in review."""
    agree(house, {"accounts_payable"})
    item_id = house.in_review()
    yield item_id
    agree(house, set())


def agree(house: House, keys: set[str]) -> None:
    sabine = house.actor("sabine")
    with house.app.app_context(), transaction():
        deeds.agree(actor=sabine, tenant_id=house.north.id, service_keys=keys)


def first(house: House, item_id: UUID) -> dict[str, Any]:
    """What Anna entered, as a form takes it."""
    item = house.item(item_id)
    with in_scope(house.app, house.north):
        names = blind.compared(item)
    return {name: str(item.values[name]) for name in names if item.values.get(name)}


def address(house: House, item_id: UUID, deed: str = "") -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}" + (f"/{deed}" if deed else "")


def test_the_second_sees_nothing_and_cannot_approve_before(house: House, twice: UUID) -> None:
    ben, anna = house.visitor("ben"), house.visitor("anna")
    values = first(house, twice)
    assert f'value="{values["cost_centre"]}"' not in ben.page(address(house, twice))
    assert 'id="second"' in ben.page(address(house, twice))
    assert "without seeing these" in anna.page(address(house, twice))
    panel = ben.get(address(house, twice), headers={"HX-Request": "true"}).text
    assert f'{address(house, twice)}/approve"' not in panel
    with pytest.raises(Conflict, match="second time first"):
        house.act(handling.approve, actor=house.actor("ben"), item_id=twice)
    assert anna.post(address(house, twice, "second"), data=values).status_code == 403


def test_the_same_values_can_be_approved(house: House, twice: UUID) -> None:
    ben = house.visitor("ben")
    values = first(house, twice)
    assert ben.post(address(house, twice, "second"), data=values).status_code == 303
    page = ben.page(address(house, twice))
    assert "entered the same values" in page
    assert values["cost_centre"] in page
    assert ben.post(address(house, twice, "second"), data=values).status_code == 409
    ben.post(address(house, twice, "approve"))
    assert house.item(twice).status is WorkStatus.DELIVERED


def test_differences_are_for_the_lead(house: House, twice: UUID) -> None:
    ben, lena = house.visitor("ben"), house.visitor("lena")
    values = {**first(house, twice), "cost_centre": "9999"}
    assert ben.post(address(house, twice, "second"), data=values).status_code == 303
    assert "<td>9999</td>" not in ben.page(address(house, twice))
    assert "a team lead decides" in ben.page(address(house, twice))
    assert "<td>9999</td>" in lena.page(address(house, twice))
    with pytest.raises(Forbidden, match="team lead decides"):
        house.act(handling.approve, actor=house.actor("ben"), item_id=twice)
    lena.post(address(house, twice, "reject"), data={"reason": "Look at the cost centre."})
    assert house.item(twice).status is WorkStatus.IN_PROGRESS
    house.act(handling.hand_over, actor=house.actor("anna"), item_id=twice)
    assert "without seeing what the first" in ben.page(address(house, twice)), "it begins anew"


def test_what_cannot_be_read_comes_back(house: House, twice: UUID) -> None:
    ben = house.visitor("ben")
    faulty = {**first(house, twice), "issue_date": "the day before"}
    refused = ben.post(address(house, twice, "second"), data=faulty)
    assert refused.status_code == 422
    assert "the day before" in refused.text


def test_work_that_is_not_entered_twice_is_approved_as_ever(house: House) -> None:
    item_id = house.in_review()
    ben = house.visitor("ben")
    assert ben.post(address(house, item_id, "second"), data={}).status_code == 409
    ben.post(address(house, item_id, "approve"))
    assert house.item(item_id).status is WorkStatus.DELIVERED
