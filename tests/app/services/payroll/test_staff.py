"""Staff lists as offices keep them; a line that cannot be right is left out with its reason."""

from datetime import date
from uuid import uuid4

import pytest

from app.catalogue.steps import StepDocument, StepInput, StepResult
from app.services.payroll.samples import STAFF
from app.services.payroll.schemas import OUR_IBAN, PayrollOrder
from app.services.payroll.steps import check
from tests.conftest import REFERENCE_DATA

CHART = REFERENCE_DATA / "payroll/bmf-pap/Lohnsteuer2026.xml"
pytestmark = pytest.mark.skipif(not CHART.is_file(), reason="the reference data is not here")
HEAD = f"{STAFF[0]};Krankenversicherung"
GOOD = "Anna;3000;1;SH;2,9;nein;nein;1;DE89370400440532013000"


def run(*lines: str, chart: bytes = b"", day: str = "") -> StepResult:
    files = (
        ("p.csv", "\n".join((HEAD, *lines)).encode()),
        ("chart.xml", CHART.read_bytes()),
        *([("other.xml", chart)] if chart else []),
    )
    return check(
        StepInput(
            documents=tuple(
                StepDocument(id=uuid4(), name=name, media_type="", content=content)
                for name, content in files
            ),
            payload={
                "month": "2026-11",
                "iban": "DE89370400440532013000",
                "execution_date": day or None,
            },
            client_name="Bäckerei Sommer GmbH",
            client_locale="de",
            today=date(2026, 11, 25),
        )
    )


def test_lists_are_read_as_offices_keep_them() -> None:
    """Roman classes, names of states, the creed, and either kind of number."""
    other = "Anna;3.000,00 €;I;Schleswig-Holstein;2.90;vd;no;1;DE89370400440532013000;gesetzlich"
    usual, same = run(GOOD), run(other)
    assert usual.findings == same.findings == ()
    assert usual.values == same.values
    catholic = run(other.replace(";vd;", ";rk;")).values["payslips"].value
    assert catholic[0]["church_tax"] != "0.00"


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ((";2,9;", ";29;"), "PY-ADDITIONAL", "Zusatzbeitrag"),
        ((";nein;1;", ";ja;2;"), "PY-CHILDLESS", "Kinderlos"),
        ((";nein;nein;", ";vielleicht;nein;"), "TABLE-CELL-CHOICE", "Kirchensteuer"),
        ((";nein;1;", ";wohl;1;"), "TABLE-CELL-YES", "Kinderlos"),
        ((";nein;1;", ";nein;eins;"), "TABLE-CELL-WHOLE", "Kinder"),
        ((";1;SH", ";7;SH"), "TABLE-CELL-CHOICE", "Steuerklasse"),
        ((";SH;", ";Ostfriesland;"), "TABLE-CELL-CHOICE", "Bundesland"),
        (("3000;", "-3000;"), "PY-GROSS", "Brutto"),
        (("3000;", "3000,005;"), "PY-GROSS", "Brutto"),
        (("2013000", "2013000;privat (Debeka)"), "PY-PRIVATE", "Krankenversicherung"),
    ],
)
def test_what_cannot_be_right_is_left_out(change: tuple[str, str], code: str, column: str) -> None:
    wrong = GOOD.replace(*change)
    assert wrong != GOOD
    found = run(GOOD, wrong)
    assert [(one.code, one.place) for one in found.findings] == [(code, f"p.csv:3 {column}")]
    assert [row["gross"] for row in found.values["payslips"].value] == ["3000.00"]


def test_nobody_is_paid_twice_unseen() -> None:
    found = run(GOOD, GOOD)
    assert [(one.code, one.place) for one in found.findings] == [
        ("PY-TWICE", "p.csv:3 Mitarbeiter")
    ]
    assert not found.straight_through


def test_a_day_on_which_nothing_can_be_paid_is_told() -> None:
    assert run(GOOD, day="2026-11-30").findings == ()
    (sunday,), (past,) = (run(GOOD, day=day).findings for day in ("2026-11-29", "2026-11-24"))
    assert (sunday.code, sunday.params) == ("PY-DAY", {"next": "2026-11-30"})
    assert (past.code, past.place) == ("PY-DAY-PAST", "execution_date")
    given = {"month": "2026-11", "iban": "DE00123"}
    assert PayrollOrder().validate(given) == {"iban": [OUR_IBAN]}
    assert PayrollOrder().validate({**given, "iban": ""}) == {}


def test_a_changed_chart_beside_the_official_one_is_no_silence() -> None:
    changed = CHART.read_bytes().replace(b"ROUND_DOWN", b"ROUND_UP", 1)
    found = run(GOOD, chart=changed)
    assert [(one.code, one.place) for one in found.findings] == [("PY-CHART-OTHER", "other.xml")]
    assert found.values == run(GOOD).values
