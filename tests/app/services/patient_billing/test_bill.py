"""A bill from order to printed page: factors, reasons, lists, and what a clerk may not hand on."""

import io
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from fhir.resources.R4B.bundle import Bundle
from marshmallow import ValidationError
from pypdf import PdfReader

from app.catalogue.finding_texts import SHARED
from app.catalogue.service import service
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.services.patient_billing.manifest import SERVICE
from app.services.patient_billing.rules import Bill, Line, check
from app.services.patient_billing.samples import sample_orders
from app.services.patient_billing.schemas import PatientBillOrder, PatientBillValues
from app.services.patient_billing.texts import TEXTS, finding_text
from tests.app.services.patient_billing.bills import DAY

HEAD = {
    "patient": "Erika Sonnenberg", "street": "Lindenweg 4", "town": "24103 Kiel",
    "invoice_number": "2026-1", "invoice_date": "2026-11-21", "diagnosis": "Husten",
    "practice_street": "Am Hafen 2", "practice_town": "24103 Kiel",
    "iban": "DE02120300000000202051",
}  # fmt: skip


def line(number: str, factor: str = "1", **more: Any) -> Line:
    return Line(place=number, day=DAY, number=number, factor=Decimal(factor), **more)


def codes(*lines: Line, **more: Any) -> set[str]:
    return {found["code"] for found in check(Bill(lines=lines, **more), today=DAY)}


def run(*files: tuple[str, bytes], known: dict[str, str] | None = None, **order: Any) -> StepResult:
    automation = SERVICE.work_type("patient_bill").automation
    assert automation is not None
    return automation(
        StepInput(
            documents=tuple(
                StepDocument(id=uuid4(), name=name, media_type="", content=content)
                for name, content in files
            ),
            payload={**HEAD, **order},
            client_name="Praxis Fink",
            client_locale="de",
            today=DAY,
            known_fingerprints=known or {},
        )
    )


@pytest.mark.parametrize(
    ("number", "factor", "expected"),
    [
        ("1", "2.3", set()),
        ("1", "2.31", {"PB-REASON"}),
        ("1", "3.6", {"PB-REASON", "PB-FACTOR-MOST"}),
        ("5010", "1.8", set()),
        ("5010", "1.81", {"PB-REASON"}),
        ("5010", "2.51", {"PB-REASON", "PB-FACTOR-MOST"}),
        ("3501", "1.15", set()),
        ("3501", "1.16", {"PB-REASON"}),
        ("651", "1.8", set()),
        ("651", "2.3", {"PB-REASON"}),
        ("437", "1.31", {"PB-REASON", "PB-FACTOR-MOST"}),
        ("442", "1.1", {"PB-REASON", "PB-FACTOR-MOST"}),
        ("1", "0", {"PB-FACTOR"}),
        ("9999", "1", {"PB-NUMBER"}),
        ("4071.H3", "1", {"PB-NUMBER-LABORATORY"}),
    ],
)
def test_factors(number: str, factor: str, expected: set[str]) -> None:
    assert codes(line(number, factor)) == expected


def test_a_reason_lifts_the_threshold_but_not_the_most() -> None:
    assert codes(line("1", "3.5", reason="Dolmetscher nötig")) == set()
    assert codes(line("1", "3.6", reason="Dolmetscher nötig")) == {"PB-FACTOR-MOST"}


def test_what_stands_together() -> None:
    assert "PB-EXCLUDED" in codes(line("8"), line("5"))
    assert codes(line("1"), line("2")) >= {"PB-ALONE"}
    assert codes(line("3"), line("250")) >= {"PB-ALONE-OR-EXAMINATION"}
    assert codes(line("3"), line("7")) == set()
    assert codes(line("A")) == {"PB-SURCHARGE-ALONE"}
    assert codes(line("1"), line("1")) == {"PB-TWICE-A-DAY"}
    many = [line(f"{number}.H1") for number in (*range(3587, 3599), 3583)]
    assert "PB-CEILING" in codes(*many)
    assert "PB-CEILING" not in codes(*many[:9])
    assert "PB-CEILING" in codes(*many[:9], line("3574.H1"))


def test_one_cent_is_found() -> None:
    assert codes(line("3501", "1.15", amount=Decimal("4.02"))) == set()
    assert codes(line("3501", "1.15", amount=Decimal("4.03"))) == {"PB-AMOUNT"}
    assert codes(line("1", "2.3"), total=Decimal("10.71")) == {"PB-TOTAL"}


def test_a_list_becomes_a_bill() -> None:
    listed = "Datum;Ziffer;Faktor;Anzahl\r\n20.11.2026;1;2,3;1\r\n20.11.2026;3501;;2\r\n"
    for content in (listed.encode(), listed.encode("utf-16"), listed.encode("cp1252")):
        result = run(("leistungen.csv", content))
        rows = result.values["positions"].value
        assert [row["amount"] for row in rows] == ["10.72", "8.04"]
        assert rows[1]["factor"] == "1.15", "without a factor it is the threshold"
        assert result.values["total"].value == "18.76"
        assert result.straight_through


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.csv", b"a;b\n1;2\n", "TABLE-COLUMN"),
        ("x.csv", b"\n\n", "TABLE-EMPTY"),
        ("x.csv", b"Datum;Ziffer\n32.13.2026;1\n", "TABLE-CELL-DATE"),
        ("x.csv", b"Datum;Ziffer;Faktor\n20.11.2026;1;acht\n", "TABLE-CELL-AMOUNT"),
        ("x.csv", b"Datum,Ziffer,Faktor\n20.11.2026,1,2,3\n", "TABLE-ROW-LONGER"),
        ("x.xlsx", b"PK\x03\x04 broken", "TABLE-UNREADABLE"),
        ("x.json", b"{", "PB-NOT-FHIR"),
        ("x.json", b"[" * 50_000, "PB-NOT-FHIR"),
        ("x.json", b'{"resourceType": "Invoice", "lineItem": [{}]}', "PB-ITEM-MISSING"),
        ("x.json", b'{"resourceType": "Patient"}', "PB-NO-INVOICE"),
        ("x.pdf", b"%PDF-", "PB-NOTHING"),
    ],
)
def test_a_wrong_file_gives_a_reason(name: str, content: bytes, code: str) -> None:
    found = {one.code for one in run((name, content)).findings}
    assert code in found
    assert found <= {*TEXTS, *SHARED}


def test_what_cannot_be_read_is_not_billed_by_a_guess() -> None:
    listed = "Datum;Ziffer;Faktor;Anzahl\n20.11.26;1;2,3;0\n20.11.2026;5;acht;1\n20.11.26;7;2,3;\n"
    result = run(("leistungen.csv", listed.encode()))
    assert [row["number"] for row in result.values["positions"].value] == ["1", "7"]
    told = {(one.code, one.severity, one.place) for one in result.findings}
    assert ("TABLE-CELL-AMOUNT", Severity.ERROR, "leistungen.csv:3 Faktor") in told
    assert ("PB-COUNT", Severity.ERROR, "leistungen.csv:2") in told, "none is not one"


def test_a_patient_as_fhir_goes_with_a_list_of_services() -> None:
    patient = {"resourceType": "Patient", "name": [{"text": "Ida Roth"}], "birthDate": "1980-01-02"}
    order = {"patient": "", "positions": [{"day": "2026-11-20", "number": "1", "factor": "2.3"}]}
    result = run(("patient.json", json.dumps(patient).encode()), **order)
    assert result.values["patient"].value == "Ida Roth"
    assert result.straight_through
    nobody = run(("ort.json", b'{"resourceType": "Location"}'), **order)
    assert "PB-NO-INVOICE" in {one.code for one in nobody.findings}


def test_the_same_number_again_is_told() -> None:
    first = run(positions=[{"day": "2026-11-20", "number": "1", "factor": "2.3"}])
    again = run(
        positions=[{"day": "2026-11-20", "number": "1", "factor": "2.3"}],
        known=dict.fromkeys(first.fingerprints, "FINK-1"),
    )
    assert not {one.code for one in first.findings}
    assert [one.params for one in again.findings] == [{"item": "FINK-1"}]


def delivered() -> tuple[dict[str, Any], list[bytes]]:
    result = run(
        positions=[{"day": "2026-11-20", "number": "1", "factor": "2.9", "reason": "Eile"}]
    )
    values = PatientBillValues().dump(
        PatientBillValues().load({key: read.value for key, read in result.values.items()})
    )
    deliver = SERVICE.work_type("patient_bill").deliver
    assert deliver is not None
    made = deliver(
        DeliveryInput(
            number="FINK-1", values=values, payload={}, documents=(),
            client_name="Praxis Fink", client_locale="de",
        )
    )  # fmt: skip
    return dict(values), [one.content for one in made]


def test_the_bill_is_printed_and_is_fhir() -> None:
    values, (pdf, fhir) = delivered()
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    for shown in (
        *("2026-1", "Erika Sonnenberg", "13,52", "Faktor 2,9: Eile", "§ 4 Nr. 14 UStG"),
        *("Am Hafen 2", "auf das Konto DE02 1203 0000 0000 2020 51"),
    ):
        assert shown in text
    assert values["total"] == "13.52"
    bundle = Bundle.model_validate_json(fhir)
    assert [entry.resource.get_resource_type() for entry in bundle.entry] == [
        "Patient", "ChargeItem", "Invoice",
    ]  # fmt: skip
    assert json.loads(fhir)["entry"][2]["resource"]["totalGross"]["value"] == 13.52


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total": "13.51"}, "total"),
        ({"payable_by": "2026-11-01"}, "payable_by"),
        ({"positions": []}, "positions"),
        ({"iban": "DE03120300000000202051"}, "iban"),
    ],
)
def test_what_is_wrong_is_not_handed_over(change: dict[str, Any], field: str) -> None:
    values, _ = delivered()
    with pytest.raises(ValidationError) as refused:
        PatientBillValues().load(values | change)
    assert field in refused.value.messages_dict
    values["positions"][0]["reason"] = ""
    with pytest.raises(ValidationError):
        PatientBillValues().load(values)


def test_an_amount_goes_by_the_schedule_and_what_is_left_empty_is_worked_out() -> None:
    values, _ = delivered()
    row = values["positions"][0]
    row["factor"], row["reason"] = "1.8", ""
    with pytest.raises(ValidationError) as refused:
        PatientBillValues().load(values)
    (told,) = refused.value.messages_dict["positions"]
    assert str(told) == (
        "Number 1 with the factor 1.8 is billed as 13.52; the fee schedule gives 8.39."
    )
    row["amount"] = values["total"] = ""
    loaded = PatientBillValues().load(values)
    assert (loaded["positions"][0]["amount"], loaded["total"]) == (Decimal("8.39"),) * 2


def test_a_laboratory_number_under_a_ceiling_takes_its_amount_by_hand() -> None:
    values, _ = delivered()
    row = values["positions"][0]
    row |= {"number": "3630.H", "factor": "1.15", "reason": "", "amount": "", "service": "Titer"}
    with pytest.raises(ValidationError):
        PatientBillValues().load(values | {"total": ""})
    row["amount"] = "12.40"
    loaded = PatientBillValues().load(values | {"total": ""})
    assert loaded["total"] == Decimal("12.40")


def test_samples_are_orders_and_every_code_has_a_sentence(app: object) -> None:
    for sample in sample_orders(DAY):
        PatientBillOrder().load(sample.payload)
        result = run(*sample.files, **sample.payload)
        assert result.values["positions"].value
        assert {one.code for one in result.findings} <= {*TEXTS, *SHARED}
    assert service("patient_billing").health_data
    assert str(finding_text("PB-AMOUNT", {"found": "1.00"})).startswith("Number - with")
