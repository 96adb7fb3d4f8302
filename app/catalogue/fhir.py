"""HL7 FHIR in JSON as it comes from outside: read with care, nothing is taken for granted."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Resource = Mapping[str, Any]


def resources(content: bytes) -> list[dict[str, Any]] | None:
    """The resources of a file, those of a bundle one by one; None where it is no FHIR in JSON."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        return None
    if found["resourceType"] != "Bundle":
        return [found]
    entries = found.get("entry")
    inner = [one.get("resource") for one in listed(entries)]
    return [one for one in inner if isinstance(one, dict)]


def listed(found: object) -> list[Resource]:
    """What of it is a list of objects."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def mapped(found: object) -> Resource:
    """The object, or an empty one."""
    return found if isinstance(found, dict) else {}


def first(found: object) -> Resource:
    """The first object of a list, or an empty one."""
    return next(iter(listed(found)), {})


def extension(of: Resource, name: str) -> Resource:
    """The extension whose address ends with this name, or an empty one."""
    for one in listed(of.get("extension")):
        if str(one.get("url") or "").rpartition("/")[2] == name:
            return one
    return {}


_MOST = Decimal(10) ** 12
"""A greater amount is a mistake, and cannot be reckoned with."""


def amount(money: object) -> Decimal | None:
    """The value of a Money or Quantity."""
    value = mapped(money).get("value")
    try:
        number = None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
    return None if number is None or not number.is_finite() or abs(number) > _MOST else number


def words(concept: object) -> str:
    """What a CodeableConcept says in words."""
    told = mapped(concept)
    coded = first(told.get("coding"))
    return str(told.get("text") or coded.get("display") or coded.get("code") or "")


def code(concept: object) -> str:
    """The first code of a CodeableConcept."""
    return str(first(mapped(concept).get("coding")).get("code") or "")


def person(patient: Resource) -> dict[str, Any]:
    """Name, day of birth and address of a Patient (or name and address of an Organization)."""
    name, address = first(patient.get("name")), first(patient.get("address"))
    given = " ".join(_texts(name.get("given")))
    plain = patient.get("name")
    return {
        "name": plain
        if isinstance(plain, str)
        else str(name.get("text") or f"{given} {name.get('family') or ''}").strip(),
        "birth_date": patient.get("birthDate") or None,
        "street": " ".join(_texts(address.get("line"))),
        "town": f"{address.get('postalCode') or ''} {address.get('city') or ''}".strip(),
    }


def referred(reference: object, among: Sequence[Resource], kind: str) -> Resource:
    """The resource a Reference means: by its id, whatever comes before it."""
    told = str(mapped(reference).get("reference") or "")
    wanted = told.rpartition("/")[2].rpartition(":")[2]
    for one in among:
        if wanted and one.get("resourceType") == kind and str(one.get("id")) == wanted:
            return one
    return {}


def _texts(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
