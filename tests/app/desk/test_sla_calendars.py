"""A client's calendars at the desk: seen by all, edited by leads, imported with review."""

import re
from html import unescape
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest

from app.sla import agreed
from tests.conftest import in_scope
from tests.factories.desk_house import House

ICS = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
DTSTART;VALUE=DATE:20271227
DTEND;VALUE=DATE:20280101
SUMMARY:Betriebsferien
END:VEVENT
BEGIN:VEVENT
DTSTART:20271210T090000Z
SUMMARY:A meeting
END:VEVENT
END:VCALENDAR
"""


def base(house: House) -> str:
    return f"/desk/c/{house.south.slug}/calendars"


def filled(page: str) -> dict[str, Any]:
    """The editor's form as a browser would send it back."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    sent.pop("csrf_token", None)
    sent.pop("q", None)
    return sent


def newest(house: House, key: str = "default") -> Any:
    with house.app.app_context():
        return agreed.calendar(house.south.id, key).newest


@pytest.fixture(scope="module")
def own(house: House) -> dict[str, Any]:
    """The client's own calendar: what held, with two shifts on Friday and company holidays."""
    lena = house.visitor("lena")
    sent = filled(lena.page(f"{base(house)}/default/edit"))
    sent |= {
        "name": "Südkai hours",
        "week-fri": "8-12, 12.30-14",
        "days-0-first": "2027-07-05",
        "days-0-last": "2027-07-16",
        "days-0-name": "Company holidays",
        "days-1-first": "2026-12-24",
        "days-1-hours": "09:00-13:00",
        "days-1-name": "Christmas Eve",
        "note": "As agreed by telephone",
    }
    answer = lena.post(f"{base(house)}/default/edit", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return sent


def test_without_one_of_its_own_the_usual_hours_are_shown(house: House) -> None:
    north = f"/desk/c/{house.north.slug}/calendars"
    page = house.visitor("anna").page(f"{north}/")
    assert "German office hours" in page
    assert "not the client's own yet" in page
    assert "New calendar" not in page
    year = house.visitor("anna").page(f"{north}/default?year=2026")
    assert "Erster Weihnachtstag" in year
    assert "year=2027" in year


@pytest.mark.usefixtures("own")
def test_what_was_typed_is_the_next_version(house: House) -> None:
    definition = newest(house).definition
    assert definition["week"]["fri"] == [["08:00", "12:00"], ["12:30", "14:00"]]
    assert definition["overrides"]["2027-07-05"] == []
    assert definition["overrides"]["2026-12-24"] == [["09:00", "13:00"]]
    assert len([day for day in definition["overrides"] if day.startswith("2027-07")]) == 12
    assert definition["names"]["2026-12-25"] == "Erster Weihnachtstag"
    page = house.visitor("anna").page(f"{base(house)}/default?year=2027")
    assert "Company holidays" in page
    assert "As agreed by telephone" in page
    assert "Lena Voss" in page
    assert "cal-closed" in page
    assert "/default/edit" not in page


@pytest.mark.usefixtures("own")
def test_faults_stand_beside_their_fields_and_nothing_is_lost(house: House) -> None:
    lena = house.visitor("lena")
    sent = filled(lena.page(f"{base(house)}/default/edit"))
    sent |= {
        "zone": "Europe/Nowhere",
        "week-mon": "nine to five",
        "week-tue": "09:00-12:00, 11:00-13:00",
        "days-0-last": "2020-01-01",
        "note": "kept text",
    }
    number = newest(house).number
    answer = lena.post(f"{base(house)}/default/edit", data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for text in ("No time zone", "Please write hours", "overlap", "nine to five", "kept text"):
        assert text in answer.text
    assert 'id="week-mon-error"' in answer.text
    assert newest(house).number == number


@pytest.mark.usefixtures("own")
def test_a_calendar_without_working_time_is_refused(house: House) -> None:
    """Case 15."""
    lena = house.visitor("lena")
    sent = filled(lena.page(f"{base(house)}/default/edit"))
    sent = {k: "" if k.startswith(("week-", "days-")) else v for k, v in sent.items()}
    assert "no working time" in lena.post(f"{base(house)}/default/edit", data=sent).text


@pytest.mark.usefixtures("own")
def test_more_rows_save_nothing(house: House) -> None:
    lena, number = house.visitor("lena"), newest(house).number
    sent = filled(lena.page(f"{base(house)}/default/edit")) | {"more": "1", "week-sat": "10-12"}
    page = lena.post(f"{base(house)}/default/edit", data=sent).text
    assert "10-12" in page
    assert newest(house).number == number


@pytest.mark.usefixtures("own")
def test_whoever_saves_second_is_told(house: House) -> None:
    lena = house.visitor("lena")
    sent = filled(lena.page(f"{base(house)}/default/edit"))
    sent["recompute"] = []
    assert lena.post(f"{base(house)}/default/edit", data=sent).status_code == HTTPStatus.SEE_OTHER
    mine = sent | {"week-mon": "09-15"}
    again = lena.post(f"{base(house)}/default/edit", data=mine)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Somebody has saved version" in again.text
    assert f"Lena Voss saved version {newest(house).number}" in again.text
    line = re.search(r"<li>Monday: .*</li>", again.text)
    assert line, again.text
    assert "→ 09:00" in line[0], "theirs and mine"
    assert filled(again.text)["week-mon"] == ["09-15"], "nothing is lost"
    saved = lena.post(f"{base(house)}/default/edit", data=filled(again.text) | {"recompute": []})
    assert saved.status_code == HTTPStatus.SEE_OTHER, "whoever has seen both may save"


@pytest.mark.usefixtures("own")
def test_public_holidays_are_reviewed_before_they_are_saved(house: House) -> None:
    lena = house.visitor("lena")
    address = f"{base(house)}/default/holidays?country=DE&state=BE&from=2035&to=2035"
    page = lena.page(address)
    assert "Frauentag" in page
    assert "2035-03-08" in page
    sent = filled(page)
    kept = [n for n in sent["chosen"] if sent[f"first-{n}"] != ["2035-03-08"]]
    answer = lena.post(f"{base(house)}/default/days", data=sent | {"chosen": kept})
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    days = newest(house).definition["holidays"]
    assert "2035-05-01" in days
    assert "2035-03-08" not in days
    assert "Nothing is known" in lena.get(f"{base(house)}/default/holidays?country=ZZ").text
    wrong = lena.get(f"{base(house)}/default/holidays?country=DE&state=XX")
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    none = lena.post(f"{base(house)}/default/days", data={})
    assert none.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.usefixtures("own")
def test_a_calendar_file_is_reviewed_and_a_hostile_one_refused(house: House) -> None:
    lena = house.visitor("lena")

    def send(content: bytes) -> Any:
        data = {"file": (BytesIO(content), "company.ics")}
        return lena.post(f"{base(house)}/default/ics", data=data)

    page = send(ICS)
    assert page.status_code == HTTPStatus.OK
    assert "Betriebsferien" in page.text
    assert "1 entry was left out" in page.text
    answer = lena.post(f"{base(house)}/default/days", data=filled(page.text) | {"kind-0": "closed"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    definition = newest(house).definition
    assert definition["overrides"]["2027-12-31"] == []
    assert "2028-01-01" not in definition["overrides"]
    assert definition["names"]["2027-12-27"] == "Betriebsferien"
    for content, text in (
        (b"MZ\x90 not a calendar", "not a calendar file"),
        (b"BEGIN:VCALENDAR\n" + b"x" * 600_000, "larger than"),
        (
            b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 9_000 + b"END:VCALENDAR\n",
            "more than 500",
        ),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "no whole-day entry"),
    ):
        refused = send(content)
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert text in refused.text


@pytest.mark.usefixtures("own")
def test_versions_tell_their_differences_and_an_old_one_is_restored(house: House) -> None:
    lena, before = house.visitor("lena"), newest(house)
    page = lena.page(f"{base(house)}/default/versions/1")
    assert "This is an old version" in page
    answer = lena.post(f"{base(house)}/default/versions/1/restore", data={})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    now = newest(house)
    assert now.number == before.number + 1
    with house.app.app_context():
        first = agreed.calendar(house.south.id, "default").version(1)
    assert now.definition == first.definition
    told = lena.page(f"{base(house)}/default")
    assert "As in version 1." in told
    assert "Holiday removed: 1 May 2035" in told
    assert lena.get(f"{base(house)}/default/versions/99").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("own")
def test_a_template_is_copied_not_shared(house: House) -> None:
    lena = house.visitor("lena")
    assert lena.post(f"{base(house)}/default/template", data={"name": "Harbour"}).status_code == 303
    page = lena.page(f"{base(house)}/")
    assert "Harbour" in page
    assert lena.post(f"{base(house)}/copy", data={"key": "harbour"}).status_code == 303
    copied = newest(house, "harbour")
    assert copied.definition == newest(house).definition
    sent = filled(lena.page(f"{base(house)}/harbour/edit")) | {"week-mon": "22:00-06:00"}
    sent["recompute"] = []
    assert lena.post(f"{base(house)}/harbour/edit", data=sent).status_code == 303
    with house.app.app_context():
        assert agreed.calendar(None, "harbour").newest.definition["week"]["mon"][0][0] == "09:00"


def test_a_calendar_beside_the_default(house: House) -> None:
    lena = house.visitor("lena")
    sent = filled(lena.page(f"{base(house)}/new")) | {"name": "Nacht & Wochenende"}
    answer = lena.post(f"{base(house)}/new", data=sent)
    assert answer.headers["Location"].split("?")[0].endswith("/nacht-wochenende")
    assert "of this name already" in lena.post(f"{base(house)}/new", data=sent).text


@pytest.mark.parametrize("who", ["anna", "paul"])
def test_operators_read_only(house: House, who: str) -> None:
    visitor = house.visitor(who)
    assert "Calendars" in visitor.page(f"{base(house)}/")
    for path in ("default/edit", "default/holidays", "new"):
        assert visitor.get(f"{base(house)}/{path}").status_code == HTTPStatus.FORBIDDEN
    for path in ("default/edit", "default/days", "default/ics", "copy", "default/template"):
        assert visitor.post(f"{base(house)}/{path}", data={}).status_code == HTTPStatus.FORBIDDEN


def test_a_client_not_served_is_unknown(house: House) -> None:
    """Case 90."""
    assert house.visitor("carl").get(f"{base(house)}/").status_code == HTTPStatus.NOT_FOUND
    with in_scope(house.app, house.north):
        assert agreed.calendars(house.south.id) == []
