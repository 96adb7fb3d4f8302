"""What is drawn and what errors weigh."""

from decimal import Decimal
from uuid import UUID

import pytest

from app.quality.rules import ErrorClass, Plan, Reason, drawn, points

ITEM = UUID(int=1)
SILENT = Plan(random_percent=0, new_operator_items=0)


@pytest.mark.parametrize(
    ("plan", "amount", "before", "reason"),
    [
        (SILENT, None, 0, None),
        (SILENT, Decimal(9999), 0, None),
        (SILENT, Decimal(10_000), 0, Reason.AMOUNT),
        (SILENT, Decimal(-10_000), 0, Reason.AMOUNT),
        (Plan(random_percent=0), None, 9, Reason.NEW_OPERATOR),
        (Plan(random_percent=0), None, 10, None),
        (Plan(every=True, random_percent=0), None, 10, Reason.CLIENT),
        (Plan(random_percent=100), None, 10, Reason.RANDOM),
    ],
)
def test_risk_comes_before_chance(
    plan: Plan, amount: Decimal | None, before: int, reason: Reason | None
) -> None:
    assert drawn(plan, item_id=ITEM, amount=amount, delivered_before=before) is reason


def test_chance_is_fair_and_repeatable() -> None:
    plan = Plan(random_percent=20, new_operator_items=0)

    def one(number: int) -> bool:
        return drawn(plan, item_id=UUID(int=number), amount=None, delivered_before=0) is not None

    hits = [one(number) for number in range(5000)]
    assert 0.17 < sum(hits) / 5000 < 0.23
    assert hits == [one(number) for number in range(5000)]


@pytest.mark.parametrize(
    ("errors", "left"),
    [
        ({}, 100),
        ({ErrorClass.MINOR: 3}, 85),
        ({ErrorClass.MAJOR: 1, ErrorClass.MINOR: 1}, 70),
        ({ErrorClass.CRITICAL: 1}, 0),
        ({ErrorClass.MAJOR: 9}, 0),
    ],
)
def test_errors_weigh(errors: dict[ErrorClass, int], left: int) -> None:
    assert points(errors) == left
