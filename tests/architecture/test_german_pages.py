"""No German page says a word of English.

The pages are those of the demo, walked along their links with people of every role.
"""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from flask import Flask

from app.kernel.ids import new_id
from config import Settings
from devtools import translate
from devtools.demo.people import PASSWORD
from tests.conftest import another_app
from tests.factories.page_reader import read
from tests.factories.page_walk import Walk
from tests.factories.people import Browser, TestPerson

LETTERS = re.compile(r"[^\W\d_]{2,}")
VALUE = re.compile(r"%%|%\(\w+\)[sd]")


def forms(message: object) -> list[str]:
    """All words of a message or its translation."""
    return [message] if isinstance(message, str) else list(message or [])  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def german(demo_town: tuple[Settings, str], settings: Settings) -> Iterator[Flask]:
    """The demo."""
    with another_app(demo_town[0], back=settings) as filled:
        yield filled


def english(catalogue: Catalog) -> re.Pattern[str]:
    """Finds what the catalogue should have replaced: phrases anywhere, single words alone."""
    same = {words for message in catalogue for words in forms(message.string)}
    phrases, alone = [], []
    for meant in (words for message in catalogue if message.id for words in forms(message.id)):
        words = LETTERS.findall(VALUE.sub("", meant))
        if meant in same or not words:
            continue
        if len(words) > 1:
            phrases.append("[^\\n]+?".join(re.escape(part) for part in VALUE.split(meant)))
        elif not VALUE.search(meant):
            alone.append(re.escape(meant))
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)|^(?:{'|'.join(alone)})$", re.MULTILINE
    )


OWN_NAMES = {"/account/": {"English"}}
"""Where languages call themselves by their own names."""
WALKS = {
    "lena@kontor.example": ["/desk/?view=open", "/desk/?view=done", "/desk/people", "/desk/jobs"],
    "anna@kontor.example": ["/desk/?view=mine", "/desk/?view=review", "/desk/nowhere"],
    "paul@kontor.example": ["/desk/", "/desk/usage"],
    "thomas@baeckerei-sommer.example": [
        "/p/baeckerei-sommer/",
        "/p/baeckerei-sommer/order/accounts_payable/supplier_invoice?check=1",
        "/p/baeckerei-sommer/order/general_request/request?check=1",
        "/p/baeckerei-sommer/team",
        "/p/baeckerei-sommer/record",
        "/p/praxis-wolf/",
        "/account/",
        "/account/second-factor",
    ],
}


def test_german_pages_are_german(german: Flask) -> None:
    finds = english(translate.read("de"))
    told: dict[str, list[str]] = {}
    seen = set[str]()
    for email, starts in WALKS.items():
        browser = Browser(german)
        person = TestPerson(id=new_id(), email=email, password=PASSWORD)
        assert browser.sign_in(person).status_code == 303
        walk = Walk(german, browser)
        for start in starts:
            for page in walk.along(start):
                found = {match[0] for match in finds.finditer("\n".join(page.read.texts))}
                if found := found - OWN_NAMES.get(page.path, set()):
                    told[page.path] = sorted(found)
        seen |= set(walk.seen)
    assert told == {}
    assert seen >= MUST_SEE


MUST_SEE = {
    "desk_work.work_list",
    "desk_items.item",
    "desk_jobs.jobs",
    "desk_people.person",
    "portal_home.home",
    "portal_order.form",
    "portal_requests.request_page",
    "portal_documents.documents",
    "portal_tokens.token_list",
    "portal_audit.audit",
}


def test_german_for_strangers_and_mistakes(app: Flask) -> None:
    """Before signing in the browser's language counts."""
    finds, browser = english(translate.read("de")), Browser(app)
    german = {"headers": {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}}
    pages = [
        browser.get(path, **german)
        for path in ("/sign-in", "/sign-in/forgotten", "/nowhere", "/api/docs", "/api/v1/docs")
    ]
    pages += [
        browser.post("/sign-in", {"email": "a@b.example", "password": "wrong"}, **german),
        browser.post("/sign-in/forgotten", {"email": "nobody"}, **german),
        browser.get("/sign-in/reset/not-a-link", **german),
        browser.get("/sign-in/invitation/not-a-link", **german),
    ]
    assert pages[0].text.count("Anmelden") > 0
    texts = "\n".join(text for page in pages for text in read(page.text).texts)
    assert {match[0] for match in finds.finditer(texts)} == set()
