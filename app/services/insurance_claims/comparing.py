"""Lines of a bill beside the lines of an insurer's statement: what is missing, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

Cause = Literal[
    "none", "tariff", "deductible", "factor", "necessity", "exclusion", "ceiling", "double",
    "document", "unknown", "unanswered", "overpaid",
]  # fmt: skip
Decision = Literal["open", "accept", "object", "supply"]

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
WORDS: Final[Mapping[Cause, tuple[str, ...]]] = {
    "document": (
        "unterlage", "nachweis", "befund", "rezept fehlt", "verordnung fehlt", "beleg fehlt",
        "document", "missing", "original",
    ),
    "double": ("bereits erstattet", "doppelt", "schon eingereicht", "duplicate", "already"),
    "deductible": ("selbstbehalt", "selbstbeteiligung", "eigenanteil", "zuzahlung", "deductible"),
    "factor": ("steigerungs", "faktor", "schwellenwert", "regelsatz", "begründung", "factor"),
    "exclusion": (
        "nicht neben", "neben", "ausschluss", "nicht berechnungsfähig", "ziffer", "excluded",
    ),
    "necessity": ("medizinisch", "notwendig", "necess"),
    "ceiling": ("höchst", "begrenz", "maximal", "pauschal", "limit", "maximum"),
    "tariff": ("tarif", "erstattungssatz", "prozent", "versicherungsschutz", "tariff", "cover"),
}  # fmt: skip
FIRST_THOUGHT: Final[Mapping[Cause, Decision]] = {
    "none": "accept", "overpaid": "accept", "tariff": "accept", "deductible": "accept",
    "document": "supply", "double": "open", "ceiling": "open", "unknown": "object",
    "unanswered": "object", "factor": "object", "necessity": "object", "exclusion": "open",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A line of the bill."""

    place: str
    day: date | None
    number: str
    service: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A line of the insurer's statement; `amount` is what was claimed, where it says so."""

    place: str
    day: date | None
    number: str
    amount: Decimal | None
    paid: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A line with what was paid for it and what the tariff would give."""

    billed: Billed
    paid: Decimal
    expected: Decimal
    reason: str
    cause: Cause

    @property
    def missing(self) -> Decimal:
        """What the tariff would give and was not paid."""
        return max(self.expected - self.paid, ZERO)

    @property
    def decision(self) -> Decision:
        """What is proposed to the clerk."""
        return FIRST_THOUGHT[self.cause] if self.missing else "accept"


Key = Callable[[Billed | Paid], tuple[object, ...]]
_KEYS: Final[tuple[Key, ...]] = (
    lambda one: (one.day, one.number, one.amount),
    lambda one: (one.day, one.number),
    lambda one: (one.number, one.amount),
    lambda one: (one.day, one.amount),
)


def paired(
    bill: Sequence[Billed], statement: Sequence[Paid]
) -> tuple[list[tuple[Billed, Paid | None]], list[Paid]]:
    """Each line of the bill with its line of the statement, and what is left of the statement.

    The surest likeness goes first: day, number and amount; then two of the three. A line without
    day or number is alike by none of them.
    """
    found: dict[int, Paid] = {}
    left = list(statement)
    for key in _KEYS:
        for place, one in enumerate(bill):
            if place in found or not _whole(key(one)):
                continue
            match = next((other for other in left if key(other) == key(one)), None)
            if match is not None:
                found[place] = match
                left.remove(match)
    return [(one, found.get(place)) for place, one in enumerate(bill)], left


def _whole(key: tuple[object, ...]) -> bool:
    return all(part not in (None, "") for part in key)


def compared(
    bill: Sequence[Billed],
    statement: Sequence[Paid],
    *,
    percent: Decimal,
    deductible: Decimal,
) -> tuple[list[Compared], list[Paid]]:
    """What the tariff gives for each line (the deductible is used up from the first line on), what
    was paid, and the cause of the difference; and the statement's lines that no line of the bill
    is like. `percent` of 0 to 100.
    """
    pairs, left = paired(bill, statement)
    lines, rest = [], deductible
    for one, answer in pairs:
        own = min(rest, one.amount)
        rest -= own
        covered = (one.amount - own) * percent / 100
        expected = covered.quantize(CENT, ROUND_HALF_UP)
        paid = answer.paid if answer else ZERO
        reason = answer.reason if answer else ""
        lines.append(
            Compared(
                billed=one,
                paid=paid,
                expected=expected,
                reason=reason,
                cause=_cause(one, answer, expected=expected, own=own),
            )
        )
    return lines, left


def _cause(one: Billed, answer: Paid | None, *, expected: Decimal, own: Decimal) -> Cause:
    if answer is None:
        return "unanswered"
    if answer.paid > one.amount:
        return "overpaid"
    if answer.paid == one.amount:
        return "none"
    if answer.paid == expected:
        return "deductible" if own else "tariff"
    return cause_of(answer.reason)


def cause_of(reason: str) -> Cause:
    """What kind of reason the insurer gives, by its words; the first kind that fits."""
    plain = reason.casefold()
    for cause, words in WORDS.items():
        if any(word in plain for word in words):
            return cause
    return "unknown"
