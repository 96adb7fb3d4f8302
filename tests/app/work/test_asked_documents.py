"""Documents asked for: the clock waits for acceptance, reminders end, nobody judges twice."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.documents import actions as documents
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.messages.mail_models import Mail
from app.sla import queries as clocks
from app.work import document_queries, reminding, subscribers
from app.work.actions import asking, closing, talking
from app.work.actions.asking import Wanted
from app.work.events import DocumentSentBack
from app.work.rules import WaitingFor, WorkStatus
from app.work.rules.asked_documents import Wish
from app.work.rules.reminders import MOST
from config import Settings
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories import portal_town
from tests.factories.portal_town import Town

TITLES = ["Bank statements", "Cash book"]


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


def ask(town: Town, item_id: UUID, **more: object) -> UUID:
    wanted = Wanted(titles=TITLES, **more)  # type: ignore[arg-type]
    made = town.act(asking.request_documents, actor=town.anna, item_id=item_id, wanted=wanted)
    assert made is not None
    return made


def file(town: Town, name: str = "a.txt", text: bytes = b"a") -> UUID:
    made = town.act(documents.store, actor=town.requester, name=name, content=text)
    assert made is not None
    return made


def wish_ids(town: Town, request_id: UUID) -> list[UUID]:
    with in_scope(town.app, town.baker):
        return [one.id for one in document_queries.wishes(request_id)]


def hand_in(town: Town, request_id: UUID, wish_id: UUID) -> None:
    files = {wish_id: file(town)}
    town.act(asking.hand_in, actor=town.requester, request_id=request_id, files=files)


def standing(town: Town, item_id: UUID) -> tuple[WorkStatus, WaitingFor | None, bool]:
    """Status, whom it waits for, and whether the clock stands still."""
    from app.work import queries

    with in_scope(town.app, town.baker):
        item = queries.item(item_id)
        clock = clocks.standings([item_id])[item_id]
        return item.status, item.waiting_for, clock.paused_since is not None


def mails(town: Town, item_id: UUID) -> list[str]:
    with in_scope(town.app, town.baker):
        query = select(Mail.template).where(Mail.subject_id == item_id).order_by(Mail.id)
        return list(db.session.scalars(query))


def test_upload_does_not_resume_and_acceptance_does(town: Town) -> None:
    """SLA case 38."""
    item_id = town.order()
    request_id = ask(town, item_id)
    waits = (WorkStatus.WAITING, WaitingFor.CLIENT, True)
    assert standing(town, item_id) == waits
    first, second = wish_ids(town, request_id)
    hand_in(town, request_id, first)
    hand_in(town, request_id, second)
    assert standing(town, item_id) == waits
    town.act(asking.accept_document, actor=town.anna, wish_id=first)
    assert standing(town, item_id) == waits
    town.act(asking.send_back, actor=town.anna, wish_id=second, reason="Page 2 is missing.")
    assert standing(town, item_id) == waits
    hand_in(town, request_id, second)
    town.act(asking.accept_document, actor=town.anna, wish_id=second)
    assert standing(town, item_id) == (WorkStatus.IN_PROGRESS, None, False)
    with in_scope(town.app, town.baker):
        assert not document_queries.view(request_id).is_open


def test_an_answer_does_not_resume_while_documents_are_missing(town: Town) -> None:
    item_id = town.order()
    ask(town, item_id)
    town.act(talking.say, actor=town.requester, item_id=item_id, body="They come tomorrow.")
    assert standing(town, item_id)[2]
    with pytest.raises(Conflict, match="still missing"):
        town.act(talking.resume, actor=town.anna, item_id=item_id)


def test_a_pause_that_is_agreed_to_end_ends(town: Town) -> None:
    item_id = town.order()
    ask(town, item_id)
    town.act(talking.resume, actor=SYSTEM, item_id=item_id)
    assert standing(town, item_id) == (WorkStatus.IN_PROGRESS, None, False)


def test_what_does_not_block_lets_the_clock_run(town: Town) -> None:
    item_id = town.order()
    ask(town, item_id, blocking=False)
    assert standing(town, item_id) == (WorkStatus.IN_PROGRESS, None, False)


def test_two_requests_block_until_the_second_is_withdrawn(town: Town) -> None:
    item_id = town.order()
    first, second = ask(town, item_id), ask(town, item_id)
    town.act(asking.withdraw_request, actor=town.anna, request_id=first)
    assert standing(town, item_id)[2]
    town.act(asking.withdraw_request, actor=town.anna, request_id=second)
    assert not standing(town, item_id)[2]


def test_many_files_find_their_places(town: Town) -> None:
    item_id = town.order()
    request_id = ask(town, item_id)
    ids = [file(town, "cash_book_10.txt"), file(town, "bank-statements.txt"), file(town, "cat.txt")]
    with in_scope(town.app, town.baker), transaction():
        found = asking.assign_files(actor=town.requester, request_id=request_id, document_ids=ids)
    assert found == (2, ["cat.txt"])
    with in_scope(town.app, town.baker):
        names = [one.file and one.file.name for one in document_queries.view(request_id).asked]
    assert names == ["bank-statements.txt", "cash_book_10.txt"]


def test_who_may_what(town: Town) -> None:
    item_id = town.order()
    wanted = Wanted(titles=TITLES)
    with pytest.raises(Forbidden):
        town.act(asking.request_documents, actor=town.requester, item_id=item_id, wanted=wanted)
    request_id = ask(town, item_id)
    first, _second = wish_ids(town, request_id)
    hand_in(town, request_id, first)
    with pytest.raises(Forbidden):
        town.act(asking.accept_document, actor=town.requester, wish_id=first)
    with pytest.raises(Invalid):
        town.act(asking.send_back, actor=town.anna, wish_id=first, reason=" ")
    town.act(asking.accept_document, actor=town.anna, wish_id=first)
    with pytest.raises(Conflict):
        hand_in(town, request_id, first)


@pytest.mark.parametrize("titles", [[], [" "], ["x"] * 41])
def test_a_request_names_documents(town: Town, titles: list[str]) -> None:
    with pytest.raises(Invalid):
        town.act(
            asking.request_documents,
            actor=town.anna,
            item_id=town.order(),
            wanted=Wanted(titles=titles),
        )


def remind(town: Town, request_id: UUID) -> bool:
    with in_scope(town.app, town.baker), transaction():
        return reminding.remind(request_id)


def planned(town: Town, request_id: UUID) -> object:
    with in_scope(town.app, town.baker):
        return document_queries.view(request_id).request.next_reminder_at


def test_reminders_come_in_their_time_and_end(town: Town) -> None:
    item_id = town.order()
    request_id = ask(town, item_id)
    assert not remind(town, request_id)  # too early
    sent = 0
    while (at := planned(town, request_id)) is not None:
        with freeze(at + timedelta(minutes=1)):  # type: ignore[operator]
            assert remind(town, request_id)
            assert not remind(town, request_id)  # the job that comes twice
        sent += 1
    assert sent == MOST
    assert mails(town, item_id).count("documents_missing") == MOST


@pytest.mark.parametrize("end", ["handed in", "withdrawn", "cancelled"])
def test_reminders_stop(town: Town, end: str) -> None:
    item_id = town.order()
    request_id = ask(town, item_id)
    if end == "handed in":
        for wish_id in wish_ids(town, request_id):
            hand_in(town, request_id, wish_id)
    elif end == "withdrawn":
        town.act(asking.withdraw_request, actor=town.anna, request_id=request_id)
    else:
        town.act(closing.cancel, actor=town.anna, item_id=item_id)
    with freeze(now() + timedelta(days=30)):
        assert not remind(town, request_id)
    assert "documents_missing" not in mails(town, item_id)


def test_a_document_sent_back_is_told_unless_it_came_again(town: Town) -> None:
    item_id = town.order()
    request_id = ask(town, item_id)
    first, _second = wish_ids(town, request_id)
    hand_in(town, request_id, first)
    town.act(asking.send_back, actor=town.anna, wish_id=first, reason="Too dark.")
    event = DocumentSentBack(item_id=item_id, wish_id=first)
    town.act(subscribers.tell_of_the_document_sent_back, event=event)
    assert "document_sent_back" in mails(town, item_id)
    before = len(mails(town, item_id))
    hand_in(town, request_id, first)
    town.act(subscribers.tell_of_the_document_sent_back, event=event)
    assert len(mails(town, item_id)) == before
    with in_scope(town.app, town.baker):
        assert document_queries.wish(first).state is Wish.HANDED_IN
