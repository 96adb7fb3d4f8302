"""Service credits: what a broken promise costs the provider. Pure: values in, values out.

The rule is deliberately plain, so that both sides can follow it with a pocket calculator:

- a *clause* names metrics and a percentage of the period's fee for each breach of one of them,
  perhaps from a number of minutes on (of the clock, after the due time): the steps of a ladder;
- a breach is one cycle of one clock of one piece of work; where several clauses name it, only the
  one that is best for the client counts, never two;
- the credits of a period together are at most `cap_percent` of its fee;
- excused and cancelled promises are not credited;
- each line is rounded to the currency's minor unit, half up, before it is added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from app.kernel.money import Money
from app.sla.rules import wire
from app.sla.rules.policy import Metric
from app.sla.rules.refusal import Refused

HUNDRED = Decimal(100)
LONGEST = 600_000
"""Minutes: more than a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """So many per cent of the period's fee for each breach of one of these metrics."""

    name: str
    metrics: frozenset[Metric]
    percent: Decimal
    from_minutes: int = 0
    """A step of a ladder: counts where the work was late by so many minutes of the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRule:
    """What was agreed on credits; `cap_percent` of the fee is the most a period can cost."""

    clauses: tuple[Clause, ...]
    cap_percent: Decimal


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """A promise that was not kept: one cycle (from 1) of one clock of one piece of work."""

    subject_id: UUID
    metric: Metric
    cycle: int
    minutes_late: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What one breach is credited with, and by which clause."""

    breach: Breach
    clause: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The credits of a period. `uncapped` is what the lines come to, `total` what is owed."""

    lines: tuple[CreditLine, ...]
    uncapped: Money
    total: Money

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.total.minor < self.uncapped.minor


def credit(rule: CreditRule, breaches: Iterable[Breach], *, fee: Money) -> Credit:
    """The credits of one period whose fee is `fee`; the same breach given twice counts once."""
    lines = tuple(
        CreditLine(breach=breach, clause=clause.name, amount=fee.times(clause.percent / HUNDRED))
        for breach in sorted(set(breaches))
        if (clause := _best(rule, breach.metric, late=breach.minutes_late)) is not None
    )
    uncapped = sum((line.amount for line in lines), Money(0, fee.currency))
    return Credit(lines=lines, uncapped=uncapped, total=capped(rule, uncapped, fee=fee))


def credit_of_counts(rule: CreditRule, breaches: Mapping[Metric, int], *, fee: Money) -> Money:
    """The same total from how many breaches each metric has: for many, without a list.

    Of a ladder only the first step counts: how late each was is not known here.
    """
    total = Money(0, fee.currency)
    for metric, count in breaches.items():
        clause = _best(rule, metric, late=0)
        if clause is not None:
            total += Money(fee.times(clause.percent / HUNDRED).minor * count, fee.currency)
    return capped(rule, total, fee=fee)


def capped(rule: CreditRule, amount: Money, *, fee: Money) -> Money:
    """Not more than the cap of a period with that fee."""
    most = fee.times(rule.cap_percent / HUNDRED)
    return amount if amount.minor <= most.minor else most


def adjustment(*, issued: Sequence[Money], corrected: Money) -> Money:
    """What the next invoice has to add (negative: take back) after a correction.

    `issued`: what was credited for the period until now, adjustments included. What was issued
    stays as it was issued.
    """
    already = sum(issued, Money(0, corrected.currency))
    return corrected + -already


def _best(rule: CreditRule, metric: Metric, *, late: int) -> Clause | None:
    """The clause that gives most; the first of equals."""
    fitting = [
        clause
        for clause in rule.clauses
        if metric in clause.metrics and late >= clause.from_minutes
    ]
    return max(fitting, key=lambda clause: clause.percent, default=None)


def credit_rule(value: Any) -> CreditRule:
    """`{"clauses": [{"name", "metrics": ["resolution"], "percent": "5"}], "cap_percent": "15"}`.

    Raises `Refused` naming the field.
    """
    table = wire.table(value, "credits")
    return CreditRule(
        clauses=tuple(
            _clause(part, number)
            for number, part in enumerate(wire.items(table.get("clauses"), "clauses"))
        ),
        cap_percent=_percent(table.get("cap_percent", "100"), "cap_percent"),
    )


def _clause(value: Any, number: int) -> Clause:
    place = f"clauses[{number}]"
    table = wire.table(value, place)
    return Clause(
        name=str(table.get("name", number + 1)),
        metrics=frozenset(
            wire.member(Metric, name, f"{place}.metrics")
            for name in wire.items(table.get("metrics"), f"{place}.metrics")
        ),
        percent=_percent(table.get("percent"), f"{place}.percent"),
        from_minutes=_minutes(table.get("from_minutes", 0), f"{place}.from_minutes"),
    )


def _minutes(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST:
        raise Refused(place, "is a number of minutes")
    return value


def _percent(value: Any, place: str) -> Decimal:
    try:
        share = Decimal(str(value))
    except InvalidOperation:
        raise Refused(place, "is not a number") from None
    if not share.is_finite() or not 0 <= share <= HUNDRED:
        raise Refused(place, "lies between 0 and 100")
    return share
