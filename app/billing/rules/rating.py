"""Rate a month: terms and entries in, charges out. The order of the entries changes no total.

- An entry has the price of the terms in force on the day it was performed, also where it is
  accepted, and so billed, in a later month. Tiers are counted for each version of the terms.
- A retainer, an allowance and a minimum count pro rata, by days, where their version is in force
  for a part of the month.
- Included units are used up before anything is charged; what is rolled over is used first.
- A service or role without a line has the price that was agreed when the work was accepted.
- Each position is rounded once; the tax once a group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from app.billing.rules import covering, pricing, rounding
from app.billing.rules.charges import IS_USAGE, Charge, ChargeKind, handed_on, tax_of
from app.billing.rules.kinds import LineKind
from app.billing.rules.terms import Allowance, Carried, Month, Terms, TermsLine, Usage
from app.kernel.errors import Conflict

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """What a month comes to."""

    charges: tuple[Charge, ...]
    allowances: Mapping[str, Allowance]
    """By the line's key."""


def rate(
    month: Month,
    *,
    terms: Sequence[Terms],
    usage: Iterable[Usage],
    rolled: Mapping[str, Decimal] | None = None,
    carried: Sequence[Carried] = (),
) -> Rated:
    """The charges of a month. `terms`: all versions that may price an entry, of one client.

    `rolled`: units that the month before left, by line key. Raises Conflict where an entry's
    terms have another currency than the month's, or nobody's terms hold on its day.
    """
    ordered = sorted(terms, key=lambda one: one.valid_from)
    current = [one for one in ordered if month.days(one) is not None]
    by_terms = _by_terms(ordered, usage)
    used = [one for one in ordered if one in current or by_terms[one.id]]
    currency = _currency(used)
    left = dict(rolled or {})
    charges: list[Charge] = []
    allowances: dict[str, Allowance] = {}
    for one in used:
        slice_ = _Slice(month=month, terms=one, usage=by_terms[one.id], rolled=left)
        charges += slice_.charges()
        for key, state in slice_.allowances.items():
            allowances[key] = _together(allowances.get(key), state)
            left[key] = state.left
    return Rated(charges=(*charges, *handed_on(carried, currency)), allowances=allowances)


def _by_terms(ordered: Sequence[Terms], usage: Iterable[Usage]) -> dict[object, list[Usage]]:
    found: dict[object, list[Usage]] = {one.id: [] for one in ordered}
    for entry in sorted(usage, key=lambda one: (one.performed_at, one.id)):
        holding = [one for one in ordered if one.holds_on(entry.performed_on)]
        if not holding:
            raise Conflict(
                "No terms were agreed for the work of %(day)s.", day=entry.performed_on.isoformat()
            )
        found[holding[0].id].append(entry)
    return found


def _currency(used: Sequence[Terms]) -> str:
    currencies = sorted({one.currency for one in used})
    if len(currencies) > 1:
        raise Conflict(
            "The month has terms in several currencies (%(currencies)s).",
            currencies=", ".join(currencies),
        )
    return currencies[0] if currencies else ""


def _together(first: Allowance | None, then: Allowance) -> Allowance:
    """One line's units over several versions of a month."""
    if first is None:
        return then
    return Allowance(
        included=first.included + then.included,
        rolled_in=first.rolled_in,
        used=first.used + then.used,
        left=then.left,
        service_key=then.service_key,
    )


class _Slice:
    """The part of a month that one version of the terms prices."""

    def __init__(
        self, *, month: Month, terms: Terms, usage: Sequence[Usage], rolled: Mapping[str, Decimal]
    ) -> None:
        self.terms = terms
        self.usage = usage
        self.rolled = rolled
        self.share = month.share(terms)
        self.days = month.days(terms)
        self.allowances: dict[str, Allowance] = {}

    def charges(self) -> list[Charge]:
        """In the order of an invoice: fixed sums, usage, hours, minimum."""
        found = [self._fixed(line) for line in self.terms.of_kind(LineKind.RETAINER) if self.share]
        for service_key in self._services():
            found += self._service(service_key)
        for role in sorted({entry.role for entry in self.usage if entry.role}):
            found += self._hours(role)
        for line in self.terms.of_kind(LineKind.MINIMUM):
            found += self._minimum(line, found)
        return found

    def _services(self) -> list[str]:
        agreed = [line.service_key for line in self.terms.of_kind(LineKind.ALLOWANCE)]
        used = sorted({entry.service_key for entry in self.usage if not entry.role})
        return list(dict.fromkeys([*agreed, *used]))

    def _fixed(self, line: TermsLine) -> Charge:
        amount = rounding.part_minor(line.amount_minor, self.share)
        kind = ChargeKind(line.kind.value)
        return self._charge(line, kind, Decimal(1), self._price(amount), net_minor=amount)

    def _price(self, minor: int) -> Decimal:
        return rounding.price_of(minor, self.terms.currency)

    def _service(self, service_key: str) -> list[Charge]:
        entries = [one for one in self.usage if one.service_key == service_key and not one.role]
        total = sum((one.quantity for one in entries), NOTHING)
        found: list[Charge] = []
        covered = NOTHING
        allowance = self._line(LineKind.ALLOWANCE, service_key)
        if allowance is not None and self.share:
            if allowance.amount_minor:
                found.append(self._fixed(allowance))
            covered = self._cover(allowance, total)
            if covered:
                found.append(self._charge(allowance, ChargeKind.INCLUDED, covered, NOTHING))
        line = self._line(LineKind.UNIT_PRICE, service_key)
        if total != covered or (entries and not covered):
            found += self._priced(line, entries, total - covered)
        return covering.behind(found, entries)

    def _cover(self, line: TermsLine, total: Decimal) -> Decimal:
        included = rounding.part_units(line.included, self.share)
        rolled = self.rolled.get(line.key, NOTHING) if line.roll_over else NOTHING
        used = min(max(total, NOTHING), included + rolled)
        left = min(included + rolled - used, included) if line.roll_over else NOTHING
        self.allowances[line.key] = Allowance(
            included=included,
            rolled_in=rolled,
            used=used,
            left=left,
            service_key=line.service_key,
        )
        return used

    def _priced(
        self, line: TermsLine | None, entries: Sequence[Usage], quantity: Decimal
    ) -> list[Charge]:
        if line is None:
            return self._own_prices(entries, quantity)
        return [
            self._charge(line, _kind(step), step.quantity, step.price, params=_bounds(step))
            for step in pricing.steps(line, quantity)
        ]

    def _own_prices(self, entries: Sequence[Usage], quantity: Decimal) -> list[Charge]:
        """The prices of the entries themselves; what is covered counts as the first of them."""
        skipped = sum((one.quantity for one in entries), NOTHING) - quantity
        sums: dict[Decimal, Decimal] = {}
        behind: dict[Decimal, list[UUID]] = {}
        for entry in entries:
            taken = min(skipped, entry.quantity) if entry.quantity > 0 else NOTHING
            skipped -= taken
            sums[entry.unit_price] = sums.get(entry.unit_price, NOTHING) + entry.quantity - taken
            if taken < entry.quantity or taken == 0:
                behind.setdefault(entry.unit_price, []).append(entry.id)
        first = entries[0]
        kind = ChargeKind.HOURS if first.role else ChargeKind.USAGE
        return [
            replace(
                self._bare(kind, first, quantity=units, price=price), entries=tuple(behind[price])
            )
            for price, units in sorted(sums.items())
            if price in behind
        ]

    def _bare(self, kind: ChargeKind, entry: Usage, *, quantity: Decimal, price: Decimal) -> Charge:
        category, percent = tax_of(self.terms)
        return Charge(
            kind=kind,
            quantity=quantity,
            unit_price=price,
            net_minor=rounding.amount_minor(quantity, price, self.terms.currency),
            vat_category=category,
            vat_percent=percent,
            service_key=entry.service_key,
            params={"role": entry.role} if entry.role else {},
        )

    def _hours(self, role: str) -> list[Charge]:
        entries = [one for one in self.usage if one.role == role]
        total = sum((one.quantity for one in entries), NOTHING)
        found = [one for one in self.terms.of_kind(LineKind.TIME_AND_MATERIAL) if one.role == role]
        if found:
            charges = [
                self._charge(
                    found[0], ChargeKind.HOURS, total, found[0].unit_price, params={"role": role}
                )
            ]
        else:
            charges = self._own_prices(entries, total)
        return covering.behind(charges, entries)

    def _minimum(self, line: TermsLine, charges: Sequence[Charge]) -> list[Charge]:
        reached = sum(
            charge.net_minor
            for charge in charges
            if charge.kind in IS_USAGE and line.service_key in ("", charge.service_key)
        )
        missing = rounding.part_minor(line.amount_minor, self.share) - reached
        if missing <= 0:
            return []
        price = self._price(missing)
        params = {"reached_minor": reached}
        return [self._charge(line, ChargeKind.MINIMUM, Decimal(1), price, params=params)]

    def _line(self, kind: LineKind, service_key: str) -> TermsLine | None:
        found = [line for line in self.terms.of_kind(kind) if line.service_key == service_key]
        return found[0] if found else None

    def _charge(
        self,
        line: TermsLine,
        kind: ChargeKind,
        quantity: Decimal,
        price: Decimal,
        *,
        net_minor: int | None = None,
        params: Mapping[str, object] | None = None,
    ) -> Charge:
        category, percent = tax_of(self.terms, line)
        if net_minor is None:
            net_minor = rounding.amount_minor(quantity, price, self.terms.currency)
        days = {}
        if self.share and self.share != 1 and self.days is not None:
            days = {"since": self.days[0].isoformat(), "until": self.days[1].isoformat()}
        return Charge(
            kind=kind,
            quantity=quantity,
            unit_price=price,
            net_minor=net_minor,
            vat_category=category,
            vat_percent=percent,
            contract_line_id=line.id,
            service_key=line.service_key,
            title=line.title,
            params={**(params or {}), **days},
        )


def _kind(step: pricing.Step) -> ChargeKind:
    return ChargeKind.USAGE if step.above is None else ChargeKind.TIER


def _bounds(step: pricing.Step) -> dict[str, object]:
    bounds = {"above": step.above, "up_to": step.up_to}
    return {name: f"{bound.normalize():f}" for name, bound in bounds.items() if bound is not None}
