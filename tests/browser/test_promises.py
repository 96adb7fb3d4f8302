"""Explanation and report in a real browser: both languages, both themes, wide, narrow, on paper."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity.models import Account
from app.kernel import clock
from app.work.actions import talking
from config import Settings
from tenants.db import db, transaction
from tests.factories import portal_town
from tests.factories.portal_town import PASSWORD, Town

SIZES = [(1440, 900), (390, 844)]
PICTURES = os.environ.get("KONTOR_PICTURES", "")


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture
def speaking(town: Town) -> Iterator[Callable[[str], None]]:
    """Let the reader's account speak a language; English again afterwards."""

    def speak(language: str) -> None:
        with town.app.app_context(), transaction():
            query = db.select(Account).where(Account.email == "client_admin@sommer.example")
            db.session.scalars(query).one().locale = language

    yield speak
    speak("en")


@pytest.fixture
def looked_at(page: Page, accessible: Callable[[], None]) -> Callable[[str], None]:
    def check(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            if PICTURES:
                width = page.viewport_size["width"]
                path = Path(PICTURES) / f"{name}-{width}-{theme}.png"
                page.screenshot(path=path, full_page=True)
            accessible()

    return check


def asked_and_delivered(town: Town) -> str:
    """Taken at once, a question for two hours, delivered the day after: a pause in the line."""
    opened = clock.ago(days=9).replace(hour=9, minute=0, second=0, microsecond=0)
    opened -= timedelta(days=opened.weekday())
    with clock.freeze(opened):
        item_id = town.order("Explained oven", to="taken")
    with clock.freeze(opened.replace(hour=10)):
        town.act(talking.ask_client, actor=town.anna, item_id=item_id, body="Gas or electric?")
    with clock.freeze(opened.replace(hour=12)):
        town.act(talking.say, actor=town.requester, item_id=item_id, body="Electric.")
    with clock.freeze(opened.replace(hour=13)):
        town.act(town.deliver, item_id=item_id)
    return str(item_id)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    ("language", "title", "waiting"),
    [
        ("en", "Explain this due date", "waiting for you"),
        ("de", "Warum diese Frist?", "wartet auf Sie"),
    ],
)
def test_a_due_time_is_explained_in_both_languages(
    page: Page,
    visit: Callable[[str], Page],
    town: Town,
    speaking: Callable[[str], None],
    looked_at: Callable[[str], None],
    width: int,
    height: int,
    language: str,
    title: str,
    waiting: str,
):
    item_id = asked_and_delivered(town)
    speaking(language)
    page.set_viewport_size({"width": width, "height": height})
    visit("/sign-in")
    page.locator("input[name=email]").fill("client_admin@sommer.example")
    page.locator('input[type="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    visit(f"/p/sommer/requests/{item_id}")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.get_by_text("Europe/Berlin").first).to_be_visible()
    expect(page.get_by_role("cell", name=waiting).first).to_be_visible()
    expect(page.locator(".whose-bar").first).to_have_attribute("role", "img")
    looked_at(f"promise-{language}")
    page.emulate_media(media="print")
    expect(page.locator(".portal-nav")).to_be_hidden()
    expect(page.get_by_role("cell", name=waiting).first).to_be_visible()
    page.emulate_media(media="screen")
    visit("/p/sommer/promises")
    expect(page.locator(".figures-table").first).to_be_visible()
    looked_at(f"promises-{language}")
