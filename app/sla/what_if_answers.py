"""Add up a what-if: figures, credits and the differences that matter most, in bounded memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappush, heappushpop
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel.money import Money
from app.sla.credits import CreditRule, credit_of_counts
from app.sla.reports import Ending
from app.sla.rules.policy import Metric
from app.sla.what_if import Replayed, Verdict

SHOWN = 200
"""Differences that are kept for the page: changed endings first, then the furthest moved."""
_COSTS = frozenset({Ending.BREACHED, Ending.OPEN_BREACHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What credits are taken of: the fee of each month, and the rule."""

    rule: CreditRule
    monthly: Money


@dataclass(slots=True, kw_only=True)
class Side:
    """One side of the comparison."""

    endings: Counter[tuple[Metric, Ending]] = field(default_factory=Counter)
    breaches: dict[str, Counter[Metric]] = field(default_factory=dict)
    """Per month (`2026-10`), in the zone of the contract."""

    def add(self, metric: Metric, verdict: Verdict | None, *, zone: ZoneInfo) -> None:
        """Count one clock."""
        for ending, at in verdict.endings if verdict else ():
            if ending is not None:
                self.endings[metric, ending] += 1
            if ending in _COSTS:
                month = f"{at.astimezone(zone):%Y-%m}"
                self.breaches.setdefault(month, Counter())[metric] += 1

    def credit(self, fees: Fees) -> dict[str, Money]:
        """What each month would have been credited."""
        return {
            month: credit_of_counts(fees.rule, found, fee=fees.monthly)
            for month, found in sorted(self.breaches.items())
        }


class Tally:
    """Takes clocks one by one; knows the answer at any time."""

    def __init__(self, *, zone: str, shown: int = SHOWN) -> None:
        self._zone = ZoneInfo(zone)
        self._shown = shown
        self._heap: list[tuple[tuple[bool, int], int, Replayed]] = []
        self._numbers = count()
        self._last: object = None
        self.before, self.after = Side(), Side()
        self.subjects = self.clocks = self.changed = self.moved = 0

    def add(self, one: Replayed) -> None:
        """Count one clock under both terms."""
        self.subjects += one.subject_id != self._last
        self._last = one.subject_id
        self.clocks += 1
        self.before.add(one.metric, one.before, zone=self._zone)
        self.after.add(one.metric, one.after, zone=self._zone)
        self.changed += one.is_changed
        self.moved += bool(one.shift_seconds)
        if one.is_changed or one.shift_seconds:
            self._keep(one)

    def _keep(self, one: Replayed) -> None:
        weight = (one.is_changed, abs(one.shift_seconds or 0))
        entry = (weight, -next(self._numbers), one)
        if len(self._heap) < self._shown:
            heappush(self._heap, entry)
        else:
            heappushpop(self._heap, entry)

    def answer(self, fees: Fees | None = None) -> dict[str, Any]:
        """Everything but the differences, as JSON values."""
        return {
            "subjects": self.subjects,
            "clocks": self.clocks,
            "changed": self.changed,
            "moved": self.moved,
            "before": _figures(self.before),
            "after": _figures(self.after),
            "credits": None if fees is None else _credits(self.before, self.after, fees),
        }

    def differences(self) -> list[dict[str, Any]]:
        """The kept ones as JSON values, what matters most first."""
        kept = sorted(self._heap, key=lambda entry: entry[:2], reverse=True)
        return [difference(one) for _, _, one in kept]


def _figures(side: Side) -> dict[str, dict[str, int]]:
    metrics = sorted({metric for metric, _ in side.endings})
    return {
        metric.value: {ending.value: side.endings[metric, ending] for ending in Ending}
        for metric in metrics
    }


def _credits(before: Side, after: Side, fees: Fees) -> dict[str, Any]:
    then, drafted = before.credit(fees), after.credit(fees)
    nothing = Money(0, fees.monthly.currency)
    return {
        "currency": fees.monthly.currency,
        "months": [
            {
                "month": month,
                "before": str(then.get(month, nothing).major),
                "after": str(drafted.get(month, nothing).major),
            }
            for month in sorted({*then, *drafted})
        ],
        "before": str(_sum(then.values(), nothing).major),
        "after": str(_sum(drafted.values(), nothing).major),
    }


def _sum(amounts: Iterable[Money], nothing: Money) -> Money:
    return sum(amounts, nothing)


def difference(one: Replayed) -> dict[str, Any]:
    """One clock under both terms, as JSON values."""
    return {
        "subject_id": str(one.subject_id),
        "metric": one.metric.value,
        "before": _verdict(one.before),
        "after": _verdict(one.after),
        "shift_seconds": one.shift_seconds,
    }


def _verdict(verdict: Verdict | None) -> Mapping[str, Any] | None:
    if verdict is None:
        return None
    return {
        "state": verdict.state.value,
        "due_at": _utc(verdict.due_at),
        "endings": [None if ending is None else ending.value for ending in verdict.outcome],
    }


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
