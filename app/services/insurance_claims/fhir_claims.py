"""Reads insurance cases as FHIR: Coverage, Claim, Invoice, ExplanationOfBenefit, ClaimResponse."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.fhir import (
    Resource,
    amount,
    code,
    extension,
    first,
    listed,
    mapped,
    person,
    referred,
    words,
)
from app.services.insurance_claims.case import Case
from app.services.insurance_claims.comparing import ZERO, Billed, Paid

STATUTORY: Final = "GKV"
TREATED_ON: Final = "DiPagRechnungspositionBehandlungsdatum"
PAID: Final = frozenset({"benefit", "paidtopatient", "paidtoprovider", "paid"})
CLAIMED: Final = frozenset({"submitted"})


def read(case: Case, resources: Sequence[Resource], name: str, *, among: Sequence[Resource]) -> int:
    """Put what the resources of a file tell into the case; how many of them tell something.

    `among`: those of all files, which they refer to.
    """
    readers = {
        "Patient": _patient, "Coverage": _coverage, "Claim": _claim, "Invoice": _invoice,
        "ExplanationOfBenefit": _benefit, "ClaimResponse": _response,
    }  # fmt: skip
    told, used = 0, _used(among)
    for one in resources:
        reader = readers.get(str(one.get("resourceType")))
        if reader is not None:
            reader(case, one, among, name)
        told += reader is not None or id(one) in used
    return told


def _used(among: Sequence[Resource]) -> frozenset[int]:
    """What is read because another resource points at it: a bill's services, an insurer."""
    services = (
        referred(entry.get("chargeItemReference"), among, "ChargeItem")
        for one in among
        for entry in listed(one.get("lineItem"))
    )
    insurers = (
        referred(insurer, among, "Organization")
        for one in among
        for insurer in (first(one.get("payor")), mapped(one.get("insurer")))
    )
    return frozenset(id(one) for one in (*services, *insurers) if one)


def _patient(case: Case, one: Resource, _: Sequence[Resource], __: str) -> None:
    told = person(one)
    case.note("patient", told["name"])
    if born := _day(told["birth_date"]):
        case.note("birth_date", born.isoformat())


def _coverage(case: Case, one: Resource, among: Sequence[Resource], _: str) -> None:
    case.has_policy = True
    number = one.get("subscriberId") or first(one.get("identifier")).get("value")
    case.note("policy_number", number)
    _insurer(case, first(one.get("payor")), among)
    if code(one.get("type")):
        case.note("insurance", "statutory" if code(one["type"]) == STATUTORY else "private")
    for cost in listed(one.get("costToBeneficiary")):
        kind = code(cost.get("type"))
        if kind == "copaypct" and (share := amount(cost.get("valueQuantity"))) is not None:
            case.note("percent", str(100 - share))
        if kind == "deductible" and (most := amount(cost.get("valueMoney"))) is not None:
            case.note("deductible", str(most))


def _insurer(case: Case, reference: Resource, among: Sequence[Resource]) -> None:
    organization = person(referred(reference, among, "Organization"))
    case.note("insurer", organization["name"] or reference.get("display"))
    case.note("insurer_street", organization["street"])
    case.note("insurer_town", organization["town"])


def _claim(case: Case, one: Resource, among: Sequence[Resource], name: str) -> None:
    case.note("bill_number", first(one.get("identifier")).get("value"))
    case.note("bill_date", _day(one.get("created")))
    if one.get("use") in ("preauthorization", "predetermination"):
        case.note("request", "approval")
    _insurer(case, mapped(one.get("insurer")), among)
    for place, item in enumerate(listed(one.get("item")), start=1):
        _bill_item(case, item, f"{name} Claim.item[{place}]")


def _bill_item(case: Case, item: Resource, place: str) -> None:
    charged = amount(item.get("net"))
    if charged is None:
        charged = (amount(item.get("unitPrice")) or ZERO) * _count(item)
    case.billed.append(
        Billed(
            place=place,
            day=_served(item),
            number=code(item.get("productOrService")),
            service=words(item.get("productOrService")),
            amount=charged,
        )
    )
    if item.get("sequence") is not None:
        case.sequences[str(item["sequence"])] = case.billed[-1]


def _count(item: Resource) -> Decimal:
    count = amount(item.get("quantity"))
    return Decimal(1) if count is None else count


def _served(item: Resource) -> date | None:
    period = mapped(item.get("servicedPeriod")).get("start")
    return _day(item.get("servicedDate") or period)


def _invoice(case: Case, one: Resource, among: Sequence[Resource], name: str) -> None:
    case.note("bill_number", first(one.get("identifier")).get("value"))
    case.note("bill_date", _day(one.get("date")))
    total = amount(one.get("totalGross"))
    case.note("bill_total", None if total is None else str(total))
    for place, entry in enumerate(listed(one.get("lineItem")), start=1):
        item = referred(entry.get("chargeItemReference"), among, "ChargeItem")
        parts = [
            amount(part.get("amount")) or ZERO
            for part in listed(entry.get("priceComponent"))
            if part.get("type") == "base"
        ]
        told = entry.get("chargeItemCodeableConcept") or item.get("code")
        day = item.get("occurrenceDateTime") or extension(item, TREATED_ON).get("valueDate")
        case.billed.append(
            Billed(
                place=f"{name} Invoice.lineItem[{place}]",
                day=_day(day),
                number=code(told),
                service=words(told),
                amount=sum(parts, ZERO),
            )
        )


def _benefit(case: Case, one: Resource, among: Sequence[Resource], name: str) -> None:
    case.has_statement = True
    case.note("decided_on", _day(one.get("created")))
    _insurer(case, mapped(one.get("insurer")), among)
    notes = _notes(one)
    for place, item in enumerate(listed(one.get("item")), start=1):
        paid, claimed, reason = _judged(item, notes)
        net = amount(item.get("net"))
        case.paid.append(
            Paid(
                place=f"{name} ExplanationOfBenefit.item[{place}]",
                day=_served(item),
                number=code(item.get("productOrService")),
                amount=claimed if net is None else net,
                paid=paid,
                reason=reason,
            )
        )


def _response(case: Case, one: Resource, among: Sequence[Resource], name: str) -> None:
    """Its items only point at those of the claim, which may stand in a later file."""
    case.has_statement = True
    case.note("decided_on", _day(one.get("created")))
    _insurer(case, mapped(one.get("insurer")), among)
    notes = _notes(one)
    for place, item in enumerate(listed(one.get("item")), start=1):
        paid, claimed, reason = _judged(item, notes)
        case.pointed.append(
            (
                str(item.get("itemSequence")),
                Paid(
                    place=f"{name} ClaimResponse.item[{place}]",
                    day=None,
                    number="",
                    amount=claimed,
                    paid=paid,
                    reason=reason,
                ),
            )
        )


def _notes(one: Resource) -> Mapping[str, str]:
    return {
        str(note.get("number")): str(note.get("text") or "")
        for note in listed(one.get("processNote"))
    }


def _judged(item: Resource, notes: Mapping[str, str]) -> tuple[Decimal, Decimal | None, str]:
    paid, claimed, reasons = ZERO, None, list[str]()
    for part in listed(item.get("adjudication")):
        kind = code(part.get("category")).casefold()
        value = amount(part.get("amount"))
        if kind in PAID and value is not None:
            paid += value
        if kind in CLAIMED:
            claimed = value
        reasons.append(words(part.get("reason")))
    numbers: Any = item.get("noteNumber")
    told = [notes.get(str(one), "") for one in numbers] if isinstance(numbers, list) else []
    return paid, claimed, "; ".join(dict.fromkeys(one for one in (*reasons, *told) if one))


def _day(found: object) -> date | None:
    try:
        return date.fromisoformat(str(found or "")[:10])
    except ValueError:
        return None
