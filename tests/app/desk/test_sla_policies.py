"""A client's policies at the desk: seen by all, edited by leads, previewed, taken along."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.sla import agreed, agreeing
from app.sla.holidays import office_hours
from tenants.db import transaction
from tests.factories.desk_house import House

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=BERLIN)


def base(house: House) -> str:
    return f"/desk/c/{house.south.slug}/policies"


def form(**other: Any) -> dict[str, Any]:
    """Eight hours, and an answer in two, for requests."""
    return {
        "work": "general_request/request",
        "priority": "any",
        "calendar": "policy-hours",
        "follows": "0",
        "resolution-on": "1",
        "resolution-unit": "hours",
        "resolution-amount": "8",
        "resolution-pauses": ["client", "third_party"],
        "resolution-max": "10",
        "resolution-max_unit": "days",
        "resolution-then": "resume",
        "resolution-reopen": "new_cycle",
        "resolution-change": "forward",
        "first_response-on": "1",
        "first_response-unit": "hours",
        "first_response-amount": "1:30",
        "alert-0-percent": "75",
        "alert-0-tell": ["assignee"],
        "alert-1-percent": "150",
        "alert-1-tell": ["admin"],
        "quiet_from": "20:00",
        "quiet_to": "7",
        "fallback": "team_lead",
    } | other


def policies(house: House) -> Any:
    with house.app.app_context():
        return agreed.policies(house.south.id)


@pytest.fixture(scope="module")
def policy_id(house: House) -> UUID:
    with house.app.app_context(), transaction():
        hours = office_hours(country="DE", years=[2026])
        agreeing.set_calendar(
            actor=SYSTEM, tenant_id=house.south.id, definition=hours, key="policy-hours"
        )
    answer = house.visitor("lena").post(f"{base(house)}/new", data=form(note="Signed on Monday"))
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def test_what_the_form_says_is_what_is_promised(house: House, policy_id: UUID) -> None:
    (one,) = [policy for policy in policies(house) if policy.id == policy_id]
    metrics = one.newest.definition["metrics"]
    assert metrics["resolution"]["target"] == {"seconds": 8 * 3600}
    assert metrics["resolution"]["reopen"] == "new_cycle"
    assert metrics["resolution"]["change"] == "forward"
    assert metrics["resolution"]["max_pause"] == {"business_days": 10, "then": "resume"}
    assert metrics["first_response"]["target"] == {"seconds": 5400}
    assert one.newest.definition["quiet_hours"] == {"from": "20:00", "to": "07:00"}
    assert one.newest.definition["thresholds"][1] == {"percent": 150, "tell": ["admin"]}
    page = house.visitor("anna").page(f"{base(house)}/{policy_id}")
    for text in ("8 h of working time", "1:30 h", "Signed on Monday", "Lena Voss", "150 %"):
        assert text in page
    assert "Quiet from 20:00 to 07:00" in page
    assert f"{policy_id}/edit" not in page
    listed = house.visitor("anna").page(f"{base(house)}/")
    assert "General request: Request" in listed or "Request" in listed
    assert "From the contract" in listed


def test_the_preview_says_when_it_would_be_due(house: House, policy_id: UUID) -> None:
    """Case 2: Monday 13:00 and eight hours in a calendar of nine to five."""
    lena = house.visitor("lena")
    with clock.freeze(MONDAY):
        page = lena.page(f"{base(house)}/{policy_id}")
        assert "24 Nov 2026, 13:00" in page
        assert "23 Nov 2026, 14:30" in page
        later = lena.page(f"{base(house)}/{policy_id}?at=2026-11-27T16:00")
        assert "30 Nov 2026, 16:00" in later
        typed = lena.post(f"{base(house)}/preview", data=form(**{"resolution-amount": "4"})).text
        assert "23 Nov 2026, 17:00" in typed
        assert "never" not in typed
        days = {"resolution-unit": "days", "resolution-amount": "2", "resolution-cutoff": "15:00"}
        assert "25 Nov 2026, 17:00" in lena.post(f"{base(house)}/preview", data=form(**days)).text
        broken = lena.post(f"{base(house)}/preview", data=form(**{"resolution-amount": "x"})).text
        assert "As soon as the marked fields can be read" in broken
        unsaved = lena.post(f"{base(house)}/new", data=form(preview="1", priority="3"))
        assert "24 Nov 2026, 13:00" in unsaved.text
    assert len(policies(house)) == 1


def test_faults_stand_beside_their_fields(house: House) -> None:
    lena = house.visitor("lena")
    wrong = {
        "resolution-amount": "soon",
        "first_response-amount": "",
        "alert-0-percent": "75 %",
        "quiet_from": "late",
        "priority": "2",
        "note": "kept text",
    }
    answer = lena.post(f"{base(house)}/new", data=form(**wrong))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for name in ("resolution-amount", "first_response-amount", "alert-0-percent", "quiet_from"):
        assert f'id="{name}-error"' in answer.text, name
    assert "kept text" in answer.text
    nothing = {key: value for key, value in form(priority="2").items() if not key.endswith("-on")}
    assert "at least one thing" in lena.post(f"{base(house)}/new", data=nothing).text
    assert "There is no such work" in lena.post(f"{base(house)}/new", data=form(work="x")).text
    twice = {"resolution-unit": "days", "resolution-amount": "1.5", "priority": "2"}
    assert (
        "whole number of working days" in lena.post(f"{base(house)}/new", data=form(**twice)).text
    )


def test_one_policy_for_the_same_work(house: House, policy_id: UUID) -> None:
    again = house.visitor("lena").post(f"{base(house)}/new", data=form())
    assert "There is a policy for this work" in again.text
    assert policy_id in {one.id for one in policies(house)}


def test_the_most_specific_comes_first(house: House, policy_id: UUID) -> None:
    lena = house.visitor("lena")
    for work, priority in (
        ("all", "any"),
        ("general_request", "any"),
        ("general_request/request", "3"),
    ):
        answer = lena.post(f"{base(house)}/new", data=form(work=work, priority=priority))
        assert answer.status_code == HTTPStatus.SEE_OTHER
    found = [(one.service_key, one.type_key, one.priority) for one in policies(house)]
    assert found == [
        ("general_request", "request", 3),
        ("general_request", "request", None),
        ("general_request", None, None),
        (None, None, None),
    ]


def test_a_later_version_holds_from_its_day_and_tells_what_changed(
    house: House, policy_id: UUID
) -> None:
    lena = house.visitor("lena")
    page = lena.page(f"{base(house)}/{policy_id}/edit")
    assert re.search(r'id="resolution-amount"[^>]*value="8"', page)
    sent = form(follows="1", valid_from="2099-01-01T00:00", **{"resolution-amount": "4"})
    answer = lena.post(f"{base(house)}/{policy_id}/edit", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    page = lena.page(f"{base(house)}/{policy_id}")
    assert "Resolution, target: 8:00 h → 4:00 h" in page
    assert "1 Jan 2099" in page
    assert "version 2 to come" in lena.page(f"{base(house)}/")
    mine = sent | {"resolution-amount": "3"}
    overtaken = lena.post(f"{base(house)}/{policy_id}/edit", data=mine)
    assert overtaken.status_code == HTTPStatus.CONFLICT
    assert "Lena Voss saved version 2" in overtaken.text
    assert "Resolution, target: 4:00 h → 3:00 h" in overtaken.text, "theirs and mine"
    assert re.search(r'id="resolution-amount"[^>]*value="3"', overtaken.text), "nothing is lost"
    again = mine | {"follows": re.findall(r'name="follows" value="(\d+)"', overtaken.text)[0]}
    assert again["follows"] == "2"
    saved = lena.post(f"{base(house)}/{policy_id}/edit", data=again)
    assert saved.status_code == HTTPStatus.SEE_OTHER, "whoever has seen both may save"
    assert "This is an old version" in lena.page(f"{base(house)}/{policy_id}?version=1")


def test_running_clocks_are_counted_before_they_are_taken_along(
    house: House, policy_id: UUID
) -> None:
    """Case 58: the running clock keeps its version until somebody takes it along."""
    house.request("Under version one", client=house.south)
    lena, address = house.visitor("lena"), f"{base(house)}/{policy_id}"
    number = next(one for one in policies(house) if one.id == policy_id).newest.number
    sent = form(follows=str(number), **{"resolution-amount": "2"})
    assert lena.post(f"{address}/edit", data=sent).status_code == HTTPStatus.SEE_OTHER
    page = lena.page(f"{address}/running")
    assert "2 running clocks of 1 piece of work will go by version" in " ".join(page.split())
    assert "Take them along" not in house.visitor("anna").page(f"{address}/running")
    answer = lena.post(f"{address}/migrate", data={"reason": "Agreed in writing"})
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    assert "job=" in answer.headers["Location"]
    assert "in the background" in lena.page(answer.headers["Location"])


@pytest.mark.parametrize("who", ["anna", "paul"])
def test_operators_read_only(house: House, policy_id: UUID, who: str) -> None:
    visitor = house.visitor(who)
    for path in ("", str(policy_id), f"{policy_id}/running"):
        assert visitor.get(f"{base(house)}/{path}").status_code == HTTPStatus.OK
    for path in ("new", f"{policy_id}/edit"):
        assert visitor.get(f"{base(house)}/{path}").status_code == HTTPStatus.FORBIDDEN
    for path in ("new", "preview", f"{policy_id}/edit", f"{policy_id}/migrate"):
        assert visitor.post(f"{base(house)}/{path}", data={}).status_code == HTTPStatus.FORBIDDEN


def test_another_clients_policy_is_unknown(house: House, policy_id: UUID) -> None:
    """Case 90."""
    north = f"/desk/c/{house.north.slug}/policies/{policy_id}"
    for path in (north, f"{north}/edit", f"{north}/running"):
        assert house.visitor("lena").get(path).status_code == HTTPStatus.NOT_FOUND
    answer = house.visitor("lena").post(f"{north}/migrate", data={"reason": "x"})
    assert answer.status_code == HTTPStatus.NOT_FOUND
