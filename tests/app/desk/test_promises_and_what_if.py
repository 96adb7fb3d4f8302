"""The desk's pages on promises: explanation, report, what-if at once and as a job."""

import json
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel import clock
from app.sla import what_if_runs
from app.sla.what_if_models import WhatIfRun
from app.sla.what_if_tasks import answer
from config import Settings
from tenants.db import db
from tests.factories import promise_book
from tests.factories.desk_house import House
from tests.factories.portal_visitor import Visitor
from tests.factories.promise_book import CALENDAR, TODAY, Book


@pytest.fixture(scope="session")
def book(app: Flask, settings: Settings) -> Book:
    return promise_book.build(app, settings)


@pytest.fixture
def lead(book: Book) -> Iterator[Visitor]:
    with clock.freeze(TODAY):
        yield book.visitor("lead")


PAGE = "/desk/c/ledger/what-if"
FORM = {
    "first": "2026-10-01", "last": "2026-10-31", "service": "", "fee": "1000", "percent": "10",
    "cap_percent": "15", "calendar": json.dumps(CALENDAR),
    "agreement": '{"metrics": {"resolution": {"target": {"hours": 4}}}}',
}  # fmt: skip


def draft(page: str, name: str) -> str:
    """What the form's text area holds."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_report_and_its_items(lead: Visitor) -> None:
    assert "October 2026, not met: 1" in lead.page("/desk/c/ledger/promises")
    assert "Beta late" in lead.page("/desk/c/ledger/promises/items?ending=breached")
    assert lead.get("/desk/c/ledger/promises/export.csv").mimetype == "text/csv"
    assert "Alpha in time" in lead.get("/desk/c/ledger/promises/items.csv").text


def test_the_explanation_and_the_items_own_page(book: Book, lead: Visitor) -> None:
    path = f"/desk/c/ledger/items/{book.items['B']}"
    text = lead.page(f"{path}/promise")
    assert "1 h of working time too late" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Europe/Berlin" in text
    item = lead.page(path)
    assert "Whose time it was" in item
    assert f'href="{path}/promise"' in item
    lines = lead.get(f"{path}/promise.jsonl").text.splitlines()
    assert [json.loads(line)["policy"]["metric"] for line in lines] == ["resolution"]


def test_the_form_begins_with_the_last_quarter_and_todays_terms(lead: Visitor) -> None:
    text = lead.page(PAGE)
    assert 'value="2026-07-01"' in text
    assert 'value="2026-09-30"' in text
    assert json.loads(draft(text, "agreement"))["metrics"]["resolution"]["target"] == {"hours": 8}


def test_a_small_what_if_is_answered_at_once(lead: Visitor) -> None:
    asked = lead.post(PAGE, data=FORM)
    assert asked.status_code == 303, asked.text
    text = re.sub(r"\s+", " ", lead.page(asked.location))
    assert "2 → <b>1</b>" in text
    assert "1 → <b>2</b>" in text
    assert "€150.00" in text
    assert "Alpha in time" in text
    assert "Mon 5 Oct 2026, 13:00" in text
    assert asked.location in lead.page(PAGE)


def test_a_file_is_taken_instead_of_the_text(lead: Visitor) -> None:
    longer = b'{"metrics": {"resolution": {"target": {"hours": 12}}}}'
    data = {**FORM, "agreement": "nonsense", "agreement_file": (BytesIO(longer), "a.json")}
    asked = lead.post(PAGE, data=data, content_type="multipart/form-data")
    assert asked.status_code == 303, asked.text
    assert "1 → <b>0</b>" in re.sub(r"\s+", " ", lead.page(asked.location))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"agreement": "{"}, "This is not JSON."),
        ({"agreement": '{"metrics": {"speed": {}}}'}, "there is no metric"),
        ({"calendar": '{"zone": "Mars", "week": {}}'}, "no time zone is called"),
        ({"first": "2026-11-01"}, "The period ends before it begins."),
        ({"last": "tomorrow"}, "Please enter a date."),
        ({"fee": "a lot"}, "Please enter an amount"),
        ({"percent": "500"}, "lies between 0 and 100"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_its_words(
    lead: Visitor, change: dict[str, str], told: str
) -> None:
    refused = lead.post(PAGE, data={**FORM, **change})
    assert refused.status_code == 422
    text = unescape(refused.text)
    assert told in text
    for written in change.values():
        assert written in text


def test_an_unchanged_draft_is_no_question(lead: Visitor) -> None:
    text = lead.page(PAGE)
    drafts = {name: draft(text, name) for name in ("agreement", "calendar")}
    refused = lead.post(PAGE, data={**FORM, **drafts})
    assert refused.status_code == 422
    assert "Please change the policy or the calendar." in unescape(refused.text)


def test_a_large_what_if_is_a_job_whose_page_waits(
    book: Book, lead: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if_runs, "AT_ONCE", 2)
    asked = lead.post(PAGE, data=FORM)
    waiting = lead.page(asked.location)
    assert "This page shows the answer by itself." in waiting
    assert "0 / 6" in waiting
    assert "<html" not in lead.get(asked.location, headers={"HX-Request": "true"}).text
    with book.scope("2026-11-23 10:05"):
        run = db.session.scalars(
            select(WhatIfRun).where(WhatIfRun.answer.is_(None)).order_by(WhatIfRun.id.desc())
        ).first()
        assert run is not None
        answer(run.id)
    with clock.freeze(TODAY.replace(hour=12, minute=30)):
        assert "did not come to an end" not in lead.page(asked.location)
    done = lead.get(asked.location, headers={"HX-Request": "true"})
    assert "Alpha in time" in done.text


def test_a_what_if_that_never_ends_says_so(lead: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if_runs, "AT_ONCE", 2)
    asked = lead.post(PAGE, data=FORM)
    with clock.freeze(TODAY.replace(hour=12, minute=30)):
        assert "This replay did not come to an end." in lead.page(asked.location)


def test_only_who_may_agree_may_ask(book: Book, house: House) -> None:
    with clock.freeze(TODAY):
        anna = house.visitor("paul")
        assert anna.get(PAGE).status_code == 403
        assert anna.post(PAGE, data=FORM).status_code == 403
        assert anna.get("/desk/c/ledger/promises").status_code == 200
