"""The fee schedule for doctors (GOÄ): points, point value and factors, by the day of treatment.

Source: Gebührenordnung für Ärzte as published on 9 February 1996 (BGBl. I p. 210), last changed by
article 17 of the law of 4 December 2001 (BGBl. I p. 3320): official text, free by section 5 UrhG.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Final

TABLES: Final = Path(__file__).parent / "tables"
CENT: Final = Decimal("0.01")
FIRST_DAY: Final = date(2002, 1, 1)
POINT_VALUE: Final = Decimal("0.0582873")
"""Euro, section 5 (1) GOÄ since 1 January 2002."""
_HIGHEST = re.compile(r"\.H\d?$", re.IGNORECASE)
SURCHARGES: Final = frozenset({"A", "B", "C", "D", "K1"})
"""Only with the simple rate (general provisions of section B II)."""


class NoSchedule(LookupError):
    """There is no fee schedule for this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a factor may be: above the threshold with a reason, never above the most."""

    threshold: Decimal
    most: Decimal
    may_be_agreed: bool = True
    """Whether another amount can be agreed on in writing (section 2 GOÄ)."""


DOCTORS: Final = Frame(threshold=Decimal("2.3"), most=Decimal("3.5"))
TECHNICAL: Final = Frame(threshold=Decimal("1.8"), most=Decimal("2.5"), may_be_agreed=False)
LABORATORY: Final = Frame(threshold=Decimal("1.15"), most=Decimal("1.3"), may_be_agreed=False)
SIMPLE: Final = Frame(threshold=Decimal(1), most=Decimal(1), may_be_agreed=False)
# Section A names what is "technical" though it stands elsewhere; E and O are so as a whole.
_SECTION_A: Final = (
    "2 56 250 250a 402 403 602 605-617 620-624 635-647 650 651 653 654 657-661 665-666 725 726 "
    "759-761 855-857 1001 1002 1255-1257 1259 1260 1262 1263 1268-1270 1401 1403-1406 1558-1560 "
    "4850-4873 500-569 5000-5855"
)
_LABORATORY: Final = "437 3500-4787"
_ONLY_SIMPLE: Final = "440-449"
CEILING_NUMBER: Final = "3541"
UNDER_CEILING: Final = "3562-3565 3570 3573 3574 3580 3581 3583-3585 3587-3598"
"""Marked H1: together never more than the points of number 3541.H."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A number of the schedule."""

    number: str
    points: Decimal
    service: str
    frame: Frame

    def fee(self, factor: Decimal) -> Decimal:
        """The fee of one service in euro: points, value and factor multiplied, rounded once."""
        return (self.points * POINT_VALUE * factor).quantize(CENT, ROUND_HALF_UP)


def position(number: str, *, on: date) -> Position | None:
    """The number as the schedule of that day knows it. Raises NoSchedule."""
    if on < FIRST_DAY:
        raise NoSchedule(on.isoformat())
    return _positions().get(plain(number))


def plain(number: str) -> str:
    """`3597.H1` (a laboratory number under its ceiling) as 3597, `k 1` as K1."""
    text = _HIGHEST.sub("", number.strip().replace(" ", ""))
    return text.upper() if text[:1].isalpha() else text.lower()


def may_stand_together(one: str, other: str) -> bool:
    """Whether the schedule lets both be billed for the same visit."""
    return plain(other) not in _exclusions().get(plain(one), frozenset())


def is_in(number: str, ranges: str) -> bool:
    """Whether `605a` or `K1` is among `605-617 K1`."""
    return plain(number) in spread(ranges)


@cache
def spread(ranges: str) -> frozenset[str]:
    """Every number of the schedule that is meant by `6-8 800 A`; a letter's range is not known."""
    found = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        if not last:
            found.add(first)
            continue
        found |= {
            number
            for number in _rows()
            if number[0].isdigit() and int(first) <= int(number.rstrip("a")) <= int(last)
        }
    return frozenset(found)


@cache
def _rows() -> Mapping[str, tuple[str, str]]:
    with (TABLES / "goae_1996.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["number"]: (row["points"], row["service"])
            for row in csv.DictReader(file, delimiter=";")
        }


@cache
def _positions() -> Mapping[str, Position]:
    return {
        number: Position(
            number=number, points=Decimal(points), service=service, frame=_frame(number)
        )
        for number, (points, service) in _rows().items()
    }


def _frame(number: str) -> Frame:
    if number in SURCHARGES or number in spread(_ONLY_SIMPLE):
        return SIMPLE
    if number in spread(_LABORATORY):
        return LABORATORY
    return TECHNICAL if number in spread(_SECTION_A) else DOCTORS


@cache
def _exclusions() -> Mapping[str, frozenset[str]]:
    """Number → the numbers that must not stand beside it, in both directions."""
    found: dict[str, set[str]] = {}
    with (TABLES / "goae_1996_exclusions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            for one in spread(row["numbers"]):
                for other in spread(row["not_beside"]) - {one}:
                    found.setdefault(one, set()).add(other)
                    found.setdefault(other, set()).add(one)
    return {number: frozenset(others) for number, others in found.items()}
