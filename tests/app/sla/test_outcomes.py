"""Outcomes are a projection of the fold: rebuilt, they are the same; spoiled, they are mended."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.kernel.actor import SYSTEM
from app.sla import rebuilding
from app.sla.outcome_models import SlaOutcome
from app.sla.rules.clock_state import State
from app.work.actions import closing, handling
from config import Settings
from tenants.db import db
from tests.factories import promise_book
from tests.factories.promise_book import LENA, Book


@pytest.fixture(scope="session")
def book(app: Flask, settings: Settings) -> Book:
    return promise_book.build(app, settings, "outcomes")


def outcomes(book: Book, letter: str) -> list[tuple[int, State, bool]]:
    with book.scope("2026-11-23 10:00"):
        query = select(SlaOutcome).where(SlaOutcome.subject_id == book.items[letter])
        rows = db.session.scalars(query.order_by(SlaOutcome.cycle)).all()
        return [(row.cycle, row.state, row.finished_at is None) for row in rows]


def test_case_87_rebuilding_finds_nothing_and_mends_what_was_spoiled(book: Book) -> None:
    for item_id in book.items.values():
        assert book.do("2026-11-23 10:00", rebuilding.rebuild, subject_id=item_id) == []
    with book.scope("2026-11-23 10:00"):
        spoiled = SlaOutcome.subject_id == book.items["B"]
        db.session.execute(update(SlaOutcome).where(spoiled).values(state=State.MET))
    (found,) = book.do("2026-11-23 10:00", rebuilding.rebuild, subject_id=book.items["B"])
    assert (found.column, found.stored, found.rebuilt) == ("outcomes", "1 met", "1 breached")
    assert outcomes(book, "B") == [(1, State.BREACHED, False)]
    assert book.do("2026-11-23 10:00", rebuilding.rebuild, subject_id=book.items["B"]) == []


def test_opened_again_the_outcome_is_gone_until_the_next_delivery(book: Book) -> None:
    assert outcomes(book, "A") == [(1, State.MET, False)]
    book.do(
        "2026-10-05 16:00", closing.complain, actor=SYSTEM, item_id=book.items["A"], reason="Wrong"
    )
    assert outcomes(book, "A") == []
    book.do("2026-10-06 16:30", handling.hand_over, actor=LENA, item_id=book.items["A"])
    assert outcomes(book, "A") == [(1, State.BREACHED, False)], "the clock went on at six hours"


def test_a_late_open_promise_becomes_a_late_one(book: Book) -> None:
    assert outcomes(book, "D") == [(1, State.BREACHED, True)]
    book.deliver("2026-11-20 10:00", book.items["D"])
    assert outcomes(book, "D") == [(1, State.BREACHED, False)]
