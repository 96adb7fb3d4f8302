"""The SLA radar: what is late, soon due, paused for long, unmeasured; and the bell."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import count
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest

from app.kernel import clock
from app.kernel.ids import new_id
from app.sla import notices
from app.sla.notice_models import DeskNotice, SlaNotice
from app.sla.rules.policy import Metric
from app.sla.tasks import sweep_notices
from app.work.actions import handling, talking
from app.work.models import WorkIndex
from app.work.radar import Group
from tenants.db import db, transaction
from tests.factories.desk_house import House


@pytest.fixture(scope="module")
def radar(house: House) -> dict[str, UUID]:
    """One item in each group, written into the index as time would."""
    at = clock.now()
    found = {
        name: house.request(f"Radar {name}") for name in ("late", "soon", "later", "unmeasured")
    }
    found["paused"] = house.request("Radar paused")
    house.act(handling.take, actor=house.actor("anna"), item_id=found["paused"])
    house.act(talking.ask_client, actor=house.actor("anna"), item_id=found["paused"], body="Which?")
    changes: dict[str, dict[str, datetime | int | str | None]] = {
        "late": {"due_at": at - timedelta(hours=1), "next_due_at": at - timedelta(hours=1)},
        "soon": {"next_due_at": at + timedelta(hours=3), "next_metric": "first_response"},
        "later": {"next_due_at": at + timedelta(hours=20), "team": "Team Nord"},
        "unmeasured": {"next_due_at": None, "is_measured": False},
        "paused": {"paused_since": at - timedelta(days=6), "next_due_at": None},
    }
    with house.app.app_context(), transaction():
        for name, values in changes.items():
            row = db.session.get(WorkIndex, (house.north.id, found[name]))
            assert row is not None
            for column, value in values.items():
                setattr(row, column, value)
    return found


def shown_items(page: str) -> list[str]:
    return re.findall(r'id="item-([^"]+)"', page)


def shown(page: str, radar: dict[str, UUID]) -> set[str]:
    return {name for name, item_id in radar.items() if f'id="item-{item_id}"' in page}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("group=late", {"late"}),
        ("group=at_risk", {"soon"}),
        ("group=at_risk&hours=2", set()),
        ("group=at_risk&hours=24", {"soon", "later"}),
        ("group=paused", {"paused"}),
        ("group=paused&paused=10", set()),
        ("group=unmeasured", {"unmeasured"}),
        ("client=north", {"late", "soon", "paused", "unmeasured"}),
        ("group=at_risk&hours=24&team=Team+Nord", {"later"}),
        ("team=Team+Süd", set()),
        ("service=accounts_payable", set()),
        ("service=general_request", {"late", "soon", "paused", "unmeasured"}),
        ("client=south", set()),
        ("client=no-such-client", set()),
        ("client=north&who=nobody", {"late", "soon", "unmeasured"}),
    ],
)
def test_groups_and_filters(
    house: House, radar: dict[str, UUID], query: str, names: set[str]
) -> None:
    wanted = dict(parse_qsl(query))
    groups = [wanted["group"]] if "group" in wanted else list(Group)
    assert {name for group in groups for name in _paged(house, radar, wanted, group)} == names


def _paged(house: House, radar: dict[str, UUID], wanted: dict[str, str], group: str) -> set[str]:
    """What is found on all pages of a group: other tests' items may fill the first."""
    lena, found = house.visitor("lena"), set[str]()
    for number in count(1):
        query = urlencode({"page": str(number)} | wanted | {"group": group})
        page = lena.page(f"/desk/radar?{query}")
        found |= shown(page, radar)
        if 'id="item-' not in page:
            return found
    return found


def test_what_cannot_be_read_is_taken_for_nothing_chosen(house: House) -> None:
    lena = house.visitor("lena")
    broken = lena.page("/desk/radar?client=north&group=nonsense&hours=999&page=-1")
    assert shown_items(broken) == shown_items(lena.page("/desk/radar?client=north"))


def test_by_assignee(house: House, radar: dict[str, UUID]) -> None:
    page = house.visitor("lena").page(f"/desk/radar?who={house.ids['anna']}")
    assert shown(page, radar) == {"paused"}
    assert "Anna Krüger" in page


@pytest.mark.usefixtures("radar")
def test_it_is_in_the_navigation_and_polled(house: House) -> None:
    anna = house.visitor("anna")
    assert 'href="/desk/radar"' in anna.page("/desk/?view=open")
    first = anna.get("/desk/radar?group=late", headers={"HX-Request": "true"})
    assert "<html" not in first.text
    tag = {"If-None-Match": first.headers["ETag"], "HX-Request": "true"}
    assert anna.get("/desk/radar?group=late", headers=tag).status_code == HTTPStatus.NOT_MODIFIED


def test_nobody_sees_what_he_does_not_serve(house: House, radar: dict[str, UUID]) -> None:
    item_id = house.request("Radar south", client=house.south)
    with house.app.app_context(), transaction():
        row = db.session.get(WorkIndex, (house.south.id, item_id))
        assert row is not None
        row.next_due_at = clock.now() - timedelta(hours=2)
    carl = house.visitor("carl").page("/desk/radar?client=north")
    assert shown(carl, radar)
    assert "Radar south" not in carl
    assert "Radar south" in house.visitor("lena").page("/desk/radar")


def test_an_empty_radar_says_so(house: House) -> None:
    page = house.visitor("lena").page("/desk/radar?group=late&client=south&service=nothing")
    assert "Nothing matches the filter." in page
    assert "Clear filter" in page


@pytest.fixture
def told(house: House, radar: dict[str, UUID]) -> Iterator[UUID]:
    """Ben was told of a breach."""
    notice_id, mine_id = new_id(), new_id()
    notice = SlaNotice(
        id=notice_id,
        tenant_id=house.north.id,
        subject_id=radar["late"],
        clock_id=new_id(),
        metric=Metric.RESOLUTION,
        cycle=1,
        percent=100,
        due_version=1,
        at=clock.now(),
        due_at=clock.now(),
        tell=["assignee"],
        fallback="team_lead",
        send_after=clock.now(),
    )
    mine = DeskNotice(
        id=mine_id,
        account_id=house.ids["ben"],
        notice_id=notice_id,
        role="assignee",
        number="NORTH-1",
        title="Radar late",
    )
    with house.app.app_context(), transaction():
        db.session.add(notice)
        db.session.flush()
        db.session.add(mine)
    yield mine_id
    with house.app.app_context(), transaction():
        notices.mark_read(account_id=house.ids["ben"])


def test_the_bell_counts_and_leads_to_what_was_told(house: House, told: UUID) -> None:
    ben = house.visitor("ben")
    assert "Notifications: 1 new" in ben.page("/desk/?view=open")
    page = ben.page("/desk/notices")
    assert "Radar late" in page
    assert "late" in page
    assert house.visitor("anna").page("/desk/notices").count("Radar late") == 0
    other = house.visitor("anna").post("/desk/notices/read", data={"notice": str(told)})
    assert other.status_code == HTTPStatus.SEE_OTHER
    assert "Radar late" in ben.page("/desk/notices")
    ben.post("/desk/notices/read", data={"notice": str(told)})
    assert "Nothing new." in ben.page("/desk/notices")
    assert "Notifications: 0 new" in ben.page("/desk/radar")


def test_an_unanswered_message_is_in_danger_before_the_delivery_is(house: House) -> None:
    """The nearest deadline of all metrics counts, and the row names it."""
    item_id = house.request("Radar answer")
    assert indexed(house, item_id).next_metric == "first_response"
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    house.act(talking.say, actor=house.actor("anna"), item_id=item_id, body="We are at it.")
    assert indexed(house, item_id).next_metric == "resolution"
    with house.app.app_context(), transaction():
        row = db.session.get(WorkIndex, (house.north.id, item_id))
        assert row is not None
        row.next_metric, row.next_due_at = "next_response", clock.now() - timedelta(hours=9)
    page = house.visitor("lena").page("/desk/radar?client=north&group=late")
    assert "answer late" in page


def indexed(house: House, item_id: UUID) -> WorkIndex:
    with house.app.app_context():
        row = db.session.get(WorkIndex, (house.north.id, item_id))
        assert row is not None
        return row


def test_what_was_read_long_ago_is_put_away(house: House, told: UUID) -> None:
    with house.app.app_context(), transaction():
        mine = db.session.get(DeskNotice, told)
        assert mine is not None
        mine.read_at = clock.now() - timedelta(days=89)
    with house.app.app_context(), transaction():
        sweep_notices()
        assert db.session.get(DeskNotice, told) is not None
    with house.app.app_context(), transaction():
        mine = db.session.get(DeskNotice, told)
        assert mine is not None
        mine.read_at = clock.now() - timedelta(days=91)
    with house.app.app_context(), transaction():
        sweep_notices()
        db.session.expire_all()
        assert db.session.get(DeskNotice, told) is None
