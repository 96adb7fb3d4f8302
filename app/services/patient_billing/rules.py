"""What a bill under the GOÄ must keep to: numbers, factors, reasons, what excludes what, sums."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any, Final

from app.catalogue.steps import Severity
from app.services.patient_billing.findings import finding
from app.services.patient_billing.schedule import (
    CEILING_NUMBER,
    FIRST_DAY,
    UNDER_CEILING,
    NoSchedule,
    Position,
    is_in,
    may_stand_together,
    plain,
    position,
)

Finding = dict[str, Any]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CASE_DAYS: Final = 31
"""A case of treatment is a month from the first visit (general provisions of section B, 1)."""
ONCE_A_DAY: Final = "1 3 5 6 7 8"
BESIDE_THREE: Final = frozenset({"5", "6", "7", "8", "800", "801"})
SECTIONS_C_TO_O: Final = "200-5855"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the bill. Factor and count as somebody wrote them; amount where it was named."""

    place: str
    day: date
    number: str
    factor: Decimal
    count: int = 1
    reason: str = ""
    time: str = ""
    amount: Decimal | None = None

    @property
    def listed(self) -> Position | None:
        """The number in the schedule of the day; None where it is in none."""
        try:
            return position(self.number, on=self.day)
        except NoSchedule:
            return None

    @property
    def is_by_hand(self) -> bool:
        """A laboratory number under a ceiling that the schedule at hand does not hold."""
        return ".H" in self.number.upper() and self.listed is None

    @property
    def due(self) -> Decimal:
        """What the schedule gives for it; what was entered for a number by hand; else zero."""
        listed = self.listed
        if listed is not None:
            return listed.fee(self.factor) * self.count
        entered = self.amount if self.is_by_hand else None
        return entered or Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is checked."""

    lines: tuple[Line, ...]
    total: Decimal | None = None
    """As the bill itself says; None where it is still to be made."""
    left_out: Decimal = Decimal(0)
    """What its lines by other schedules come to, which are not among `lines`."""
    fees_agreed: bool = False
    """A written agreement by section 2 GOÄ exists."""


def check(bill: Bill, *, today: date) -> list[Finding]:
    """Everything that is wrong with the bill, line by line, then what the lines do together."""
    found = [one for line in bill.lines for one in _line(line, bill=bill, today=today)]
    for rule in _TOGETHER:
        found += rule(bill.lines)
    return [*found, *_sums(bill)]


def _line(line: Line, *, bill: Bill, today: date) -> Iterator[Finding]:
    if line.day > today:
        yield finding("PB-DAY-AHEAD", WARNING, line.place, number=line.number, day=line.day)
    try:
        listed = position(line.number, on=line.day)
    except NoSchedule:
        yield finding("PB-NO-SCHEDULE", ERROR, line.place, number=line.number, day=line.day)
        return
    if listed is None:
        code = "PB-NUMBER-LABORATORY" if line.is_by_hand else "PB-NUMBER"
        yield finding(code, WARNING if line.due else ERROR, line.place, number=line.number)
        return
    yield from _factor(line, listed, bill=bill)
    if line.count < 1:
        yield finding("PB-COUNT", ERROR, line.place, number=line.number, count=line.count)
    if line.amount is not None and line.amount != line.due:
        yield finding(
            "PB-AMOUNT", ERROR, line.place,
            number=line.number, factor=line.factor, found=line.amount, expected=line.due,
        )  # fmt: skip


def _factor(line: Line, listed: Position, *, bill: Bill) -> Iterator[Finding]:
    frame = listed.frame
    if line.factor <= 0:
        yield finding("PB-FACTOR", ERROR, line.place, number=line.number, factor=line.factor)
    elif line.factor > frame.most:
        severity = INFO if bill.fees_agreed and frame.may_be_agreed else ERROR
        yield finding(
            "PB-FACTOR-MOST",
            severity,
            line.place,
            number=line.number,
            factor=line.factor,
            most=frame.most,
        )
    if line.factor > frame.threshold and not line.reason.strip():
        yield finding(
            "PB-REASON",
            ERROR,
            line.place,
            number=line.number,
            factor=line.factor,
            threshold=frame.threshold,
        )


def _by_day(lines: Sequence[Line]) -> list[list[Line]]:
    days: dict[date, list[Line]] = {}
    for line in lines:
        days.setdefault(line.day, []).append(line)
    return list(days.values())


def _exclusions(lines: Sequence[Line]) -> Iterator[Finding]:
    """On one day; with different times given for both it may have been two visits."""
    for of_day in _by_day(lines):
        for one, other in combinations(of_day, 2):
            if may_stand_together(one.number, other.number):
                continue
            apart = one.time and other.time and one.time != other.time
            yield finding(
                "PB-EXCLUDED", WARNING if apart else ERROR, other.place,
                number=other.number, other=one.number, day=other.day,
            )  # fmt: skip


def _several_a_day(lines: Sequence[Line]) -> Iterator[Finding]:
    for of_day in _by_day(lines):
        seen: dict[str, int] = {}
        for line in of_day:
            number = plain(line.number)
            seen[number] = seen.get(number, 0) + line.count
            if is_in(number, ONCE_A_DAY) and seen[number] > 1 and not (line.time and line.reason):
                yield finding(
                    "PB-TWICE-A-DAY", WARNING, line.place, number=line.number, day=line.day
                )


def _alone(lines: Sequence[Line]) -> Iterator[Finding]:
    """Number 2 with nothing else; number 3 alone or with an examination."""
    for of_day in _by_day(lines):
        for line in of_day:
            others = {plain(one.number) for one in of_day if one is not line}
            if plain(line.number) == "2" and others:
                yield finding("PB-ALONE", ERROR, line.place, number="2", day=line.day)
            if plain(line.number) == "3" and others and not others & BESIDE_THREE:
                yield finding("PB-ALONE-OR-EXAMINATION", ERROR, line.place, day=line.day)


def _once_a_case(lines: Sequence[Line]) -> Iterator[Finding]:
    """Numbers 4 and 15 once; 1 and 5 once where something of the sections C to O is billed."""
    beside = any(is_in(line.number, SECTIONS_C_TO_O) for line in lines)
    limits = {"4": ("PB-ONCE-A-CASE", CASE_DAYS), "15": ("PB-ONCE-A-YEAR", 0)}
    if beside:
        limits |= {"1": ("PB-ONCE-BESIDE", CASE_DAYS), "5": ("PB-ONCE-BESIDE", CASE_DAYS)}
    for number, (code, days) in limits.items():
        same = sorted(
            (line for line in lines if plain(line.number) == number), key=lambda one: one.day
        )
        for first, later in pairwise(same):
            if _within(first.day, later.day, days):
                yield finding(code, WARNING, later.place, number=number, day=later.day)


def _within(first: date, later: date, days: int) -> bool:
    return later.year == first.year if not days else later - first < timedelta(days=days)


def _surcharges(lines: Sequence[Line]) -> Iterator[Finding]:
    """A surcharge of section B II needs the consultation or examination it is added to."""
    for of_day in _by_day(lines):
        bases = any(is_in(line.number, "1 3 4 5 6 7 8") for line in of_day)
        for line in of_day:
            if is_in(line.number, "A B C D K1") and not bases:
                yield finding("PB-SURCHARGE-ALONE", ERROR, line.place, number=line.number)


def _ceiling(lines: Sequence[Line]) -> Iterator[Finding]:
    """Laboratory numbers marked H1 of one day: at most the points of number 3541.H."""
    for of_day in _by_day(lines):
        marked = [line for line in of_day if is_in(line.number, UNDER_CEILING) and line.listed]
        points = sum(line.listed.points * line.count for line in marked if line.listed)
        most = position(CEILING_NUMBER, on=FIRST_DAY)
        if most is not None and points > most.points:
            yield finding(
                "PB-CEILING", ERROR, marked[-1].place,
                day=marked[-1].day, points=points, most=most.points,
            )  # fmt: skip


_TOGETHER: Final[Sequence[Callable[[Sequence[Line]], Iterator[Finding]]]] = (
    _exclusions,
    _several_a_day,
    _alone,
    _once_a_case,
    _surcharges,
    _ceiling,
)


def _sums(bill: Bill) -> Iterator[Finding]:
    if bill.total is None:
        return
    named = [line.amount if line.amount is not None else line.due for line in bill.lines]
    expected = sum(named, bill.left_out)
    if expected != bill.total:
        yield finding("PB-TOTAL", ERROR, "total", found=bill.total, expected=expected)


def total_due(lines: Sequence[Line]) -> Decimal:
    """What all lines come to by the schedule."""
    return sum((line.due for line in lines), Decimal("0.00"))


def line_of(row: Mapping[str, Any], *, place: str) -> Line:
    """A row of the clerk's values, or of the order form. Raises ValueError, ArithmeticError."""
    count, amount = row.get("count"), row.get("amount")
    return Line(
        place=place,
        day=date.fromisoformat(str(row.get("day") or "")),
        number=str(row.get("number") or "").strip(),
        factor=Decimal(str(row.get("factor") or "").replace(",", ".")),
        count=1 if count in (None, "") else int(str(count)),
        reason=str(row.get("reason") or ""),
        time=str(row.get("time") or ""),
        amount=None if amount in (None, "") else Decimal(str(amount)),
    )
