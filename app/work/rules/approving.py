"""Who of the client has to approve a result: by service and amount, by two, by substitutes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLine:
    """From this amount on (minor units), so many of these people approve."""

    key: UUID
    service_key: str
    """Empty: every service."""
    from_minor: int
    needed: int
    approvers: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One person stands in for another, from the first to the last day."""

    absent: UUID
    substitute: UUID
    first: date
    last: date

    def counts(self, on: date) -> bool:
        """Whether it does on that day."""
        return self.first <= on <= self.last


def line_for(
    lines: Iterable[MatrixLine], *, service_key: str, amount_minor: int | None
) -> MatrixLine | None:
    """The line that decides: a service's own before one for all, then the highest amount reached.

    Work without an amount counts as an amount of zero.
    """
    amount = amount_minor or 0
    fitting = [
        line
        for line in lines
        if line.service_key in ("", service_key) and line.from_minor <= amount
    ]
    return max(
        fitting, key=lambda line: (bool(line.service_key), line.from_minor, line.key), default=None
    )


def for_whom(
    person: UUID,
    line: MatrixLine,
    *,
    stands: Sequence[Stand],
    given: Mapping[UUID, UUID],
    on: date,
) -> UUID | None:
    """For which approver of the line this person may approve now: for oneself, or for somebody
    absent. None where not at all.

    `given`: who has approved → for whom. Nobody approves twice, and nobody's voice counts twice:
    two of n are two people.
    """
    if person in given:
        return None
    voices = set(given.values())
    if person in line.approvers and person not in voices:
        return person
    absent = [
        stand.absent
        for stand in stands
        if stand.substitute == person and stand.counts(on) and stand.absent in line.approvers
    ]
    return next((one for one in sorted(absent) if one not in voices), None)


def may_ever(person: UUID, line: MatrixLine, *, stands: Sequence[Stand], on: date) -> bool:
    """Whether the person is asked at all, as things stand today."""
    return for_whom(person, line, stands=stands, given={}, on=on) is not None


def is_complete(line: MatrixLine, given: Collection[UUID]) -> bool:
    """Enough people have approved."""
    return len(set(given)) >= line.needed
