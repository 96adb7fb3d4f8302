"""Which open items a bank line pays, as pure functions: what is sure, and what a person decides.

Sure is only what two independent signs agree on: our own reference and the amount, the invoice's
number and the amount, or the party's account and an amount that only one open item has.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

SIGNS: Final = re.compile(r"[^0-9A-Z]+")
SHORT: Final = 4
"""A number of fewer signs stands in too many texts to be a sign of anything."""
NEIGHBOURS: Final = 4
"""So many pieces of a text are tried as one number: `RE 2026 / 0815`."""
SIMILAR: Final = 88
"""Of 100: names that are this like are worth a proposal, never more."""
GRACE: Final = timedelta(days=5)
"""Banks take days: cash discount taken in time may arrive this much later."""
LATEST: Final = timedelta(days=10)
"""A file booked as one amount is looked for around its day of execution."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a line pays of one open item, in minor units and with the item's sign."""

    open_item_id: str
    paid: int
    discount: int = 0


@dataclass(slots=True)
class Match:
    """What a line is, in one word, and whether it is sure."""

    kind: str
    sure: bool = False
    parts: list[Part] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    """End-to-end references of payments that it shows."""

    def plain(self) -> dict[str, Any]:
        """As stored beside the line."""
        return {
            "kind": self.kind,
            "sure": self.sure,
            "parts": [[one.open_item_id, one.paid, one.discount] for one in self.parts],
            "orders": self.orders,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A bank line as the matching sees it."""

    booked_on: date
    amount: int
    currency: str
    party: str
    iban: str
    text: str
    end_to_end_id: str
    batch_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An open item: `expected` is what a line that pays it shows, negative if it leaves us."""

    id: str
    expected: int
    currency: str
    party: str
    iban: str
    number: str
    discount: int = 0
    discount_until: date | None = None

    def discounted(self, day: date) -> int | None:
        """The amount less cash discount, where it was in time."""
        if not self.discount or self.discount_until is None or day > self.discount_until + GRACE:
            return None
        return self.expected - self.discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A payment that we ordered ourselves."""

    end_to_end_id: str
    amount: int
    currency: str
    file: str
    file_number: str
    execute_on: date
    open_item_id: str = ""


class Matcher:
    """Matches lines one after the other; what one line pays surely no other can pay."""

    def __init__(self, owed: Iterable[Owed], ordered: Iterable[Ordered]) -> None:
        self.owed = {one.id: one for one in owed}
        self.paid: set[str] = set()
        self.by_number: defaultdict[str, list[Owed]] = defaultdict(list)
        self.by_account: defaultdict[tuple[str, int], list[Owed]] = defaultdict(list)
        self.by_amount: defaultdict[int, list[Owed]] = defaultdict(list)
        for one in self.owed.values():
            bare = normalised(one.number)
            if len(bare) >= SHORT:
                self.by_number[bare].append(one)
            if one.iban:
                self.by_account[one.iban, one.expected].append(one)
            self.by_amount[one.expected].append(one)
        self.orders: dict[str, list[Ordered]] = defaultdict(list)
        self.files: dict[str, list[Ordered]] = defaultdict(list)
        for order in ordered:
            self.orders[order.end_to_end_id.upper()].append(order)
            self.files[order.file].append(order)

    def match(self, line: Movement) -> Match:
        """The best that can be said of a line."""
        for rule in (self._by_reference, self._by_file, self._by_number, self._by_account):
            found = rule(line)
            if found is not None:
                if found.sure:
                    self.paid |= {part.open_item_id for part in found.parts}
                return found
        return self._by_name(line) or Match(kind="none")

    def _free(self, candidates: Iterable[Owed], line: Movement) -> list[Owed]:
        return [
            one for one in candidates if one.id not in self.paid and one.currency == line.currency
        ]

    def _by_reference(self, line: Movement) -> Match | None:
        """Our own end-to-end reference came back."""
        orders = self.orders.get(line.end_to_end_id.upper()) if line.end_to_end_id else None
        if not orders:
            return None
        order = orders[0]
        sure = len(orders) == 1 and (order.amount, order.currency) == (line.amount, line.currency)
        if sure:
            self._drop([order])
        return Match(
            "reference", sure=sure, parts=self._settled([order]), orders=[order.end_to_end_id]
        )

    def _by_file(self, line: Movement) -> Match | None:
        """One amount for a whole payment file."""
        fitting = []
        for orders in self.files.values():
            near = orders and abs(line.booked_on - orders[0].execute_on) <= LATEST
            if near and sum(one.amount for one in orders) == line.amount:
                fitting.append(orders)
        named = [
            orders for orders in fitting if line.batch_id.startswith(orders[0].file_number or "?")
        ]
        chosen = named or ([] if line.batch_id or line.iban else fitting)
        if len(chosen) != 1:
            return None
        orders = list(chosen[0])
        references = [one.end_to_end_id for one in orders]
        found = Match("file", sure=True, parts=self._settled(orders), orders=references)
        self._drop(orders)
        return found

    def _settled(self, orders: Sequence[Ordered]) -> list[Part]:
        parts = []
        for order in orders:
            one = self.owed.get(order.open_item_id)
            if one is not None and one.id not in self.paid:
                rest = one.expected - order.amount
                discount = rest if rest and rest == one.discount else 0
                parts.append(Part(one.id, order.amount, discount))
        return parts

    def _drop(self, orders: Sequence[Ordered]) -> None:
        for order in orders:
            self.files[order.file] = [one for one in self.files[order.file] if one is not order]
            self.orders[order.end_to_end_id.upper()].remove(order)

    def _by_number(self, line: Movement) -> Match | None:
        """Numbers of invoices stand in the text, and the amounts agree."""
        groups = [self._free(self.by_number[key], line) for key in self._numbers(line.text)]
        groups = [[one for one in group if _same_way(one, line)] for group in groups if group]
        found = [self._likeliest(group, line) for group in groups if group]
        owed = [one for one in found if one is not None]
        if not owed:
            return None
        certain = len(owed) == len([group for group in groups if group])
        total = sum(one.expected for one in owed)
        if total == line.amount:
            return Match("number", sure=certain, parts=[Part(one.id, one.expected) for one in owed])
        reduced = [one.discounted(line.booked_on) or one.expected for one in owed]
        if sum(reduced) == line.amount:
            parts = [
                Part(one.id, paid, one.expected - paid)
                for one, paid in zip(owed, reduced, strict=True)
            ]
            return Match("discount", sure=certain, parts=parts)
        if len(owed) == 1 and abs(line.amount) < abs(owed[0].expected):
            return Match("part", parts=[Part(owed[0].id, line.amount)])
        return Match("other_amount", parts=[Part(one.id, one.expected) for one in owed])

    def _numbers(self, text: str) -> list[str]:
        """Every known number that the text may hold, each once, the longest readings first."""
        pieces = [piece for piece in SIGNS.split(text.upper()) if piece]
        found: list[str] = []
        for width in range(NEIGHBOURS, 0, -1):
            for start in range(len(pieces) - width + 1):
                key = "".join(pieces[start : start + width])
                if key in self.by_number and not any(key in other for other in found):
                    found.append(key)
        return found

    def _likeliest(self, group: Sequence[Owed], line: Movement) -> Owed | None:
        """Of several items with one number, the one whose party it is; None where that is open."""
        if len(group) == 1:
            return group[0]
        same = [one for one in group if line.iban and one.iban == line.iban]
        same = same or [one for one in group if _alike(one.party, line.party) >= SIMILAR]
        return same[0] if len(same) == 1 else None

    def _by_account(self, line: Movement) -> Match | None:
        """The party's own account, and an amount that only one of its items has."""
        found = self._free(self.by_account.get((line.iban, line.amount), ()), line)
        if not found:
            return None
        sure = len(found) == 1 and not _names_other(line.text, found[0].number)
        return Match("account", sure=sure, parts=[Part(found[0].id, found[0].expected)])

    def _by_name(self, line: Movement) -> Match | None:
        """The amount, and a name that is like: a proposal."""
        found = [
            (_alike(one.party, line.party), one)
            for one in self._free(self.by_amount.get(line.amount, ()), line)[:50]
        ]
        best = max(found, key=lambda pair: pair[0], default=None)
        if best is None or best[0] < SIMILAR:
            return None
        return Match("name", parts=[Part(best[1].id, best[1].expected)])


def _same_way(one: Owed, line: Movement) -> bool:
    return (one.expected > 0) == (line.amount > 0)


def _alike(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one, other, processor=default_process) if one and other else 0.0


def _names_other(text: str, number: str) -> bool:
    """The text names a number of the same make that is not this one: not a sure thing."""
    pattern = re.sub(r"\d+", lambda digits: rf"\d{{{len(digits[0])}}}", re.escape(number.upper()))
    if not re.search(r"\d", number):
        return False
    others = re.findall(rf"(?<![0-9A-Z]){pattern}(?![0-9A-Z])", text.upper())
    return any(one != number.upper() for one in others)


def normalised(number: str) -> str:
    """A number as it is looked for: letters and digits only."""
    return SIGNS.sub("", number.upper())


def owed_from(row: Mapping[str, Any]) -> Owed:
    """An open item as `gather` wrote it down."""
    until = row.get("discount_until")
    return Owed(
        id=row["id"],
        expected=int(row["expected"]),
        currency=row["currency"],
        party=row["party"],
        iban=row["iban"],
        number=row["number"],
        discount=int(row.get("discount") or 0),
        discount_until=date.fromisoformat(until) if until else None,
    )
