"""Which entries of the ledger stand behind which position."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

from app.billing.rules.charges import IS_USAGE, Charge, ChargeKind
from app.billing.rules.terms import Usage

_COUNTED = IS_USAGE | {ChargeKind.INCLUDED}


def behind(charges: Sequence[Charge], entries: Sequence[Usage]) -> list[Charge]:
    """The charges with their entries: units are laid end to end, entries in their order.

    Every entry is behind one position at least, also where a reversal takes its units back.
    """
    counted = [one for one in charges if one.kind in _COUNTED and not one.entries]
    if not counted:
        return list(charges)
    has_rest = len(counted) == sum(charge.kind in _COUNTED for charge in charges)
    ends = list(accumulate(charge.quantity for charge in counted))
    found: list[list[UUID]] = [[] for _ in counted]
    position = Decimal(0)
    for entry in entries:
        for number in _touched(ends, position, position + entry.quantity, rest=has_rest):
            found[number].append(entry.id)
        position += entry.quantity
    with_entries = iter(found)
    return [
        replace(charge, entries=tuple(next(with_entries))) if charge in counted else charge
        for charge in charges
    ]


def _touched(ends: Sequence[Decimal], one: Decimal, other: Decimal, *, rest: bool) -> Iterator[int]:
    """The positions whose units lie between two points; the last one takes the rest."""
    low, high = min(one, other), max(one, other)
    begin, any_found = Decimal(0), False
    for number, end in enumerate(ends):
        if low < end and high > begin:
            any_found = True
            yield number
        begin = end
    if rest and not any_found:
        yield len(ends) - 1
