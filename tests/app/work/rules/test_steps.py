"""Steps: mandatory values, order, conditions, skills, a second pair of eyes, time."""

from typing import Any
from uuid import UUID

import pytest

from app.work.rules.steps import Obstacle, Step, applies, budget, obstacle, open_steps

ANN, BEN = UUID(int=1), UUID(int=2)
READ = Step(key="read", minutes=2, is_done=True, done_by=ANN)
ALONE = Step(key="alone", minutes=5)
ABROAD = Step(key="abroad", when=("country", "AT"), minutes=10)
BOOKED = Step(key="booked", after=("read", "alone", "abroad"), fields=("account",))
PAID = Step(key="paid", skill="payments", mandatory=False)
SEEN = Step(key="seen", four_eyes=True)
STEPS = [READ, ALONE, ABROAD, BOOKED, PAID, SEEN]


def held_up(
    step: Step,
    *,
    steps: list[Step] | None = None,
    values: dict[str, Any] | None = None,
    person: UUID = ANN,
    skills: tuple[str, ...] = (),
) -> Obstacle | None:
    return obstacle(step, steps or STEPS, values=values or {}, person=person, skills=skills)


def test_steps_without_an_order_can_be_done_side_by_side() -> None:
    assert held_up(ALONE) is None
    assert held_up(BOOKED) is Obstacle.AFTER


def test_a_step_that_does_not_apply_holds_nothing_up() -> None:
    done = [READ, Step(key="alone", is_done=True, done_by=ANN), ABROAD, BOOKED]
    assert held_up(ABROAD) is Obstacle.NOT_NEEDED
    assert held_up(BOOKED, steps=done, values={"account": "4100"}) is None
    abroad = {"account": "4100", "country": "AT"}
    assert applies(ABROAD, abroad)
    assert held_up(BOOKED, steps=done, values=abroad) is Obstacle.AFTER


@pytest.mark.parametrize("empty", [None, "", [], False])
def test_mandatory_values_have_to_be_there(empty: object) -> None:
    done = [READ, BOOKED]
    assert held_up(BOOKED, steps=done, values={"account": empty}) is Obstacle.FIELDS
    assert held_up(BOOKED, steps=done, values={"account": 0}) is None


def test_a_skill_is_needed_by_whoever_ticks() -> None:
    assert held_up(PAID) is Obstacle.SKILL
    assert held_up(PAID, skills=("payments",)) is None


def test_a_second_person_has_ticked_nothing_else() -> None:
    assert held_up(SEEN) is Obstacle.FOUR_EYES
    assert held_up(SEEN, person=BEN) is None
    assert obstacle(SEEN, STEPS, values={}, person=None, skills=()) is Obstacle.FOUR_EYES


def test_what_is_open_depends_on_the_values() -> None:
    assert [one.key for one in open_steps(STEPS, {})] == ["alone", "booked", "seen"]
    abroad = [one.key for one in open_steps(STEPS, {"country": "AT"})]
    assert abroad == ["alone", "abroad", "booked", "seen"]


def test_the_budget_counts_what_applies() -> None:
    assert budget(STEPS, {}) == (2, 7)
    assert budget(STEPS, {"country": "AT"}) == (2, 17)
