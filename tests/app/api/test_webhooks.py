"""Webhooks for machines: endpoints, messages and sending again, with a scope of their own."""

from uuid import UUID, uuid4

import pytest

from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.webhooks import actions, queries, sending
from app.webhooks.rules import DeliveryState, EventType, Why
from tests.factories.machines import Machine, Workshop


@pytest.fixture
def keeper(joiner: Workshop) -> Machine:
    return joiner.machine("webhook:manage")


def endpoint(joiner: Workshop, *, messages: int = 3) -> tuple[UUID, list[UUID]]:
    """An endpoint and the ids of so many messages that have failed, the newest first."""

    def made() -> tuple[UUID, list[UUID]]:
        one, _secret = actions.add(
            actor=SYSTEM, url="https://erp.example.com/in", event_types=["work.opened"],
            ordered=False,
        )  # fmt: skip
        for number in range(messages):
            written = sending.write_to(
                one, kind=EventType.OPENED, event_id=UUID(int=number + 1), at=now(),
                data={"number": f"JOIN-{number}"},
            )  # fmt: skip
            assert written is not None
            written.state, written.why, written.status = DeliveryState.FAILED, Why.STATUS, 500
            written.finished_at, written.answer = now(), "out of order"
        return one.id, [row.id for row in queries.deliveries(one.id)]

    found: tuple[UUID, list[UUID]] = joiner.act(made)
    return found


def test_endpoints_and_their_messages_page_by_page(joiner: Workshop, keeper: Machine) -> None:
    endpoint_id, messages = endpoint(joiner)
    listed = {one["id"]: one for one in keeper.get("/webhooks").json["items"]}
    assert listed[str(endpoint_id)]["url"] == "https://erp.example.com/in"
    assert "nonce" not in listed[str(endpoint_id)]
    place = f"/webhooks/{endpoint_id}/deliveries"
    first = keeper.get(place, query_string={"limit": 2, "state": "failed"}).json
    rest = keeper.get(place, query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [one["id"] for one in first["items"] + rest["items"]] == [str(one) for one in messages]
    assert rest["next_cursor"] is None
    assert keeper.get(place, query_string={"state": "delivered"}).json["items"] == []
    one = keeper.get(f"/webhooks/deliveries/{messages[0]}").json
    assert (one["status"], one["why"], one["answer"]) == (500, "status", "out of order")
    assert one["payload"]["data"] == {"number": "JOIN-2"}


def test_a_message_is_sent_again_and_a_disabled_endpoint_refuses(
    joiner: Workshop, keeper: Machine
) -> None:
    endpoint_id, messages = endpoint(joiner)
    answer = keeper.post(f"/webhooks/deliveries/{messages[0]}/replay")
    assert (answer.status_code, answer.json["state"]) == (200, "waiting")
    joiner.act(actions.switch, actor=SYSTEM, endpoint_id=endpoint_id, on=False)
    assert keeper.post(f"/webhooks/deliveries/{messages[1]}/replay").status_code == 409
    assert keeper.post(f"/webhooks/deliveries/{uuid4()}/replay").status_code == 404


def test_another_scope_and_another_client_see_nothing(
    joiner: Workshop, machine: Machine, neighbour: Workshop
) -> None:
    endpoint_id, messages = endpoint(joiner)
    stranger = neighbour.machine("webhook:manage")
    for path in (f"/webhooks/{endpoint_id}/deliveries", f"/webhooks/deliveries/{messages[0]}"):
        assert machine.get(path).status_code == 403
        assert stranger.get(path).status_code == 404
    assert machine.get("/webhooks").status_code == 403
    replay = f"/webhooks/deliveries/{messages[0]}/replay"
    assert (machine.post(replay).status_code, stranger.post(replay).status_code) == (403, 404)
