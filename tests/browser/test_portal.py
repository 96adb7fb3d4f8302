"""The portal in a real browser: order with a file, follow, answer, accept; wide and narrow."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.work.actions import handling, talking
from config import Settings
from tests.factories import portal_town
from tests.factories.portal_town import PASSWORD, Town
from tests.factories.portal_visitor import PDF

SIZES = [(1440, 900), (390, 844)]
PICTURES = os.environ.get("KONTOR_PICTURES", "")


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture
def sign_in(page: Page, visit: Callable[[str], Page]) -> Callable[[str], None]:
    def enter(who: str) -> None:
        page.set_default_timeout(10_000)
        page.context.clear_cookies()
        visit("/sign-in")
        page.locator("input[name=email]").fill(who)
        page.locator('input[type="password"]').fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/p/**")

    return enter


@pytest.fixture
def looked_at(page: Page, accessible: Callable[[], None]) -> Callable[[str], None]:
    """The page fits, is accessible in both themes, and leaves a picture where one is wanted."""

    def check(name: str) -> None:
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            if PICTURES:
                path = Path(PICTURES) / f"{name}-{width}-{theme}.png"
                page.screenshot(path=path, full_page=True)
            accessible()

    return check


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_from_the_order_to_the_accepted_result(
    page: Page,
    town: Town,
    sign_in: Callable[[str], None],
    looked_at: Callable[[str], None],
    tmp_path: Path,
    width: int,
    height: int,
):
    page.set_viewport_size({"width": width, "height": height})
    bill = tmp_path / "offer.pdf"
    bill.write_bytes(PDF)
    sign_in("approver@sommer.example")
    page.get_by_role("link", name="New request").click()
    free_text = page.get_by_role("link", name="Request", exact=False).filter(has_text="Free text")
    expect(free_text).to_be_visible()
    looked_at("catalogue")
    free_text.click()
    page.get_by_label("Subject").fill(f"Oven {width}")
    page.get_by_label("Files").set_input_files([bill])
    expect(page.get_by_role("link", name="offer.pdf", exact=True)).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value(f"Oven {width}")
    page.get_by_label("What may we do for you?").fill("Compare the offers, please.")
    looked_at("form")
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_role("heading", name=f"Oven {width}")).to_be_visible()
    expect(page.get_by_role("link", name="offer.pdf", exact=True)).to_be_visible()
    looked_at("request-new")

    item_id = page.url.split("?")[0].rsplit("/", 1)[-1]
    town.act(handling.take, actor=town.anna, item_id=item_id)
    town.act(talking.ask_client, actor=town.anna, item_id=item_id, body="Gas or electric?")
    page.evaluate("document.querySelector('#live').dispatchEvent(new CustomEvent('poll'))")
    expect(page.get_by_text("We have a question.")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("waiting for you")
    expect(page.locator("#deeds")).to_contain_text("asked you a question")
    page.reload()
    looked_at("request-asked")
    page.get_by_label("Message").fill("Electric, please.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    expect(page.locator("#live").get_by_text("Electric, please.")).to_be_visible()

    town.act(town.deliver, item_id=item_id)
    page.reload()
    expect(page.get_by_text("Your result is ready.")).to_be_visible()
    expect(page.get_by_role("link", name="Explain this due date").first).to_be_visible()
    looked_at("request-delivered")
    page.get_by_role("button", name="Accept the result").click()
    expect(page.get_by_text("Thank you. The result is accepted.")).to_be_visible()
    looked_at("request-accepted")


def test_a_refused_file_says_why_and_a_draft_comes_back(
    page: Page,
    sign_in: Callable[[str], None],
    tmp_path: Path,
    looked_at: Callable[[str], None],
    visit: Callable[[str], Page],
):
    wrong = tmp_path / "malware.exe"
    wrong.write_bytes(b"MZ")
    right = tmp_path / "invoice.pdf"
    right.write_bytes(PDF)
    sign_in("requester@sommer.example")
    visit("/p/sommer/order/accounts_payable/supplier_invoice")
    page.get_by_label("Cost centre").fill("4711")
    page.get_by_label("Files").set_input_files([wrong, right])
    expect(page.get_by_text("malware.exe cannot be used here")).to_be_visible()
    expect(page.get_by_role("link", name="invoice.pdf", exact=True)).to_be_visible()
    expect(page.get_by_label("Cost centre")).to_have_value("4711")
    looked_at("form-refused")
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        page.get_by_label("Order number").fill("B-17")
    visit("/p/sommer/")
    looked_at("home-draft")
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_label("Order number")).to_have_value("B-17")
    expect(page.get_by_role("link", name="invoice.pdf", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove invoice.pdf").click()
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_text("Please correct the marked fields.")).to_be_visible()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page).to_have_url(re.compile("/p/sommer/$"))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_fits_with_little_and_with_much(
    page: Page,
    town: Town,
    visit: Callable[[str], Page],
    sign_in: Callable[[str], None],
    looked_at: Callable[[str], None],
    width: int,
    height: int,
):
    page.set_viewport_size({"width": width, "height": height})
    for to in ("new", "taken", "asked", "delivered", "accepted"):
        town.order(f"Something with a rather long title that was begun and is now {to}", to=to)
    pages = ("", "requests", "requests?words=nonsense", "documents", "record", "team", "order/")
    for slug in ("sommer", "kern"):
        sign_in(f"client_admin@{slug}.example")
        for path in pages:
            visit(f"/p/{slug}/{path}")
            looked_at(f"{slug}-{path.strip('/').replace('?words=', '-') or 'home'}")


@pytest.mark.usefixtures("town")
def test_on_a_phone_the_strip_of_pages_shows_where_one_is(
    page: Page, visit: Callable[[str], Page], sign_in: Callable[[str], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in("client_admin@sommer.example")
    visit("/p/sommer/settings")
    here = page.locator(".portal-nav [aria-current]")
    expect(here).to_have_text(re.compile("Settings"))
    expect(here).to_be_in_viewport(ratio=0.9)
