"""The client's own room: who looked, how one is told, how long files are kept."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.audit import access
from app.audit.access import ONCE_IN, Reason, Shown
from app.identity import queries as people
from app.kernel.clock import freeze, now
from app.messages import notices
from app.messages.mail_models import Mail
from app.messages.notice_models import DigestEntry, MemberNotices
from app.messages.notices import Chosen
from app.work import readers
from config import Settings
from tenants.context import TenantState
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories import portal_town
from tests.factories.portal_town import Town

NIGHT = Chosen(quiet_from=time(20), quiet_until=time(7))


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


def member(town: Town, role: str) -> UUID:
    with in_scope(town.app, town.baker):
        return next(
            one.account_id for one in people.members(town.baker.id) if one.role.value == role
        )


def looks(town: Town, item_id: UUID) -> list[tuple[str, str]]:
    with in_scope(town.app, town.baker):
        return [(one.person, one.reason) for one in access.latest(about_id=item_id)]


def test_a_look_is_noted_once_a_quarter_of_an_hour(town: Town) -> None:
    item_id = town.order("Looked at")

    def look() -> None:
        access.note(
            actor=town.anna, subject_type="work_item", subject_id=item_id, about_id=item_id,
            reason=Reason.LOOKS,
        )  # fmt: skip

    town.act(look)
    town.act(look)
    with freeze(now() + ONCE_IN + timedelta(seconds=1)):
        town.act(look)
    assert looks(town, item_id) == [("Anna Krüger", "looks")] * 2
    page = town.visitor("client_admin@sommer").page("/p/sommer/access")
    assert "looked for work or for an answer" in page
    export = town.visitor("client_admin@sommer").page("/p/sommer/access/export.csv")
    assert "Anna Krüger" in export
    town.visitor("requester@sommer").page("/p/sommer/access", status=HTTPStatus.FORBIDDEN)
    lists = "/p/sommer/access?seen=lists"
    town.visitor("requester@sommer").page(lists, status=HTTPStatus.FORBIDDEN)


def test_the_client_reads_which_lists_showed_its_work(town: Town) -> None:
    today = now().date()
    seen = [("Ann", Shown.SEARCH, 0)] + [("Bea", Shown.LIST, back) for back in range(1, 9)]
    with town.app.app_context(), transaction():
        for name, kind, back in seen:
            access.note_lists(
                actor=replace(town.anna, id=uuid4(), name=name), kind=kind, reason=Reason.LEADS,
                days={town.baker.id: today - timedelta(days=back)},
            )  # fmt: skip
    admin = town.visitor("client_admin@sommer")
    page = admin.page("/p/sommer/access?seen=lists")
    assert "found requests by searching" in page
    assert "Ann" in page
    assert "Bea" in page
    later = admin.page(f"/p/sommer/access?seen=lists&before={today.isoformat()}")
    assert "found requests by searching" not in later
    assert "saw requests in the list of all work" in later
    seventh = (today - timedelta(days=6)).isoformat()
    assert f"before={seventh}" in page, "seven days on one page"
    only = admin.page("/p/sommer/access?seen=lists&person=Ann")
    assert "saw requests in the list of all work" not in only
    export = admin.page("/p/sommer/access/export.csv?seen=lists")
    assert "found requests by searching" in export


def test_a_look_at_a_suspended_client_is_noted_too(town: Town) -> None:
    """It can only be read; what must be written down about reading is, beside it."""
    item_id = town.order("Seen while suspended")
    with in_scope(town.app, replace(town.baker, state=TenantState.SUSPENDED)), transaction():
        for _ in range(2):
            access.note(
                actor=town.anna, subject_type="work_item", subject_id=item_id, about_id=item_id,
                reason=Reason.LEADS,
            )  # fmt: skip
    assert looks(town, item_id) == [("Anna Krüger", "leads")]


def test_the_clients_own_people_are_not_noted(town: Town) -> None:
    item_id = town.order()
    town.act(
        access.note, actor=town.requester, subject_type="work_item", subject_id=item_id,
        about_id=item_id, reason=Reason.LOOKS,
    )  # fmt: skip
    assert looks(town, item_id) == []


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-25T18:59", "2026-11-25T18:59"),
        ("2026-11-25T19:00", "2026-11-26T06:00"),  # 20:00 in Berlin
        ("2026-11-25T03:00", "2026-11-25T06:00"),
        ("2026-11-25T06:00", "2026-11-25T06:00"),
    ],
)
def test_quiet_hours_run_over_midnight(at: str, told: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(told).replace(tzinfo=UTC)
    assert NIGHT.earliest(moment, zone="Europe/Berlin") == expected


def test_quiet_hours_of_a_day() -> None:
    noon = Chosen(quiet_from=time(12), quiet_until=time(13))
    at = datetime(2026, 11, 25, 11, 30, tzinfo=UTC)
    assert noon.earliest(at, zone="Europe/Berlin") == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert Chosen().earliest(at, zone="Europe/Berlin") == at


def told(town: Town, item_id: UUID) -> None:
    town.act(
        readers.tell, requester_id=member(town, "requester"), template="client_asked",
        item_id=item_id, number="SOM-1", title="Oven",
    )  # fmt: skip


def mails(town: Town, item_id: UUID) -> list[Mail]:
    with in_scope(town.app, town.baker):
        return list(db.session.scalars(select(Mail).where(Mail.subject_id == item_id)))


def choose(town: Town, **sent: str) -> HTTPStatus:
    answer = town.visitor("requester@sommer").post("/p/sommer/settings", data=sent)
    return HTTPStatus(answer.status_code)


@pytest.fixture
def choice_forgotten(town: Town):  # type: ignore[no-untyped-def]
    yield
    with town.app.app_context(), transaction():
        db.session.execute(delete(MemberNotices).where(MemberNotices.tenant_id == town.baker.id))


@pytest.mark.usefixtures("choice_forgotten")
def test_a_mail_each_after_the_quiet_hours_a_digest_or_none(town: Town) -> None:
    each, late, digest, never = (town.order() for _ in range(4))
    told(town, each)
    assert len(mails(town, each)) == 1
    assert choose(town, tell="each", quiet_from="20:00", quiet_until="07:00") == 303
    with freeze(datetime(2026, 11, 25, 22, 0, tzinfo=UTC)):
        told(town, late)
    (mail,) = mails(town, late)
    assert mail.send_after == datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    assert choose(town, tell="never") == 303
    told(town, never)
    assert mails(town, never) == []
    assert choose(town, tell="digest") == 303
    told(town, digest)
    told(town, digest)
    assert mails(town, digest) == []
    assert town_digests(town) == 1
    assert town_digests(town) == 0
    with in_scope(town.app, town.baker):
        query = select(Mail).where(Mail.template == "digest", Mail.tenant_id == town.baker.id)
        (sent,) = db.session.scalars(query).all()
        left = select(DigestEntry).where(DigestEntry.sent_at.is_(None))
        assert sent.params["lines"] == ["A question about SOM-1"] * 2
        assert db.session.scalars(left).all() == []


def town_digests(town: Town) -> int:
    with in_scope(town.app, town.baker), transaction():
        return notices.send_digests()


@pytest.mark.usefixtures("choice_forgotten")
@pytest.mark.parametrize(
    "sent",
    [{"tell": "pigeon"}, {"tell": "each", "quiet_from": "20:00"}, {"tell": "each",
     "quiet_from": "late", "quiet_until": "07:00"}],
)  # fmt: skip
def test_what_is_no_choice_comes_back(town: Town, sent: dict[str, str]) -> None:
    assert choose(town, **sent) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_documents_by_service_and_month_say_how_long_they_are_kept(town: Town) -> None:
    town.order("With a result", to="delivered")
    visitor, month = town.visitor("requester@sommer"), f"{now():%Y-%m}"
    page = visitor.page(f"/p/sommer/documents?service=general_request&month={month}")
    assert f"{now().year + 8}" in page
    assert "Nothing fits this filter" in visitor.page("/p/sommer/documents?month=2020-01")
    visitor.page("/p/sommer/documents?month=soon", status=HTTPStatus.NOT_FOUND)
