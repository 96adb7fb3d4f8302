"""An item's promise corrected at the desk: by leads, with a reason, the original shown."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.kernel.clock import now
from app.sla import queries as clocks
from app.work.actions import handling
from app.work.actions import orders as ordering
from app.work.actions.orders import Order
from app.work.models import WorkIndex
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House

BERLIN = ZoneInfo("Europe/Berlin")


def address(house: House, item_id: UUID) -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}/correct"


def typed(moment: datetime) -> str:
    return moment.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")


def late(house: House) -> UUID:
    """Received three weeks ago and not touched since."""
    order = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Late", "description": "Three weeks ago."},
        received_at=now() - timedelta(days=21),
    )
    with in_scope(house.app, house.north), transaction():
        (item,) = ordering.open_items(actor=house.actor("lena"), order=order)
        return item.id


def row(house: House, item_id: UUID) -> Any:
    with house.app.app_context():
        return db.session.get(WorkIndex, (house.north.id, item_id))


def test_a_due_time_by_hand_keeps_the_original_in_sight(house: House) -> None:
    """Case 67."""
    item_id = house.request("By hand")
    lena, due = house.visitor("lena"), (now() + timedelta(days=30)).replace(second=0)
    before = house.item(item_id).due_at
    sent = {"due_at": typed(due), "reason": "Agreed with Mr. Sommer"}
    answer = lena.post(f"{address(house, item_id)}/due", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    after = house.item(item_id).due_at
    assert after == due.replace(microsecond=0)
    assert row(house, item_id).due_at == after
    page = lena.page(address(house, item_id))
    for text in ("Agreed with Mr. Sommer", "Due time set by hand", "Lena Voss"):
        assert text in page
    assert before.astimezone(BERLIN).strftime("%H:%M") in page
    assert "Agreed with Mr. Sommer" in lena.page(f"/desk/c/{house.north.slug}/items/{item_id}")


def test_a_breach_is_excused_and_never_erased(house: House) -> None:
    item_id = late(house)
    lena = house.visitor("lena")
    page = lena.page(address(house, item_id))
    assert "Excuse the breach" in page
    sent = {"metric": "resolution", "reason": "Their system was down"}
    answer = lena.post(f"{address(house, item_id)}/excuse", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    page = lena.page(address(house, item_id))
    assert "Breach excused" in page
    assert "Their system was down" in page
    with in_scope(house.app, house.north):
        clock = clocks.clock_of(item_id)
    assert clock is not None
    assert clock.state.cycles[-1].excused
    again = lena.post(f"{address(house, item_id)}/excuse", data=sent)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "no breach to excuse" in again.text


def test_a_pause_noted_afterwards_moves_the_due_time(house: House) -> None:
    """Case 39."""
    item_id = late(house)
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    before = house.item(item_id).due_at
    sent = {
        "cause": "client",
        "since": typed(now() - timedelta(days=20)),
        "until": typed(now() - timedelta(days=1)),
        "reason": "They were on holiday",
    }
    lena = house.visitor("lena")
    answer = lena.post(f"{address(house, item_id)}/pause", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    assert house.item(item_id).due_at > before
    assert "Pause noted afterwards" in lena.page(address(house, item_id))


@pytest.mark.parametrize(
    ("deed", "sent", "place"),
    [
        ("due", {"due_at": "soon", "reason": "x"}, "due_at"),
        ("due", {"due_at": "2000-01-01T10:00", "reason": "x"}, "due_at"),
        ("due", {"due_at": "2099-01-01T10:00"}, "reason"),
        ("pause", {"cause": "weather", "since": "2026-01-01T10:00", "reason": "x"}, "cause"),
        ("pause", {"cause": "client", "since": "", "reason": "x"}, "since"),
        ("pause", {"cause": "client", "since": "2099-01-01T10:00", "reason": "x"}, "since"),
        (
            "pause",
            {
                "cause": "client",
                "since": "2026-01-02T10:00",
                "until": "2026-01-01T10:00",
                "reason": "x",
            },
            "until",
        ),
        ("excuse", {"metric": "luck", "reason": "x"}, "metric"),
        ("excuse", {"metric": "resolution"}, "reason"),
    ],
)
def test_what_cannot_be_taken_comes_back(
    house: House, deed: str, sent: dict[str, str], place: str
) -> None:
    item_id = house.request("Refused")
    before = house.item(item_id).due_at
    answer = house.visitor("lena").post(f"{address(house, item_id)}/{deed}", data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
    assert f'href="#{place}"' in answer.text
    assert house.item(item_id).due_at == before


@pytest.mark.parametrize("who", ["anna", "paul"])
def test_only_leads_correct(house: House, who: str) -> None:
    item_id = house.request("Not for everybody")
    visitor = house.visitor(who)
    assert visitor.get(address(house, item_id)).status_code == HTTPStatus.FORBIDDEN
    for deed in ("due", "excuse", "pause"):
        answer = visitor.post(f"{address(house, item_id)}/{deed}", data={"reason": "x"})
        assert answer.status_code == HTTPStatus.FORBIDDEN
    item = f"/desk/c/{house.north.slug}/items/{item_id}"
    assert "/correct#due" not in visitor.page(item)
    assert "/correct#due" in house.visitor("lena").page(item)


def test_another_clients_item_is_unknown(house: House) -> None:
    item_id = house.request("Elsewhere", client=house.south)
    lena = house.visitor("lena")
    assert lena.get(address(house, item_id)).status_code == HTTPStatus.NOT_FOUND
    answer = lena.post(
        f"{address(house, item_id)}/due", data={"due_at": "2099-01-01T10:00", "reason": "x"}
    )
    assert answer.status_code == HTTPStatus.NOT_FOUND
