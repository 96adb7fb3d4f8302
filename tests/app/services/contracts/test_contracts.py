"""Deadlines of contracts: by the law, from a register with slips, and what is handed over."""

import io
from datetime import date
from uuid import uuid4

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from app.catalogue.limited import limited
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.contracts.manifest import SERVICE
from app.services.contracts.rules import Contract, deadline, first_end
from app.services.contracts.samples import register
from app.services.contracts.schemas import ContractsValues

TODAY = date(2026, 11, 25)


def run(content: bytes, name: str = "register.csv") -> StepResult:
    automation = SERVICE.work_types[0].automation
    assert automation is not None
    file = StepDocument(id=uuid4(), name=name, media_type="text/csv", content=content)
    step = StepInput(
        documents=(file,),
        payload={"state": "HH", "remind_days": 30},
        client_name="C",
        client_locale="de",
        today=TODAY,
    )
    with files_of_our_own():
        return automation(step)


def test_a_term_that_renews() -> None:
    terms = Contract(start=date(2024, 3, 1), term_months=24, renewal_months=12, notice_count=3)
    assert first_end(terms) == date(2026, 2, 28)
    found = deadline(terms, today=TODAY, state="HH")
    assert found.ends_on == date(2027, 2, 28)
    assert found.last_notice == date(2026, 11, 30)  # three months later is February's last day
    assert found.missed_end is None
    late = deadline(terms, today=date(2026, 12, 1), state="HH")
    assert late.missed_end == date(2027, 2, 28)
    assert late.ends_on == date(2028, 2, 29)  # from the start, not from the last end


def test_a_lease_to_the_end_of_a_quarter() -> None:
    terms = Contract(start=date(2020, 1, 1), notice_count=6, notice_to="quarter")
    found = deadline(terms, today=TODAY, state="HH")
    assert found.ends_on == date(2027, 6, 30)
    assert found.last_notice == date(2026, 12, 31)
    assert found.missed_end is None


def test_a_sunday_is_not_moved_but_the_plan_is() -> None:
    terms = Contract(
        start=date(2024, 3, 1),
        term_months=36,
        renewal_months=12,
        notice_count=4,
        notice_unit="weeks",
    )
    found = deadline(terms, today=TODAY, state="HH")
    assert found.last_notice == date(2027, 1, 31)  # a Sunday
    assert found.safe_day == date(2027, 1, 29)
    assert found.post_by == date(2027, 1, 26)


def test_notice_at_any_time() -> None:
    terms = Contract(start=date(2020, 1, 1), notice_count=4, notice_unit="weeks", notice_to="any")
    assert deadline(terms, today=TODAY, state="HH").ends_on == date(2026, 12, 23)


def test_a_fixed_term_needs_no_notice() -> None:
    terms = Contract(start=date(2026, 1, 1), term_months=12, notice_count=3)
    found = deadline(terms, today=TODAY, state="HH")
    assert (found.ends_on, found.last_notice) == (date(2026, 12, 31), None)


def test_a_register_with_its_slips() -> None:
    result = run(register(TODAY))
    codes = {one.code for one in result.findings}
    assert {"CT-UNCLEAR", "CT-GIVEN", "CT-ENDS", "CT-SOON"} <= codes
    assert len(result.values["deadlines"].value) == 11
    unclear = next(one for one in result.findings if one.code == "CT-UNCLEAR")
    assert unclear.place == "register.csv:13 Laufzeit Monate"
    assert not result.straight_through
    assert result.documents[0].content.startswith(b"<svg")
    assert all(str(SERVICE.finding_text(one.code, one.params)) for one in result.findings)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "TABLE-EMPTY"),
        (b"PK\x03\x04broken", "TABLE-UNREADABLE"),
        (b"Vertrag;Beginn\nA;1.1.2026\n", "TABLE-COLUMN"),
        (b"Vertrag;Beginn;Frist\n", "TABLE-COLUMN"),
        ("Vertrag;Beginn;Kündigungsfrist\nA;32.1.2026;3\n".encode(), "TABLE-CELL-DATE"),
        ("Vertrag;Beginn;Kündigungsfrist\nA;1.1.2026;drei\n".encode(), "TABLE-CELL-WHOLE"),
        ("Vertrag;Beginn;Kündigungsfrist\n;1.1.2026;3\n".encode(), "TABLE-CELL-MISSING"),
    ],
)
def test_a_broken_table_is_a_finding(content: bytes, code: str) -> None:
    result = run(content)
    assert code in {one.code for one in result.findings if one.severity is Severity.ERROR}
    assert result.values == {}


def test_approved_deadlines_are_handed_over() -> None:
    values = {key: one.value for key, one in run(register(TODAY)).values.items()}
    assert ContractsValues().validate(values) == {}
    values["deadlines"][0]["contract"] = "=cmd()"
    assert SERVICE.work_types[0].deliver is not None
    made = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(made[0].content))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 12
    assert rows[0][3] == "Kündigung muss da sein bis"
    assert rows[1][0] == "=cmd()"  # a text, not a formula
    events = Calendar.from_ical(made[1].content).walk("VEVENT")
    watched = [one for one in values["deadlines"] if one["last_notice"]]
    assert len(events) == len(watched)
    assert events[0].get("dtstart").dt == date.fromisoformat(watched[0]["safe_day"])
    assert len(events[0].walk("VALARM")) == 3


def test_what_cannot_be_read_of_the_terms_is_not_guessed() -> None:
    """Three quarters are not three months."""
    head = "Vertrag;Beginn;Laufzeit Monate;Verlängerung Monate;Kündigungsfrist;Einheit"
    rows = "A;01.01.2025;24;12;3;Quartale\nB;01.01.2025;24;zwölf;3;Monate\nC;01.01.2025;24;12;-3;"
    result = run(f"{head}\n{rows}\nD;01.01.2025;24;12;3;Monate\n".encode())
    assert [row["contract"] for row in result.values["deadlines"].value] == ["D"]
    assert [one.code for one in result.findings].count("CT-UNCLEAR") == 3


def test_of_a_contract_that_was_given_notice_only_its_end_is_told() -> None:
    head = "Vertrag;Beginn;Laufzeit Monate;Verlängerung Monate;Kündigungsfrist;Kosten je Monat"
    result = run(f"{head};Gekündigt am\nA;01.01.2025;24;12;3;10;01.09.2026\n".encode())
    (row,) = result.values["deadlines"].value
    assert (row["ends_on"], row["last_notice"], row["at_stake"]) == ("2026-12-31", None, None)


def test_it_runs_in_a_limited_process() -> None:
    """The same answer over the wall as without it."""
    file = StepDocument(
        id=uuid4(), name="register.csv", media_type="text/csv", content=register(TODAY)
    )
    step = StepInput(
        documents=(file,),
        payload={"state": "HH"},
        client_name="C",
        client_locale="de",
        today=TODAY,
    )
    automation = limited("app.services.contracts.steps:check")
    outside = automation(step)
    with files_of_our_own():
        inside = automation(step)
    assert outside == inside
    assert outside.values
