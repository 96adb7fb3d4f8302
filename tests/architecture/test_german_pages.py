"""No German page says a word of English.

The pages are those of the demo, walked along their links with people of every role.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from app.kernel.ids import new_id
from config import Settings
from devtools import demo, embedded, translate
from devtools.demo.people import PASSWORD
from tenants import migrations
from tests.conftest import another_app, make_settings
from tests.factories.page_reader import read
from tests.factories.people import Browser, TestPerson

LETTERS = re.compile(r"[^\W\d_]{2,}")
VALUE = re.compile(r"%%|%\(\w+\)[sd]")


def forms(message: object) -> list[str]:
    """All words of a message or its translation."""
    return [message] if isinstance(message, str) else list(message or [])  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def german(settings: Settings) -> Iterator[Flask]:
    """The demo, on servers of its own: its clients have the same roles as those of `app`."""
    with ExitStack() as stack:
        servers = (
            stack.enter_context(embedded.postgres(fast=True)),
            stack.enter_context(embedded.redis(fast=True)),
        )
        own = make_settings(servers, "kontor", str(settings.data_dir))
        filled = stack.enter_context(another_app(own, back=settings))
        migrations.upgrade_provider(filled.config["SETTINGS"].database_direct_url)
        assert demo.load(filled)
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


class Walk:
    """A person who follows every link; a few pages of each kind."""

    EACH = 5

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.browser, self.seen = browser, Counter[str]()
        self.map: MapAdapter = app.url_map.bind("127.0.0.1:8000")
        self.told: dict[str, list[str]] = {}
        self.known: set[str] = set()

    def along(self, start: str, finds: re.Pattern[str]) -> None:
        """Read the page and everything it leads to; `told` gathers the English."""
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            answer = self.browser.get(path)
            if answer.status_code in (301, 302, 303):
                waiting += self._new([answer.headers["Location"]])
            elif answer.mimetype == "text/html":
                page = read(answer.text)
                found = {match[0] for match in finds.finditer("\n".join(page.texts))}
                if found:
                    self.told[path] = sorted(found)
                waiting += self._new(page.links)

    def _new(self, links: list[str]) -> list[str]:
        fresh = []
        for link in links:
            parts = urlsplit(link)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc not in ("", "127.0.0.1:8000") or path in self.known or not parts.path:
                continue
            self.known.add(path)
            endpoint = self._endpoint(parts.path)
            if endpoint and not endpoint.startswith("dev_") and self.seen[endpoint] < self.EACH:
                self.seen[endpoint] += 1
                fresh.append(path)
        return fresh

    def _endpoint(self, path: str) -> str:
        try:
            return str(self.map.match(path, method="GET")[0])
        except (HTTPException, RequestRedirect):
            return ""


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
    told, seen = {}, set[str]()
    for email, starts in WALKS.items():
        browser = Browser(german)
        person = TestPerson(id=new_id(), email=email, password=PASSWORD)
        assert browser.sign_in(person).status_code == 303
        walk = Walk(german, browser)
        for start in starts:
            walk.along(start, finds)
        told |= walk.told
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
