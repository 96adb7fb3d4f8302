"""Writes a claim as HL7 FHIR R4: Claim with its Patient, Coverage and insurer."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def claim_bundle(values: Mapping[str, Any], *, provider: str) -> bytes:
    """The claim as a collection of resources; the same claim gives the same ids."""
    mark = f"claim:{values['policy_number']}:{values['bill_number']}"
    ids = {
        kind: str(uuid5(NAMESPACE_URL, f"{mark}:{kind}"))
        for kind in ("Patient", "Organization", "Coverage", "Claim")
    }
    resources = [
        _patient(values, ids),
        {
            "resourceType": "Organization",
            "id": ids["Organization"],
            "name": values["insurer"],
        },
        {
            "resourceType": "Coverage",
            "id": ids["Coverage"],
            "status": "active",
            "subscriberId": values["policy_number"],
            "beneficiary": {"reference": f"Patient/{ids['Patient']}"},
            "payor": [{"reference": f"Organization/{ids['Organization']}"}],
        },
        _claim(values, ids, provider=provider),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _patient(values: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    patient = {
        "resourceType": "Patient",
        "id": ids["Patient"],
        "name": [{"text": values["patient"]}],
    }
    if values["birth_date"]:
        patient["birthDate"] = values["birth_date"].isoformat()
    return patient


def _claim(values: Mapping[str, Any], ids: Mapping[str, str], *, provider: str) -> dict[str, Any]:
    approval = values["request"] == "approval"
    return {
        "resourceType": "Claim",
        "id": ids["Claim"],
        "identifier": [{"value": values["bill_number"]}],
        "status": "active",
        "type": {"coding": [{"code": "professional"}]},
        "use": "preauthorization" if approval else "claim",
        "patient": {"reference": f"Patient/{ids['Patient']}"},
        "created": values["bill_date"].isoformat(),
        "insurer": {"reference": f"Organization/{ids['Organization']}"},
        "provider": {"display": provider},
        "priority": {"coding": [{"code": "normal"}]},
        "insurance": [
            {
                "sequence": 1,
                "focal": True,
                "coverage": {"reference": f"Coverage/{ids['Coverage']}"},
            }
        ],
        "item": [_item(one, place) for place, one in enumerate(values["lines"], start=1)],
        "total": _money(values["billed_total"]),
    }


def _item(one: Mapping[str, Any], place: int) -> dict[str, Any]:
    product: dict[str, Any] = {"text": one["service"] or one["number"] or "-"}
    if one["number"]:
        product["coding"] = [{"code": one["number"]}]
    item = {"sequence": place, "productOrService": product, "net": _money(one["billed"])}
    if one["day"]:
        item["servicedDate"] = one["day"].isoformat()
    return item


def _money(amount: Decimal) -> dict[str, Any]:
    """JSON has one kind of number; two decimals survive it."""
    return {"value": float(amount), "currency": "EUR"}
