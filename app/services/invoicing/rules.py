"""What an invoice of the client's comes to, and what keeps it from being issued. Pure.

Sources: §§ 14, 14a, 19 UStG; EN 16931 (tax rounded once per group); DIN ISO 7064 (check digits).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from stdnum import iban
from stdnum.de import leitweg
from stdnum.eu import vat

CENT: Final = Decimal("0.01")
HOME: Final = "DE"
EU: Final = frozenset(one.upper() for one in vat.MEMBER_STATES) - {"XI"}
RATES: Final = (
    (date(2007, 1, 1), (Decimal(19), Decimal(7))),
    (date(2020, 7, 1), (Decimal(16), Decimal(5))),
    (date(2021, 1, 1), (Decimal(19), Decimal(7))),
)
"""§ 12 UStG: valid from, standard and reduced rate; the day of the service counts."""
SELLER: Final = (
    *("seller_name", "seller_street", "seller_postcode", "seller_city", "seller_country"),
    *("seller_email", "seller_contact", "seller_phone", "iban"),
)
BUYER: Final = ("buyer_name", "buyer_street", "buyer_postcode", "buyer_city", "buyer_country")
_COUNTER: Final = re.compile(r"^(.*?)(\d+)$")
_MOST_GAPS: Final = 10


class VatCase(StrEnum):
    """How the invoice is taxed; a reduced rate is said by the position."""

    STANDARD = "standard"
    REVERSE_CHARGE = "reverse_charge"
    INTRA_COMMUNITY = "intra_community"
    SMALL_BUSINESS = "small_business"
    EXEMPT = "exempt"


CATEGORIES: Final[Mapping[str, str]] = {
    VatCase.STANDARD: "S",
    VatCase.REVERSE_CHARGE: "AE",
    VatCase.INTRA_COMMUNITY: "K",
    VatCase.SMALL_BUSINESS: "E",
    VatCase.EXEMPT: "E",
}
"""UNTDID 5305, as EN 16931 has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is taxed alike."""

    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong: a code, the field it is about, whether it forbids issuing."""

    code: str
    field: str
    severe: bool = True
    params: Mapping[str, Any] | None = None


def line_net(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """To the cent, half up."""
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)


def percent_of(case: str, rate: Decimal | None, on: date) -> Decimal:
    """The rate of a position: its own, else the standard one of that day; none where untaxed."""
    if case != VatCase.STANDARD:
        return Decimal(0)
    return rate if rate is not None else (rates_on(on) or (Decimal(0),))[0]


def rates_on(day: date) -> tuple[Decimal, ...]:
    """Standard and reduced rate; nothing before the first table."""
    return next((rates for since, rates in reversed(RATES) if since <= day), ())


def groups(lines: Sequence[tuple[Decimal, Decimal]]) -> list[Group]:
    """From (percent, net) of the lines: the tax is rounded once per rate, the highest first."""
    sums: dict[Decimal, Decimal] = {}
    for percent, net in lines:
        sums[percent] = sums.get(percent, Decimal(0)) + net
    return [
        Group(
            percent=percent,
            net=net,
            tax=(net * percent / 100).quantize(CENT, ROUND_HALF_UP),
        )
        for percent, net in sorted(sums.items(), reverse=True)
    ]


def next_number(prefix: str, issued: Collection[str]) -> str:
    """The number after the highest that begins so, as wide as that one; the first is 0001."""
    counters = _counters(prefix, issued)
    width = max((len(text) for text in counters), default=4)
    return f"{prefix}{max(map(int, counters), default=0) + 1:0{width}d}"


def gaps(prefix: str, issued: Collection[str]) -> list[str]:
    """Numbers between the lowest and the highest that nobody has issued."""
    counters = _counters(prefix, issued)
    if not counters:
        return []
    width, used = max(map(len, counters)), set(map(int, counters))
    first, found = min(used), list[str]()
    for number in range(first, max(used)):
        if number not in used:
            found.append(f"{prefix}{number:0{width}d}")
        if len(found) == _MOST_GAPS:
            break
    return found


def prefix_of(number: str) -> str:
    """What stands before the counter."""
    match = _COUNTER.match(number)
    return match[1] if match else number


def _counters(prefix: str, issued: Collection[str]) -> list[str]:
    counters = (one[len(prefix) :] for one in issued if one.startswith(prefix))
    return [one for one in counters if one.isdecimal()]


def missing(values: Mapping[str, Any]) -> list[str]:
    """Fields that must be filled (§ 14 (4) UStG, EN 16931, XRechnung)."""
    needed = [*SELLER, *BUYER]
    case = values.get("vat_case")
    if not is_leitweg(values.get("buyer_reference") or ""):
        needed.append("buyer_email")
    if case in (VatCase.REVERSE_CHARGE, VatCase.INTRA_COMMUNITY):
        needed.append("buyer_vat_id")
    if case == VatCase.INTRA_COMMUNITY:
        needed.append("seller_vat_id")
    if case == VatCase.EXEMPT:
        needed.append("exemption_reason")
    found = [name for name in needed if not values.get(name)]
    if not values.get("seller_vat_id") and not values.get("seller_tax_number"):
        found.append("seller_tax_number")
    return list(dict.fromkeys(found))


def is_leitweg(reference: str) -> bool:
    """Whether it is the routing id of a public body, with right check digits."""
    return bool(leitweg.is_valid(reference))


def looks_like_leitweg(reference: str) -> bool:
    """Whether it was meant to be one."""
    return bool(re.fullmatch(r"\d{2,12}(-[0-9A-Za-z]{0,30})?-\d{2}", reference.strip()))


def faults(values: Mapping[str, Any], *, today: date) -> Iterator[Fault]:
    """Everything about parties, days and payment; positions have a function of their own."""
    for name in missing(values):
        yield Fault(code="IV-MISSING", field=name)
    yield from _identifiers(values)
    yield from _case(values)
    yield from _days(values, today)
    yield from _discount(values)


def _identifiers(values: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("seller_vat_id", "buyer_vat_id"):
        if (found := values.get(name)) and not vat.is_valid(found):
            yield Fault(code="IV-VAT-ID", field=name, params={"found": found[:30]})
    if (account := values.get("iban")) and not iban.is_valid(account):
        yield Fault(code="IV-IBAN", field="iban", params={"found": account[:40]})
    reference = values.get("buyer_reference") or ""
    if looks_like_leitweg(reference) and not is_leitweg(reference):
        yield Fault(code="IV-LEITWEG", field="buyer_reference", params={"found": reference[:50]})
    if not reference:
        yield Fault(code="IV-NO-REFERENCE", field="buyer_reference", severe=False)


def _case(values: Mapping[str, Any]) -> Iterator[Fault]:
    case, country = values.get("vat_case"), str(values.get("buyer_country") or "")
    buyer_id = str(values.get("buyer_vat_id") or "")
    if case == VatCase.INTRA_COMMUNITY:
        if country and (country == HOME or country not in EU):
            yield Fault(code="IV-NOT-EU", field="buyer_country", params={"found": country})
        if buyer_id.startswith(HOME):
            yield Fault(code="IV-VAT-ID-HOME", field="buyer_vat_id", params={"found": buyer_id})
        yield Fault(code="IV-SALES-LIST", field="vat_case", severe=False)
    elif case == VatCase.REVERSE_CHARGE and country in EU - {HOME}:
        yield Fault(code="IV-SALES-LIST", field="vat_case", severe=False)
    if case == VatCase.STANDARD and country in EU - {HOME} and buyer_id:
        yield Fault(code="IV-ABROAD", field="vat_case", severe=False, params={"found": country})


def _days(values: Mapping[str, Any], today: date) -> Iterator[Fault]:
    since, until, issued = (values.get(name) for name in ("since", "until", "issued_on"))
    if since and until and until < since:
        yield Fault(code="IV-PERIOD", field="until", params={"since": since, "until": until})
    if until and not rates_on(until):
        yield Fault(code="IV-NO-RATES", field="until", params={"until": until})
    if issued and until and until > issued:
        yield Fault(code="IV-BEFORE-SERVICE", field="until", severe=False, params={"until": until})
    if issued and issued > today:
        yield Fault(code="IV-FUTURE", field="issued_on", severe=False, params={"issued": issued})
    due = values.get("due_on")
    if issued and due and due < issued:
        yield Fault(code="IV-DUE", field="due_on", params={"due": due})


def is_correction(values: Mapping[str, Any]) -> bool:
    """Whether the amounts of another invoice are taken back."""
    return bool(values.get("corrects_number"))


def _discount(values: Mapping[str, Any]) -> Iterator[Fault]:
    percent, days = values.get("discount_percent"), values.get("discount_days")
    if bool(percent) != bool(days):
        yield Fault(code="IV-DISCOUNT", field="discount_days")
    if is_correction(values) != bool(values.get("corrects_on")):
        yield Fault(code="IV-CORRECTS", field="corrects_on")
    elif is_correction(values) and percent:
        yield Fault(code="IV-DISCOUNT-BACK", field="discount_percent")


def line_faults(
    case: str, *, quantity: Decimal, unit_price: Decimal, rate: Decimal | None, on: date
) -> Iterator[Fault]:
    """About one position."""
    if quantity == 0:
        yield Fault(code="IV-QUANTITY", field="quantity")
    if unit_price < 0:
        yield Fault(code="IV-PRICE", field="unit_price")
    allowed = rates_on(on)
    if case == VatCase.STANDARD and rate is not None and allowed and rate not in allowed:
        told = {"found": rate, "allowed": ", ".join(f"{one:f}" for one in allowed)}
        yield Fault(code="IV-RATE", field="vat_rate", params=told)
    if case != VatCase.STANDARD and rate:
        yield Fault(code="IV-RATE-UNTAXED", field="vat_rate", params={"found": rate})
