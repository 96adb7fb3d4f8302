"""Service credits: cases 85 and 86 of SLA.md, on values alone."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import Money
from app.sla.credits import (
    Breach,
    Clause,
    CreditRule,
    adjustment,
    credit,
    credit_of_counts,
    credit_rule,
)
from app.sla.rules.policy import Metric
from app.sla.rules.refusal import Refused

FEE = Money(120_000, "EUR")
RULE = credit_rule(
    {
        "clauses": [
            {"name": "any", "metrics": ["first_response", "resolution"], "percent": "2"},
            {"name": "delivery", "metrics": ["resolution"], "percent": "5"},
        ],
        "cap_percent": "15",
    }
)


def breach(number: int, metric: Metric = Metric.RESOLUTION, cycle: int = 1) -> Breach:
    return Breach(UUID(int=number), metric, cycle)


def test_case_86_one_breach_is_never_credited_twice_across_two_clauses() -> None:
    found = credit(RULE, [breach(1), breach(1), breach(2, Metric.FIRST_RESPONSE)], fee=FEE)
    assert [(line.clause, line.amount.minor) for line in found.lines] == [
        ("delivery", 6_000),
        ("any", 2_400),
    ]
    assert found.total == Money(8_400, "EUR")
    assert not found.is_capped


def test_case_86_credits_are_capped_per_period() -> None:
    found = credit(RULE, [breach(number) for number in range(1, 6)], fee=FEE)
    assert (found.uncapped.minor, found.total.minor) == (30_000, 18_000)
    assert found.is_capped
    nothing = credit(RULE, [breach(1)], fee=Money(0, "EUR"))
    assert nothing.total == Money(0, "EUR")


def test_the_steps_of_a_ladder_count_by_lateness_and_each_breach_has_one() -> None:
    steps = [
        {"name": "late", "metrics": ["resolution"], "percent": "2"},
        {"name": "later", "metrics": ["resolution"], "percent": "5", "from_minutes": 240},
    ]
    ladder = credit_rule({"clauses": steps, "cap_percent": "50"})
    late = [replace(breach(number), minutes_late=m) for number, m in enumerate((1, 239, 240), 1)]
    found = credit(ladder, late, fee=FEE)
    assert [line.clause for line in found.lines] == ["late", "late", "later"]
    assert found.total == Money(2 * 2_400 + 6_000, "EUR")
    assert credit(ladder, [late[2], breach(3)], fee=FEE).total == Money(6_000, "EUR"), "one breach"


def test_two_cycles_of_one_clock_are_two_breaches() -> None:
    found = credit(RULE, [breach(1, cycle=1), breach(1, cycle=2)], fee=FEE)
    assert found.total == Money(12_000, "EUR")


def test_a_metric_without_a_clause_costs_nothing() -> None:
    assert credit(RULE, [breach(1, Metric.NEXT_RESPONSE)], fee=FEE).lines == ()


def test_case_85_a_later_correction_is_an_adjustment_and_leaves_what_was_issued() -> None:
    issued = credit(RULE, [breach(1), breach(2)], fee=FEE).total
    corrected = credit(RULE, [breach(1)], fee=FEE).total
    first = adjustment(issued=[issued], corrected=corrected)
    assert first == Money(-6_000, "EUR")
    assert issued == Money(12_000, "EUR")
    assert adjustment(issued=[issued, first], corrected=corrected) == Money(0, "EUR")


def test_each_line_is_rounded_half_up_by_itself() -> None:
    rule = CreditRule(
        clauses=(Clause(name="x", metrics=frozenset({Metric.RESOLUTION}), percent=Decimal("0.5")),),
        cap_percent=Decimal(100),
    )
    found = credit(rule, [breach(1), breach(2)], fee=Money(333, "EUR"))
    assert [line.amount.minor for line in found.lines] == [2, 2]


@given(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from(list(Metric)))), st.integers(0, 10**7)
)
def test_counted_and_listed_credits_agree(found: list[tuple[int, Metric]], fee: int) -> None:
    breaches = {breach(number, metric) for number, metric in found}
    counts = {metric: sum(one.metric is metric for one in breaches) for metric in Metric}
    money = Money(fee, "EUR")
    assert credit(RULE, breaches, fee=money).total == credit_of_counts(RULE, counts, fee=money)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"clauses": 5}, "clauses"),
        ({"clauses": [{"metrics": ["speed"], "percent": "5"}]}, "clauses[0].metrics"),
        ({"clauses": [{"metrics": ["resolution"], "percent": "NaN"}]}, "clauses[0].percent"),
        ({"clauses": [], "cap_percent": "101"}, "cap_percent"),
        (
            {"clauses": [{"metrics": ["resolution"], "percent": "5", "from_minutes": -1}]},
            "clauses[0].from_minutes",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(value: object, field: str) -> None:
    with pytest.raises(Refused) as refused:
        credit_rule(value)
    assert refused.value.field == field
