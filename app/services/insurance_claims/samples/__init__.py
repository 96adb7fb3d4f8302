"""Cases of people and insurers that do not exist, for the demo and the tests."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from app.catalogue.samples import SampleOrder

INSURER: Final = "Nordlicht Krankenversicherung AG"
POLICY: Final = (
    "Versicherungsnummer;Versicherer;Straße;Ort;Versicherter;Geburtsdatum;Erstattungssatz;"
    "Selbstbehalt offen\r\n"
    f"NL-77 4021;{INSURER};Kanalstraße 9;24159 Kiel;Erika Sonnenberg;10.10.1969;80;50,00\r\n"
).encode("cp1252")


def bill(day: date) -> bytes:
    """Five services of two days."""
    first, second = day.strftime("%d.%m.%Y"), (day + timedelta(days=3)).strftime("%d.%m.%Y")
    rows = (
        "Datum;Ziffer;Leistung;Betrag",
        f"{first};1;Beratung;10,72",
        f"{first};7;Untersuchung der Brust- und Bauchorgane;21,45",
        f"{first};651;EKG in Ruhe;46,43",
        f"{second};5;Symptombezogene Untersuchung;10,72",
        f"{second};410;Ultraschall eines Organs;38,46",
    )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def statement(day: date) -> bytes:
    """What the insurer made of it: deductible, tariff, one factor cut, one line forgotten."""
    first, second = day.strftime("%d.%m.%Y"), (day + timedelta(days=3)).strftime("%d.%m.%Y")
    rows = (
        "Datum;Ziffer;Eingereicht;Erstattet;Grund",
        f"{first};1;10,72;0,00;Selbstbehalt",
        f"{first};7;21,45;0,00;Selbstbehalt",
        f"{first};651;46,43;12,50;Begründung für den Steigerungsfaktor nicht ausreichend",
        f"{second};5;10,72;8,58;Tarif 80 %",
    )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def bundle(day: date) -> bytes:
    """A case as FHIR: policy, claim and the insurer's answer, with a note on one item."""
    money = [("30", "Erhebung der Anamnese", "120.65"), ("505", "Atmungsbehandlung", "11.39")]

    def product(number: str, text: str) -> dict[str, Any]:
        return {"coding": [{"code": number}], "text": text}

    patient = {"reference": "Patient/p1"}
    policy = {
        "resourceType": "Coverage", "id": "c1", "status": "active", "subscriberId": "EV-190022",
        "beneficiary": patient, "payor": [{"display": "Elbe Vorsorge VVaG"}],
        "type": {"coding": [{"code": "PKV"}]},
        "costToBeneficiary": [
            {"type": {"coding": [{"code": "copaypct"}]}, "valueQuantity": {"value": 0}}
        ],
    }  # fmt: skip
    claim = {
        "resourceType": "Claim", "id": "k1", "status": "active", "use": "claim",
        "identifier": [{"value": "2026-298"}], "created": day.isoformat(), "patient": patient,
        "type": {"coding": [{"code": "professional"}]},
        "priority": {"coding": [{"code": "normal"}]}, "provider": {"display": "Praxis"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c1"}}],
        "item": [
            {
                "sequence": place, "productOrService": product(number, text),
                "servicedDate": (day - timedelta(days=6)).isoformat(),
                "net": {"value": float(amount), "currency": "EUR"},
            }
            for place, (number, text, amount) in enumerate(money, start=1)
        ],
    }  # fmt: skip
    answer = {
        "resourceType": "ClaimResponse", "id": "a1", "status": "active", "use": "claim",
        "type": {"coding": [{"code": "professional"}]}, "outcome": "complete",
        "patient": patient, "insurer": {"display": "Elbe Vorsorge VVaG"},
        "created": (day + timedelta(days=20)).isoformat(),
        "request": {"reference": "Claim/k1"},
        "processNote": [{"number": 1, "text": "Medizinische Notwendigkeit nicht erkennbar"}],
        "item": [
            {
                "itemSequence": 1, "noteNumber": [1],
                "adjudication": [_benefit("0.00")],
            },
            {"itemSequence": 2, "adjudication": [_benefit("11.39")]},
        ],
    }  # fmt: skip
    person = {
        "resourceType": "Patient", "id": "p1", "birthDate": "1988-02-17",
        "name": [{"family": "Petersen", "given": ["Johann"]}],
    }  # fmt: skip
    entries = [{"resource": one} for one in (person, policy, claim, answer)]
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": entries}, ensure_ascii=False
    ).encode()


def _benefit(paid: str) -> dict[str, Any]:
    return {
        "category": {"coding": [{"code": "benefit"}]},
        "amount": {"value": float(paid), "currency": "EUR"},
    }


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A statement with differences, one as FHIR, a claim before the answer, one overdue."""

    def back(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    treated = today - timedelta(days=52)
    private = {
        "insurance": "private", "request": "bill", "diagnosis": "Arterielle Hypertonie",
        "bill_number": "2026-288", "bill_date": back(45), "submitted_on": back(40),
        "decided_on": back(6),
    }  # fmt: skip
    approval = {
        "insurance": "statutory", "request": "approval", "patient": "Ayşe Demirel",
        "birth_date": "1975-06-03", "insurer": "Küstenkasse", "policy_number": "K123456783",
        "bill_number": "KV-2026-17", "bill_date": back(30), "submitted_on": back(27),
        "diagnosis": "Lipödem Stadium II", "expert": "none", "state": "SH",
        "lines": [{"number": "", "service": "Liposuktion, Kostenvoranschlag", "billed": "4180.00"}],
    }  # fmt: skip
    claimed = {
        **private, "patient": "Karl-Heinz Brede", "birth_date": "1957-03-30",
        "insurer": INSURER, "policy_number": "NL-55 1180", "bill_number": "2026-305",
        "bill_date": back(12), "submitted_on": back(9), "decided_on": None,
        "lines": [
            {"day": back(15), "number": "1", "service": "Beratung", "billed": "10.72"},
            {"day": back(15), "number": "3550", "service": "Blutbild", "billed": "4.02"},
        ],
    }  # fmt: skip
    files = (
        ("versicherung.csv", POLICY),
        ("rechnung.csv", bill(treated)),
        ("abrechnung.csv", statement(treated)),
    )
    fhir = {"insurance": "private", "request": "bill", "diagnosis": "Asthma bronchiale"}
    return (
        SampleOrder(type_key="claim", payload=private, files=files, hours_ago=6, end="ticked"),
        SampleOrder(
            type_key="claim",
            payload=fhir,
            files=(("fall-298.json", bundle(today - timedelta(days=33))),),
            hours_ago=10,
            end="review",
        ),
        SampleOrder(type_key="claim", payload=claimed, hours_ago=28, end="delivered"),
        SampleOrder(type_key="claim", payload=approval, hours_ago=2),
    )
