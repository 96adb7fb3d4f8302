"""Every page of desk and portal in a real browser: it fits, breaks no rule, and anybody can use it.

The pages are those of the demo, found along their links by people of every role; a new page must
be reached by a link, or be named below with the reason why it is not.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from app.identity import queries, sessions
from app.web.session import _TOKEN
from config import Settings
from tenants.db import transaction
from tests.browser.conftest import AXE, RULES
from tests.conftest import another_app
from tests.factories.page_walk import Walk
from tests.factories.people import Browser, TestPerson, with_second_factor

WIDE, NARROW = {"width": 1440, "height": 3000}, {"width": 390, "height": 844}
"""So high that nothing lies under a bar that sticks to the lower edge."""
THEMES = [("light", RULES), ("dark", ["color-contrast"])]
EACH = 2
"""Pages of a kind that one person is led to."""
STARTS = {
    "thomas@baeckerei-sommer.example": [
        "/p/baeckerei-sommer/",
        "/p/baeckerei-sommer/document-requests",
        "/p/baeckerei-sommer/search?q=Rechnung",
        "/account/",
        "/account/confirm",
        "/account/second-factor",
    ],
    "katrin@alpha-logistik.example": ["/p/alpha-logistik/webhooks"],
    "sabine@kontor.example": ["/desk/?view=open", "/account/"],
    "lena@kontor.example": [
        "/desk/?view=open",
        "/desk/?view=done",
        "/desk/people",
        "/desk/jobs/",
        "/desk/search?q=Rechnung",
        "/desk/palette?q=Rechnung",
    ],
    "paul@kontor.example": ["/desk/c/werft-petersen/terms/", "/desk/", "/desk/usage/"],
    "anna@kontor.example": ["/desk/?view=mine", "/desk/?view=review"],
}
TWICE = {
    "desk_invoices.invoice",
    "desk_work.work_list",
    "desk_items.item",
    "desk_orders.form",
    "portal_order.form",
    "portal_requests.request_page",
}
STRANGERS = {"sign_in.form": "/sign-in", "sign_in.forgotten": "/sign-in/forgotten"}
FACES = ("desk_", "portal_", "account.", "sign_in.", "sign_in_links.", "second_factor.")
NO_PAGES = (
    "export", "check", "file", "content", "progress", "fresh", "live", "file_page", "files",
    "download", "here", "side", "example",
)  # fmt: skip
"""Ends of endpoints: downloads, and parts of pages that their pages ask for."""
NOT_ALONE: dict[str, str] = {
    "desk_bulk.batch": "only after somebody has done something to many items",
    "desk_stripe.event": "only where Stripe told something that could not be applied",
    "desk_terms.edit": "only while a version of the terms is a draft",
    "desk_what_if.answer": "only after somebody has asked",
    "portal_payment.method": "leads to Stripe",
    "portal_payment.own_page": "leads to Stripe",
    "portal_payment.pay": "leads to Stripe",
    "sign_in.code": "only between password and second factor",
    "sign_in_links.invitation": "only by a mailed link",
    "sign_in_links.new_password": "only by a mailed link",
    "sign_in_links.reset": "only by a mailed link",
    "sign_in_links.welcome": "only by a mailed link",
}
"""Endpoint → why nobody comes there along links."""


@dataclass(slots=True)
class Pages:
    """What is to be looked at, by whom."""

    cookies: dict[str, str] = field(default_factory=dict)
    paths: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Endpoint → person and path; one of each kind, two of those that look different each time."""

    def has_enough(self, endpoint: str) -> bool:
        """Whether pages of this kind are found as many times as they are looked at."""
        return len(self.paths.get(endpoint, ())) >= (2 if endpoint in TWICE else 1)


@pytest.fixture(scope="module")
def demo_app(demo_town: tuple[Settings, str], settings: Settings) -> Iterator[Flask]:
    with another_app(demo_town[0], back=settings) as filled:
        yield filled


@pytest.fixture(scope="module")
def place(demo_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, demo_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="demo-server")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def found(demo_app: Flask) -> Pages:
    pages = Pages(paths={endpoint: [("", path)] for endpoint, path in STRANGERS.items()})
    for email, starts in STARTS.items():
        browser, pages.cookies[email] = enter(demo_app, email)
        # What others have found is asked for once more only: it may lead this person elsewhere.
        # Pages that look different each time are walked by everybody as if they were new.
        enough = [one for one in pages.paths if one not in TWICE and pages.has_enough(one)]
        known = Counter(dict.fromkeys(enough, EACH - 1))
        walk = Walk(demo_app, browser, each=EACH, seen=known)
        for start in starts:
            for page in walk.along(start):
                if page.answer.status_code == 200 and not pages.has_enough(page.endpoint):
                    pages.paths.setdefault(page.endpoint, []).append((email, page.path))
    return pages


def enter(app: Flask, email: str) -> tuple[Browser, str]:
    """A browser in which this person is signed in, and the cookie that says so."""
    with app.app_context(), transaction():
        account = queries.account_by_email(email)
        assert account is not None
        token = sessions.open_session(account_id=account.id, browser=sessions.NOWHERE)
        needs_factor = email.startswith("sabine")
        account_id = account.id
    if needs_factor:
        with_second_factor(app, TestPerson(id=account_id, email=email))
    browser = Browser(app)
    with browser.http.session_transaction(base_url=browser.base_url) as session:
        session[_TOKEN] = token
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return browser, str(signer.dumps({_TOKEN: token}))


def test_every_page_is_reached(demo_app: Flask, found: Pages) -> None:
    """Or why it is not is said above."""
    pages = {
        rule.endpoint
        for rule in demo_app.url_map.iter_rules()
        if rule.endpoint.startswith(FACES)
        and "GET" in (rule.methods or ())
        and not rule.endpoint.endswith(NO_PAGES)
    }
    unseen = pages - found.paths.keys()
    assert " ".join(sorted(unseen - NOT_ALONE.keys())) == ""
    assert " ".join(sorted(NOT_ALONE.keys() - unseen)) == "", "these are reached meanwhile"


def test_every_page_is_accessible_and_fits(
    page: Page, demo_app: Flask, place: str, found: Pages
) -> None:
    page.set_default_timeout(15_000)
    page.add_init_script(path=AXE)
    wrong = []
    people = sorted({email for kinds in found.paths.values() for email, _ in kinds})
    for email in people:
        page.context.clear_cookies()
        if email:
            name = demo_app.config["SESSION_COOKIE_NAME"]
            page.context.add_cookies([{"name": name, "value": found.cookies[email], "url": place}])
        for kinds in found.paths.values():
            for who, path in kinds:
                if who == email:
                    wrong += look(page, place + path)
    assert not wrong, "\n".join(wrong)


def look(page: Page, address: str) -> list[str]:
    """What is wrong with a page: light and dark when wide, whether it fits when narrow too."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_function("document.documentElement.classList.contains('script')")
    wrong = [f"{address}: too wide"] if too_wide(page) else []
    wrong += [f"{address}: {name} is squeezed" for name in squeezed(page)]
    wrong += [f"{address} {one}" for one in violations(page)]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if too_wide(page):
        wrong.append(f"{address}: too wide for a phone")
    return wrong


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def squeezed(page: Page) -> list[str]:
    """Lists to choose from and fields to write in that are too narrow for what stands in them."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('select, textarea, input.form-control')]
            .filter(one => one.checkVisibility() && one.offsetWidth < 56).map(one => one.name)"""
    )
    return found


def violations(page: Page) -> list[str]:
    """What axe finds, with the theme switched in place: colours alone differ in the dark."""
    found = page.evaluate(_LOOK, THEMES)
    return [
        f"{theme}: {one['id']} {[node['target'] for node in one['nodes']][:3]}"
        for theme, ones in found
        for one in ones
    ]


_LOOK = """async themes => {
    const found = [];
    for (const [theme, rules] of themes) {
        document.documentElement.dataset.bsTheme = theme;
        const seen = await axe.run(
            document, {runOnly: rules, resultTypes: ['violations'], preload: false});
        found.push([theme, seen.violations]);
    }
    return found;
}"""
