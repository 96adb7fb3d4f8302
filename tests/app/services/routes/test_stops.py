"""Lists as people send them: what is read from them, and what is said of what is not right."""

import re
from contextlib import closing
from datetime import date, time
from io import BytesIO
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import xlsxwriter
from icalendar import Calendar
from marshmallow import ValidationError

from app.catalogue.rows import MOST_OF_A_KIND
from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.spoken import in_language
from app.kernel.workbooks import filled_sheets
from app.services.routes.manifest import SERVICE
from app.services.routes.samples import sample_orders
from app.services.routes.schemas import RouteOrder, RouteValues, TourRow
from app.services.routes.steps import check

DAY = date(2026, 11, 25)
HEAD = "Stop;Breite;Länge;Menge;von;bis;Minuten\n"


def order(**changed: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = RouteOrder().load(dict(sample_orders(DAY)[0].payload) | changed)
    return loaded


def run(content: str | bytes, **changed: Any) -> StepResult:
    written = content.encode("cp1252") if isinstance(content, str) else content
    return check(
        StepInput(
            documents=(StepDocument(id=uuid4(), name="s.csv", media_type="", content=written),),
            payload=RouteOrder().dump(order(**changed)),
            client_name="Alpha Logistik KG",
            client_locale="de",
            today=DAY,
        )
    )


def codes(result: StepResult) -> list[tuple[str, str]]:
    assert SERVICE.finding_text is not None
    for one in result.findings:
        assert "has found something" not in str(SERVICE.finding_text(one.code, one.params))
    return [(one.code, str(one.params["line"])) for one in result.findings]


def rows(result: StepResult) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result.values["plan"].value
    return found


def test_decimal_commas_and_hours_as_people_write_them() -> None:
    result = run(
        HEAD + "Müllerei;54,4050;9,9770;12,2;8.30;16 Uhr;7,5\n"
        "Café Groß;54,3740;10,1460;3;8;24:00;5\n"
        "Öl & Co;54,2830;10,2350;1;07:00:00;17:00:00;5\n"
    )
    assert codes(result) == [("RO-ROUNDED", "2")]
    assert {row["stop"]: row["quantity"] for row in rows(result)} == {
        "Müllerei": 13, "Café Groß": 3, "Öl & Co": 1,
    }  # fmt: skip
    assert next(row for row in rows(result) if row["stop"] == "Müllerei")["arrival"] >= "08:30"


def test_a_load_is_never_taken_for_less_than_it_is() -> None:
    list_of_two = HEAD + "A;54,37;10,14;50,5;;;\nB;54,38;10,15;49,6;;;\n"
    assert len({row["tour"] for row in rows(run(list_of_two, vehicles=2, capacity=100))}) == 2


def test_the_other_loads_tell_what_a_point_parts() -> None:
    stops = "A;54,37;10,14;1.250;;;\nB;54,38;10,15;{};;;\n"
    told = run(HEAD + stops.format("49,5"), vehicles=2, capacity=2000)
    assert {row["stop"]: row["quantity"] for row in rows(told)} == {"A": 1250, "B": 50}
    alone = run(HEAD + stops.format("50"), vehicles=2, capacity=2000)
    assert codes(alone) == [("RO-LINE", "2")]


def test_a_spreadsheet_with_real_numbers_and_times() -> None:
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        clock = book.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, ["Stop", "Breite", "Länge", "Menge", "von", "bis", "Minuten"])
        for line, name in enumerate(("Nord", "Süd"), start=1):
            sheet.write_row(line, 0, [name, 54.3 + line / 100, 10.1, 5])
            sheet.write_datetime(line, 4, time(9, 15), clock)
            sheet.write_datetime(line, 5, time(11, 45), clock)
            sheet.write_number(line, 6, 12.5)
    result = run(written.getvalue())
    assert codes(result) == []
    assert all("09:15" <= row["arrival"] <= "11:45" for row in rows(result))
    assert len(rows(result)) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A;54,37;10,14;5;16:00;08:00;5", "RO-WINDOW"),
        ("A;54,37", "TABLE-CELL-MISSING"),
        ("A;;;5;08:00;16:00;5", "TABLE-CELL-MISSING"),
        ("A;nan;10,14;5;08:00;16:00;5", "RO-LINE"),
        ("A;54,37;10,14;-5;08:00;16:00;5", "RO-LINE"),
        ("A;54,37;10,14;1e300;08:00;16:00;5", "RO-LINE"),
        ("A;54,37;10,14;inf;08:00;16:00;5", "RO-LINE"),
        ("A;54,37;10,14;5;25:00;16:00;5", "RO-LINE"),
        ("A;54,37;10,14;5;08:00;16:00;99999", "RO-LINE"),
        ("A;54,37;10,14;5;08:00;16:00;5;more", "TABLE-ROW-LONGER"),
        ("A;54.37.12;10,14;5;08:00;16:00;5", "RO-LINE"),
        ("A;10,14;54,37;5;08:00;16:00;5", "RO-SWAPPED"),
        ("A;0;0;5;08:00;16:00;5", "RO-LINE"),
        ("A;0;0,1;5;08:00;16:00;5", "RO-REACH"),
        ("A;54,37;10,14;5;06:30;06:31;5", "RO-REACH"),
        ("A;54,37;10,14;5;16:25;16:30;30", "RO-REACH"),
        ("A;54,37;10,14;101;08:00;16:00;5", "RO-HEAVY"),
    ],
)
def test_a_stop_that_is_not_right_is_named_and_the_others_are_planned(line: str, code: str) -> None:
    result = run(HEAD + "Good;54,38;10,15;5;08:00;16:00;5\n" + line + "\n")
    assert codes(result) == [(code, "3")]
    assert [row["stop"] for row in rows(result)] == ["Good"]
    assert not result.straight_through


def test_what_is_not_right_is_named_by_its_column_and_a_part_of_a_unit_is_told() -> None:
    result = run(HEAD + "A;54,37;10,14;5;8 Uhr;26:00;5\nB;54,37;10,14;1,5;;;\n")
    wrong, rounded = result.findings
    assert wrong.place == "s.csv:2 bis"
    assert (wrong.params["found"], wrong.params["heading"]) == ("26:00", "bis")
    assert (rounded.code, rounded.params["load"]) == ("RO-ROUNDED", "2")
    assert rows(result)[0]["quantity"] == 2


def test_a_list_without_one_good_line_says_what_is_wrong_with_each() -> None:
    result = run(HEAD + "A;99;1;;;;\nB;x;1;;;;\n")
    assert codes(result) == [("RO-LINE", "2"), ("RO-LINE", "3"), ("RO-COUNT", "0")]
    assert result.values == {}


def test_too_few_vehicles_are_said_to_be_the_reason() -> None:
    one = "54,37;10,14;60;08:00;16:00;5\n"
    result = run(HEAD + f"A;{one}B;{one}", vehicles=1, capacity=100)
    assert [code for code, _ in codes(result)] == ["RO-UNASSIGNED"]
    assert len(rows(result)) == 1


def test_the_same_stop_twice_is_told_and_planned_twice() -> None:
    one = "A;54,37;10,14;5;08:00;16:00;5\n"
    other = "A;54,37;10,14;5;09:00;10:00;5\n"
    result = run(HEAD + one + other + one)
    assert codes(result) == [("RO-TWICE", "4")]
    assert result.findings[0].params["other"] == "2"
    assert len(rows(result)) == 3


def test_a_stop_without_a_name_is_called_by_its_place() -> None:
    result = run(HEAD + ";54,37;10,14;5;08:00;16:00;5\n")
    assert [row["stop"] for row in rows(result)] == ["54.37, 10.14"]


def test_many_stops_that_nobody_can_serve_still_make_a_plan_one_can_correct() -> None:
    line = "A shop with a name as long as names of shops are;54,37;10,14;60;08:00;16:00;5\n"
    result = run(HEAD + line * 300, vehicles=1, capacity=100)
    values = {key: read.value for key, read in result.values.items()}
    assert RouteValues().validate(values) == {}
    assert len(values["unassigned"].splitlines()) == 299
    told = [one for one in result.findings if one.code == "FINDINGS-MORE"]
    assert [one.params["count"] for one in told] == [299 - MOST_OF_A_KIND] * 2
    assert len(result.findings) == 2 * MOST_OF_A_KIND + 2


@pytest.mark.parametrize("changed", [{"ends": "05:00"}, {"ends": "06:30"}, {"begins": "99:99"}])
def test_a_day_that_ends_before_it_begins_is_refused_in_the_form(changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        order(**changed)
    assert set(refused.value.messages) == set(changed)


def test_a_stop_on_another_continent_does_not_shrink_the_picture() -> None:
    near = "".join(f"S{one};54,{one};10,{one};1;;;\n" for one in range(30, 36))
    picture = run(HEAD + near + "Far;9;40;1;;;\n").documents[0].content.decode()
    assert "Far" not in picture
    across = [float(x) for x in re.findall(r'<circle cx="([0-9.]+)"', picture)]
    assert len(across) == 6
    assert max(across) - min(across) > 100


def test_the_picture_of_many_stops_has_no_names_that_lie_on_each_other() -> None:
    few, many = (
        run(
            HEAD + "".join(f"S{one};54,3{one:03};10,1{one:03};1;;;\n" for one in range(count)),
            capacity=1000,
        )
        for count in (20, 80)
    )
    assert few.documents[0].content.count(b"<text") == 2 * 20
    assert many.documents[0].content.count(b"<text") == 80


def test_the_plan_has_german_headings() -> None:
    labels = [str(one.metadata["label"]) for one in TourRow().fields.values()]
    assert [in_language(one, "de") for one in labels] == [
        *("Tour", "Ankunft", "Stopp", "Menge"),
        *("Minuten vor Ort", "Koordinaten"),
    ]


def test_what_the_dispatcher_changes_is_what_the_drivers_get() -> None:
    result = run(HEAD + "Nord;54,40;10,10;5;08:00;16:00;5\nSüd;54,30;10,20;5;08:00;16:00;5\n")
    values = {key: one.value for key, one in result.values.items()}
    assert RouteValues().validate(values) == {}
    names = [one.name for one in result.documents]
    values["plan"] = [dict(row) for row in values["plan"]]
    values["plan"][0] |= {"tour": 2, "arrival": "13:05", "stop": "Nordhof"}
    values["runs"] = [{**values["runs"][0], "driver": "Ole Hansen"}]
    work = SERVICE.work_types[0]
    assert work.deliver is not None
    sheet, calendar, table = work.deliver(
        DeliveryInput(
            number="ALPHA-7",
            values=values,
            payload={},
            documents=(),
            client_name="Alpha",
            client_locale="de",
        )
    )
    assert [f"ALPHA-7-{name}" for name in names if not name.endswith("svg")] == [
        sheet.name,
        calendar.name,
    ], "drafts are replaced by what has their name"
    with closing(pypdfium2.PdfDocument(sheet.content)) as document:
        text = document[0].get_textpage().get_text_range()
    assert "Ole Hansen" in text
    assert "Tour 2" in text
    assert "13:05" in text
    text = Calendar.from_ical(calendar.content).to_ical().decode()
    (last,) = (one for one in text.split("BEGIN:VEVENT") if "SUMMARY:2: Nordhof" in one)
    assert "T130500" in last
    plan, runs = filled_sheets(table.content)
    assert [row[2] for _, row in plan.rows[1:]][-1] == "Nordhof"
    assert "Ole Hansen" in runs.rows[1][1]
