"""Drawn at delivery, scored by a second person, put right without a bill."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.quality import actions, queries
from app.quality.models import QualitySample
from app.quality.rules import ErrorClass, Plan, Reason
from app.quality.subscribers import draw_a_sample
from app.work.actions import closing, handling
from app.work.events import WorkDelivered
from app.work.queries import checklist
from app.work.rules import WorkStatus
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


def delivered(house: House, *, by: str = "anna", draw: int = 1) -> UUID:
    """An item with its result, and the fact told so often."""
    item_id = house.request("Sampled")
    actor = house.actor(by)
    house.act(handling.take, actor=actor, item_id=item_id)
    with in_scope(house.app, house.north):
        keys = [entry.key for entry in checklist(item_id)]
    for key in keys:
        house.act(handling.tick, actor=actor, item_id=item_id, key=key, done=True)
    house.act(handling.correct, actor=actor, item_id=item_id, values={"result": "Done"})
    house.act(handling.hand_over, actor=actor, item_id=item_id)
    for _ in range(draw):
        house.act(
            draw_a_sample, event=WorkDelivered(item_id=item_id, number="N", requester_id=None)
        )
    return item_id


def sample_of(house: House, item_id: UUID) -> QualitySample | None:
    with house.app.app_context():
        every = [
            *queries.samples(scored=False, clients=None),
            *queries.samples(scored=True, clients=None),
        ]
        return next((one for one in every if one.item_id == item_id), None)


def plan(house: House, wanted: Plan) -> None:
    with house.app.app_context(), transaction():
        actions.look_closer(actor=house.actor("sabine"), tenant_id=house.north.id, wanted=wanted)


def test_drawn_once_by_the_clients_plan(house: House) -> None:
    plan(house, Plan(random_percent=0, new_operator_items=0))
    assert sample_of(house, delivered(house)) is None
    plan(house, Plan(every=True, random_percent=0, new_operator_items=0))
    found = sample_of(house, delivered(house, draw=3))
    assert found is not None
    assert (found.reason, found.operator_name) == (Reason.CLIENT, "Anna Krüger")


def test_nobody_scores_their_own_work_and_nothing_is_scored_twice(house: House) -> None:
    plan(house, Plan(every=True))
    own, other = delivered(house, by="lena"), delivered(house, by="anna")
    lena = house.actor("lena")
    for item_id, refusal in ((own, Forbidden), (other, None)):
        found = sample_of(house, item_id)
        assert found is not None
        with house.app.app_context(), transaction():
            if refusal:
                with pytest.raises(refusal):
                    actions.score(actor=lena, sample_id=found.id, errors={})
                continue
            with pytest.raises(Invalid):
                actions.score(actor=lena, sample_id=found.id, errors={ErrorClass.MINOR: 1})
            done = actions.score(
                actor=lena, sample_id=found.id, errors={ErrorClass.MAJOR: 1}, remark="Sum"
            )
            assert done.points == 75
        with house.app.app_context(), transaction(), pytest.raises(Conflict):
            actions.score(actor=lena, sample_id=found.id, errors={})


def test_accuracy_of_operator_service_and_client(house: House) -> None:
    plan(house, Plan(every=True))
    for errors in ({}, {ErrorClass.CRITICAL: 1}):
        found = sample_of(house, delivered(house, by="ben"))
        assert found is not None
        with house.app.app_context(), transaction():
            actions.score(actor=house.actor("lena"), sample_id=found.id, errors=errors, remark="x")
    mine = frozenset({house.north.id})
    since = now() - timedelta(hours=1)
    with house.app.app_context():
        operators = {one.key: one for one in queries.by_operator(since=since, clients=mine)}
        ben = operators[house.ids["ben"]]
        assert (ben.scored, ben.right, ben.share, ben.average) == (2, 1, 0.5, 50.0)
        assert [one.key for one in queries.by_client(since=since, clients=mine)] == [house.north.id]
        assert {one.key for one in queries.by_service(since=since, clients=mine)} == {
            "general_request"
        }


@pytest.mark.parametrize("accepted", [False, True])
def test_rework_is_linked_and_not_billed(house: House, *, accepted: bool) -> None:
    plan(house, Plan(every=True))
    item_id = delivered(house)
    if accepted:
        house.act(closing.accept, actor=SYSTEM, item_id=item_id)
    found = sample_of(house, item_id)
    assert found is not None
    lena = house.visitor("lena")
    assert lena.post(f"/desk/quality/{found.id}/rework").status_code == 409
    sent = {"major": "2", "remark": "Wrong sum"}
    assert lena.post(f"/desk/quality/{found.id}/score", data=sent).status_code == 303
    assert "Wrong sum" in lena.page(f"/desk/quality/{found.id}")
    assert lena.post(f"/desk/quality/{found.id}/rework").status_code == 303
    after = sample_of(house, item_id)
    assert after is not None
    assert after.rework_id is not None
    again = house.item(after.rework_id)
    if accepted:
        assert (again.rework_of_id, again.billable, again.status) == (
            item_id,
            False,
            WorkStatus.NEW,
        )
    else:
        assert (again.id, again.status) == (item_id, WorkStatus.IN_PROGRESS)
    assert lena.post(f"/desk/quality/{found.id}/rework").status_code == 409
    page = lena.page("/desk/quality")
    assert found.item_number in page
    assert house.visitor("anna").get("/desk/quality").status_code == 403
