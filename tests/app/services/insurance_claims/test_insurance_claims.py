"""A case from its files to the letter: what is missing, deadlines by law, what was left out."""

import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.claim import Claim
from fhir.resources.R4B.explanationofbenefit import ExplanationOfBenefit
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app.catalogue.fhir import amount, referred, resources
from app.catalogue.steps import DeliveryInput, ResultDocument, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.insurance_claims import samples
from app.services.insurance_claims.comparing import Billed, Paid, cause_of, compared, paired
from app.services.insurance_claims.deadlines import (
    answer_until,
    barred_after,
    known_on,
    objection_until,
)
from app.services.insurance_claims.manifest import SERVICE
from app.services.insurance_claims.schemas import (
    NOT_MORE,
    UNDECIDED,
    WRONG_OBJECTED,
    ClaimOrder,
    ClaimValues,
)
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
TREATED = date(2026, 10, 5)
HEAD = {
    "insurance": "private",
    "request": "bill",
    "diagnosis": "Hypertonie",
    "bill_number": "2026-288",
    "bill_date": "2026-10-12",
    "submitted_on": "2026-10-15",
    "decided_on": "2026-11-18",
}


def run(payload: Mapping[str, Any], *files: tuple[str, bytes], **more: Any) -> StepResult:
    automation = SERVICE.work_type("claim").automation
    assert automation is not None
    step = StepInput(
        documents=tuple(
            StepDocument(id=uuid4(), name=name, media_type="", content=content)
            for name, content in files
        ),
        payload=payload,
        client_name="Praxis Fink",
        client_locale="de",
        today=TODAY,
        **more,
    )
    with files_of_our_own():
        return automation(step)


def sample() -> StepResult:
    return run(
        HEAD,
        ("versicherung.csv", samples.POLICY),
        ("rechnung.csv", samples.bill(TREATED)),
        ("abrechnung.csv", samples.statement(TREATED)),
    )


def deliver(values: Mapping[str, Any]) -> dict[str, ResultDocument]:
    work = SERVICE.work_type("claim")
    assert work.deliver is not None
    made = work.deliver(
        DeliveryInput(
            number="PF-7",
            values=values,
            payload={},
            documents=(),
            client_name="Praxis Fink",
            client_locale="de",
            today=TODAY,
        )
    )
    return {one.name: one for one in made}


def values_of(result: StepResult) -> dict[str, Any]:
    return {key: one.value for key, one in result.values.items()}


def codes(result: StepResult) -> set[str]:
    return {one.code for one in result.findings}


def test_what_the_insurer_left_out_and_why() -> None:
    result = sample()
    values = values_of(result)
    rows = {row["number"]: row for row in values["lines"]}
    assert {number: (row["cause"], row["decision"]) for number, row in rows.items()} == {
        "1": ("deductible", "accept"),
        "7": ("deductible", "accept"),
        "651": ("factor", "object"),
        "5": ("tariff", "accept"),
        "410": ("unanswered", "object"),
    }
    # 50.00 deductible: 10.72 + 21.45 + 17.83 of number 651, then 80 % of what is left.
    assert rows["651"]["expected"] == "22.88"
    assert rows["410"]["expected"] == "30.77"
    assert values["billed_total"] == "127.78"
    assert values["paid_total"] == "21.08"
    assert values["objected_total"] == "41.15"
    assert values["patient"] == "Erika Sonnenberg"
    assert values["insurer"] == samples.INSURER
    assert {"IC-CAUSE-FACTOR", "IC-CAUSE-UNANSWERED", "IC-NO-TERM"} <= codes(result)
    assert not result.straight_through


def test_the_letter_the_list_and_the_claim() -> None:
    made = deliver(values_of(sample()))
    assert set(made) == {"PF-7-letter.pdf", "PF-7-lines.xlsx", "PF-7-claim.json"}
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(made["PF-7-letter.pdf"].content)).pages
    )
    for told in ("Nordlicht", "Erika Sonnenberg", "NL-77 4021", "41,15", "Steigerungsfaktor"):
        assert told in text
    assert "Selbstbehalt" not in text
    book = CalamineWorkbook.from_filelike(io.BytesIO(made["PF-7-lines.xlsx"].content))
    assert len(book.get_sheet_by_index(0).to_python()) == 6
    bundle = json.loads(made["PF-7-claim.json"].content)
    Bundle.model_validate(bundle)
    claim = Claim.model_validate(bundle["entry"][3]["resource"])
    assert claim.total is not None
    assert claim.total.value == Decimal("127.78")
    assert len(claim.item or ()) == 5


def test_a_claim_before_the_answer() -> None:
    """Nothing is missing yet; the deadline is the insurer's."""
    head = {**HEAD, "decided_on": None, "patient": "E", "insurer": "N", "policy_number": "1"}
    result = run(head, ("rechnung.csv", samples.bill(TREATED)))
    values = values_of(result)
    assert "IC-NO-STATEMENT" in codes(result)
    assert not any(code.startswith("IC-CAUSE") for code in codes(result))
    assert values["objected_total"] == "0.00"
    assert (values["due_on"], values["due_law"]) == ("2026-11-15", "§ 14 (2) VVG")
    assert "IC-OVERDUE" in codes(result)
    made = deliver(values)
    letter = PdfReader(io.BytesIO(made["PF-7-letter.pdf"].content)).pages[0].extract_text()
    for shown in ("Antrag auf Erstattung", "25.11.2026", "Sehr geehrte", "Mit freundlichen"):
        assert shown in letter
    assert b"20261115" in made["PF-7-deadline.ics"].content


def test_the_same_case_as_fhir() -> None:
    """A response names its items only by their number in the claim."""
    result = run(
        {"insurance": "private", "diagnosis": "Asthma"},
        ("fall.json", samples.bundle(date(2026, 10, 20))),
    )
    values = values_of(result)
    rows = {row["number"]: row for row in values["lines"]}
    assert rows["30"]["cause"] == "necessity"
    assert rows["30"]["reason"] == "Medizinische Notwendigkeit nicht erkennbar"
    assert rows["505"]["cause"] == "none"
    assert values["objected_total"] == "120.65"
    assert (values["policy_number"], values["decided_on"]) == ("EV-190022", "2026-11-09")
    Bundle.model_validate(json.loads(samples.bundle(date(2026, 10, 20))))


def test_an_explanation_of_benefit_and_another_policy() -> None:
    benefit = {
        "resourceType": "ExplanationOfBenefit",
        "status": "active",
        "type": {"coding": [{"code": "professional"}]},
        "use": "claim",
        "patient": {"reference": "Patient/1"},
        "created": "2026-11-10",
        "insurer": {"display": "Nordlicht"},
        "provider": {"display": "P"},
        "outcome": "complete",
        "insurance": [{"focal": True, "coverage": {"reference": "Coverage/1"}}],
        "item": [
            {
                "sequence": 1,
                "productOrService": {"coding": [{"code": "410"}]},
                "servicedDate": "2026-10-08",
                "net": {"value": 38.46, "currency": "EUR"},
                "adjudication": [
                    {
                        "category": {"coding": [{"code": "benefit"}]},
                        "amount": {"value": 20.00, "currency": "EUR"},
                        "reason": {"text": "Höchstbetrag erreicht"},
                    }
                ],
            }
        ],
    }
    ExplanationOfBenefit.model_validate(benefit)
    result = run(
        {**HEAD, "policy_number": "NL-1"},
        ("policy.csv", samples.POLICY),
        ("bill.csv", samples.bill(TREATED)),
        ("eob.json", json.dumps(benefit).encode()),
    )
    rows = {row["number"]: row for row in values_of(result)["lines"]}
    assert (rows["410"]["paid"], rows["410"]["cause"]) == ("20.00", "ceiling")
    assert "IC-CONTRADICTION" in codes(result)


def test_what_insurers_write() -> None:
    told = {
        "Begründung für den Steigerungsfaktor fehlt": "factor",
        "Ziffer 5 nicht neben Ziffer 7 berechnungsfähig": "exclusion",
        "Medizinisch nicht notwendig": "necessity",
        "Bitte Befund nachreichen": "document",
        "Bereits erstattet am 3.9.": "double",
        "Höchstsatz nach Tarif": "ceiling",
        "Tarif 80 %": "tariff",
        "": "unknown",
        "siehe Anlage": "unknown",
    }
    assert {text: cause_of(text) for text in told} == told


@pytest.mark.parametrize(
    ("insurance", "request_", "received", "more", "expected", "law"),
    [
        ("statutory", "approval", (2026, 11, 2), {}, (2026, 11, 23), "§ 13 (3a) SGB V"),
        # 35 days from 6 October 2026 are 10 November.
        (
            *("statutory", "approval", (2026, 10, 6), {"expert": "medical"}),
            *((2026, 11, 10), "§ 13 (3a) SGB V"),
        ),
        (
            *("statutory", "approval", (2026, 10, 6), {"expert": "dental"}),
            *((2026, 11, 17), "§ 13 (3a) SGB V"),
        ),
        # Ends on 26 December, a Saturday and holiday: the next working day is Monday.
        ("statutory", "approval", (2026, 12, 5), {}, (2026, 12, 28), "§ 13 (3a) SGB V"),
        ("private", "approval", (2026, 11, 2), {}, (2026, 11, 30), "§ 192 (8) VVG"),
        ("private", "approval", (2026, 11, 2), {"urgent": True}, (2026, 11, 16), "§ 192 (8) VVG"),
        ("private", "bill", (2026, 1, 31), {}, (2026, 2, 28), "§ 14 (2) VVG"),
        ("statutory", "bill", (2026, 5, 11), {}, (2026, 11, 11), "§ 88 (1) SGG"),
    ],
)
def test_until_when_the_insurer_answers(
    insurance: Any,
    request_: Any,
    received: tuple[int, int, int],
    more: Mapping[str, Any],
    expected: tuple[int, int, int],
    law: str,
) -> None:
    found = answer_until(insurance, request_, date(*received), **more)
    assert (found.day, found.law) == (date(*expected), law)


def test_until_when_to_object() -> None:
    """The fourth day since 2025, the third before; it does not move, the month's end does."""
    assert known_on(date(2024, 12, 31)) == date(2025, 1, 3)
    assert known_on(date(2026, 11, 18)) == date(2026, 11, 22)  # a Sunday
    due = objection_until("statutory", date(2026, 11, 18))
    assert due is not None
    assert due.day == date(2026, 12, 22)
    late = objection_until("statutory", date(2026, 11, 18), instructed=False)
    assert late is not None
    assert (late.day, late.law) == (date(2027, 11, 22), "§ 66 (2) SGG")
    moved = objection_until("statutory", date(2026, 11, 22))
    assert moved is not None
    assert moved.day == date(2026, 12, 28)  # 26 December is a Saturday and a holiday
    assert objection_until("private", date(2026, 11, 18)) is None
    assert barred_after("private", date(2026, 3, 1)).day == date(2029, 12, 31)
    assert barred_after("statutory", date(2026, 3, 1)).day == date(2030, 12, 31)


AMOUNTS = st.decimals(min_value=0, max_value=500, places=2)
DAYS = st.sampled_from([date(2026, 10, 1), date(2026, 10, 2), None])
NUMBERS = st.sampled_from(["1", "5", "7", ""])
BILLS = st.lists(
    st.builds(
        Billed, place=st.just(""), day=DAYS, number=NUMBERS, service=st.just(""), amount=AMOUNTS
    ),
    max_size=8,
)
ANSWERS = st.lists(
    st.builds(
        Paid, place=st.just(""), day=DAYS, number=NUMBERS, amount=st.none() | AMOUNTS, paid=AMOUNTS
    ),
    max_size=8,
)


@given(BILLS, ANSWERS, st.integers(0, 100), AMOUNTS)
def test_no_line_is_lost_or_paid_twice(
    bill: list[Billed], answers: list[Paid], percent: int, deductible: Decimal
) -> None:
    pairs, left = paired(bill, answers)
    assert [one for one, _ in pairs] == bill
    used = [answer for _, answer in pairs if answer is not None]
    assert sorted(map(id, [*used, *left])) == sorted(map(id, answers))
    lines, _ = compared(bill, answers, percent=Decimal(percent), deductible=deductible)
    assert all(0 <= one.expected <= one.billed.amount for one in lines)
    total = sum((one.amount for one in bill), Decimal(0))
    exact = max(total - deductible, Decimal(0)) * percent / 100
    assert abs(sum((one.expected for one in lines), Decimal(0)) - exact) <= len(bill) * Decimal(
        "0.005"
    )


def test_a_clerk_decides_every_line_and_the_sums_hold() -> None:
    values = values_of(sample())
    assert ClaimValues().validate(values) == {}
    rows = values["lines"]
    undecided = {**values, "lines": [{**rows[0], "decision": "open"}, *rows[1:]]}
    assert ClaimValues().validate(undecided)["lines"] == [UNDECIDED]
    assert ClaimValues().validate({**values, "objected_total": "41.16"}) == {
        "objected_total": [WRONG_OBJECTED]
    }
    greedy = {**values, "lines": [{**rows[0], "decision": "object"}, *rows[1:]]}
    assert ClaimValues().validate(greedy)["lines"] == [NOT_MORE]


def test_what_is_missing_is_asked_for() -> None:
    result = run({"insurance": "private"})
    assert codes(result) >= {
        "IC-WITHOUT-PATIENT",
        "IC-WITHOUT-POLICY",
        "IC-WITHOUT-LINES",
        "IC-NO-STATEMENT",
        "IC-NO-POLICY",
        "IC-NO-DAY",
    }
    assert not result.straight_through


def test_a_bill_handed_in_twice_is_said_without_naming_it() -> None:
    first = sample()
    assert "288" not in "".join(first.fingerprints)
    again = run(
        HEAD,
        ("versicherung.csv", samples.POLICY),
        ("r.csv", samples.bill(TREATED)),
        ("a.csv", samples.statement(TREATED)),
        known_fingerprints={first.fingerprints[0]: "PF-3"},
    )
    assert "IC-DUPLICATE" in codes(again)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.json", b"{", "IC-NOT-FHIR"),
        ("x.json", b"[" * 100_000, "IC-NOT-FHIR"),
        ("x.json", b'{"resourceType": "Basic"}', "IC-NOTHING-KNOWN"),
        ("x.json", b'{"resourceType": "Bundle", "entry": 7}', "IC-NOTHING-KNOWN"),
        (
            "x.json",
            b'{"resourceType":"Claim","item":[{"net":{"value":"NaN"},"quantity":7}]}',
            "IC-NO-STATEMENT",
        ),
        ("x.csv", b"\x00\x01\xff", "TABLE-COLUMN"),
        ("x.csv", b"", "TABLE-EMPTY"),
        ("x.xlsx", b"PK\x03\x04half", "TABLE-UNREADABLE"),
        ("x.csv", b"Datum;Betrag;Erstattet\n1.1.26;x;=1+1", "TABLE-CELL-AMOUNT"),
    ],
)
def test_broken_files_are_findings(name: str, content: bytes, code: str) -> None:
    assert code in codes(run({"insurance": "private"}, (name, content)))


def test_the_bills_of_the_reference_data() -> None:
    """Gematik's bill becomes lines of a case; its policy is read as a statutory one."""
    folder = REFERENCE_DATA / "health"
    if not folder.exists():
        pytest.skip(f"no reference data: {folder}")
    found = next(folder.glob("dipag-fhir/**/Bundle-BundleExample.json"))
    result = run({"insurance": "private"}, ("bill.json", found.read_bytes()))
    values = values_of(result)
    assert values["patient"]
    assert Decimal(values["billed_total"]) > 0
    policy = next(folder.glob("hl7germany-fhir/**/Coverage-Example-coverage-example.json"))
    result = run({"insurance": "private"}, ("policy.json", policy.read_bytes()))
    assert "IC-OTHER-INSURANCE" in codes(result)
    assert values_of(result)["insurer"] == "Krankenkasse A"


def test_a_bill_in_several_files_is_one_bill() -> None:
    """Gematik's complete sample: the invoice points at its services, each in a file of its own."""
    folder = REFERENCE_DATA / "health" / "dipag-invoice-complete"
    if not folder.exists():
        pytest.skip(f"no reference data: {folder}")
    files = [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
    result = run({}, *files)
    lines = values_of(result)["lines"]
    assert [row["number"] for row in lines] == ["1", "5", "70", "1", "5", "3501", "3597.H1"]
    assert {row["day"] for row in lines} == {"2018-10-04", "2018-10-19"}
    unread = [one.place for one in result.findings if one.code == "IC-NOTHING-KNOWN"]
    assert [place.partition("-")[0] for place in unread] == ["Organization", "Practitioner"]


def test_fhir_is_read_with_care() -> None:
    assert resources(b"\xff") is None
    assert resources(b"[1]") is None
    assert amount({"value": "1e400000"}) is None or amount({"value": "12.5"}) == Decimal("12.5")
    assert amount({"value": "NaN"}) is None
    one = {"resourceType": "Organization", "id": "7"}
    assert referred({"reference": "urn:uuid:7"}, [one], "Organization") is one
    assert referred({"reference": "Organization/8"}, [one], "Organization") == {}


def test_samples_are_orders() -> None:
    for order in samples.sample_orders(TODAY):
        assert ClaimOrder().validate(dict(order.payload)) == {}
        result = run(ClaimOrder().dump(ClaimOrder().load(dict(order.payload))), *order.files)
        assert "lines" in result.values
        if order.end != "new":
            assert ClaimValues().validate(values_of(result)) == {}
