"""The desk in a real browser: keys alone, the next item opened, undo; wide and narrow."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.work.actions import automation, handling
from app.work.rules import WorkStatus
from config import Settings
from tests.conftest import in_scope
from tests.factories import desk_house
from tests.factories.desk_house import PASSWORD, House

SIZES = [(1440, 900), (390, 844)]
PICTURES = os.environ.get("KONTOR_PICTURES", "")
Enter = Callable[[str, str], Page]


@pytest.fixture(scope="session")
def house(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="b")


@pytest.fixture
def enter(page: Page, visit: Callable[[str], Page]) -> Enter:
    def go(who: str, path: str) -> Page:
        page.set_default_timeout(10_000)
        page.context.clear_cookies()
        visit("/sign-in")
        page.locator("input[name=email]").fill(f"b{who}@house.example")
        page.locator('input[type="password"]').fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/**")
        return visit(path)

    return go


@pytest.fixture
def looked_at(page: Page, accessible: Callable[[], None]) -> Callable[[str], None]:
    """The page fits, is accessible in both themes, and leaves a picture where one is wanted."""

    def check(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            if PICTURES:
                width = page.viewport_size["width"]
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png")
            accessible()

    return check


def mine(house: House, count: int) -> None:
    """Invoices that Anna has taken and ticked, ready to be handed over."""
    for _ in range(count):
        item_id = house.in_review()
        house.act(handling.withdraw, actor=house.actor("anna"), item_id=item_id)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_fits_and_is_accessible(
    page: Page,
    house: House,
    enter: Enter,
    looked_at: Callable[[str], None],
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    item_id = house.in_review()
    house.act(handling.withdraw, actor=house.actor("anna"), item_id=item_id)
    north = f"/desk/c/{house.north.slug}"
    for name, path in (
        ("list", "/desk/?view=open"),
        ("empty", "/desk/?view=open&q=no-such-words"),
        ("item", f"{north}/items/{item_id}"),
        ("clients", "/desk/clients"),
        ("client", f"{north}/"),
        ("catalogue", f"{north}/order/"),
        ("order", f"{north}/order/accounts_payable/supplier_invoice"),
        ("search", "/desk/palette?q=nord"),
    ):
        if name == "list":
            enter("anna", path)
        else:
            page.goto(path)
        if name == "list" and width > 1180:
            expect(page.locator("#panel-item")).to_be_visible()
        looked_at(name)
    enter("paul", "/desk/usage/")
    looked_at("usage")


def test_the_first_item_is_opened_and_rows_are_walked_by_keys(house: House, enter: Enter) -> None:
    house.request("Walk one")
    house.request("Walk two")
    desk = enter("ben", f"/desk/?view=unassigned&client={house.north.slug}&q=Walk")
    expect(desk.locator("#panel .panel-title")).to_have_text("Walk one")
    desk.keyboard.press("j")
    expect(desk.locator("tr.current .title a")).to_have_text("Walk two")
    desk.keyboard.press("Enter")
    expect(desk.locator("#panel .panel-title")).to_have_text("Walk two")
    desk.keyboard.press("x")
    expect(desk.locator("[data-bulk-count]")).to_have_text("1")
    desk.keyboard.press("x")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.locator("#panel .panel-title")).to_have_text("Walk one")
    desk.keyboard.press("r")
    expect(desk.locator("#body")).to_be_focused()
    desk.keyboard.type("xjkn")
    expect(desk.locator("#body")).to_have_value("xjkn")
    desk.locator("#body").fill("")
    desk.locator("#body").blur()
    desk.keyboard.press("a")
    expect(desk.locator("#panel").get_by_role("button", name="Put back")).to_be_visible()
    desk.keyboard.press("w")
    expect(desk.locator("#wait-dialog")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("Shift+?")
    expect(desk.locator("#key-dialog")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#key-dialog")).not_to_be_visible()
    desk.keyboard.press("/")
    expect(desk.locator("#palette")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).not_to_be_visible()
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette-input")).to_be_focused()
    desk.keyboard.type("walk two")
    expect(desk.locator("#palette-results a").first).to_contain_text("Walk two", timeout=15_000)


def test_done_opens_the_next_and_can_be_undone(house: House, enter: Enter) -> None:
    mine(house, 3)
    desk = enter("anna", "/desk/?view=mine")
    expect(desk.locator("#panel-item")).to_be_visible()
    first = desk.locator("tr[data-row]").nth(0)
    following = desk.locator("tr[data-row]").nth(1).get_attribute("id")
    done = first.get_attribute("id")
    desk.keyboard.press("e")
    expect(desk.locator("[data-toast]")).to_contain_text("is handed to review")
    expect(desk.locator("tr.current")).to_have_attribute("id", following or "")
    expect(desk.locator(f"#{done}")).to_have_count(0)
    expect(desk.locator("tr.current a")).to_be_focused()
    expect(desk.locator("#panel-item")).to_be_visible()
    desk.locator("[data-toast]").get_by_role("button", name="Undo").click()
    desk.wait_for_url(f"**/items/{(done or '').removeprefix('item-')}")
    expect(desk.locator("#main .status")).to_contain_text("in progress")


def test_a_tick_keeps_the_focus_and_counts(house: House, enter: Enter) -> None:
    item_id = house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    desk = enter("anna", f"/desk/c/{house.north.slug}/items/{item_id}")
    box = desk.locator(".checklist input[type=checkbox]").first
    box.focus()
    desk.keyboard.press("Space")
    expect(desk.locator(".checklist legend")).to_contain_text("1 / 5")
    expect(desk.locator(".checklist input[type=checkbox]").first).to_be_focused()
    expect(box).to_be_checked()


def test_get_next_by_its_key(house: House, enter: Enter) -> None:
    house.request("Next in line")
    desk = enter("ben", "/desk/?view=mine")
    desk.keyboard.press("n")
    desk.wait_for_url("**/items/**")
    expect(desk.locator("[data-toast]").first).to_contain_text("Because:")


def test_values_appear_when_the_files_are_read(app: Flask, house: House, enter: Enter) -> None:
    item_id = house.invoice(read=False)
    desk = enter("anna", f"/desk/c/{house.north.slug}/items/{item_id}")
    expect(desk.get_by_text("The files are being read.")).to_be_visible()
    with in_scope(app, house.north):
        automation.check(item_id=item_id)
    expect(desk.get_by_text("Read from the file: BT-1 ID")).to_be_visible()
    expect(desk.get_by_text("The files are being read.")).to_have_count(0)


def test_a_pdf_is_shown_beside_the_values(house: House, enter: Enter) -> None:
    item_id = house.pdf()
    desk = enter("anna", f"/desk/c/{house.north.slug}/items/{item_id}")
    frame = desk.locator("iframe.preview")
    expect(frame).to_be_visible()
    answer = desk.request.get(frame.get_attribute("src") or "")
    assert answer.headers["content-type"] == "application/pdf"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_a_colleague_was_quicker(
    house: House, enter: Enter, expected_complaints: list[str], looked_at: Callable[[str], None]
) -> None:
    expected_complaints.append("409")
    item_id = house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    desk = enter("anna", f"/desk/c/{house.north.slug}/items/{item_id}")
    desk.get_by_role("textbox", name="Cost centre").fill("MINE")
    theirs = {**house.item(item_id).values, "cost_centre": "THEIRS"}
    house.act(handling.correct, actor=house.actor("ben"), item_id=item_id, values=theirs)
    desk.get_by_role("button", name="Save values").click()
    expect(desk.locator(".conflict")).to_contain_text("THEIRS")
    expect(desk.get_by_role("textbox", name="Cost centre")).to_have_value("MINE")
    looked_at("conflict")
    desk.get_by_role("button", name="Save values").click()
    expect(desk.locator("[data-toast]").first).to_contain_text("Values saved.")
    assert house.item(item_id).values["cost_centre"] == "MINE"


def test_sending_back_from_the_panel_with_a_reason(house: House, enter: Enter) -> None:
    item_id = house.in_review()
    desk = enter("ben", f"/desk/?view=review&client={house.north.slug}")
    # The first item opens by itself; a panel still on its way would take the dialog along.
    expect(desk.locator("#panel-item")).to_be_visible()
    desk.wait_for_load_state("networkidle")
    desk.locator(f"#open-{item_id}").click()
    expect(desk.locator("#panel")).to_contain_text(f"-{house.item(item_id).number}")
    desk.wait_for_load_state("networkidle")
    desk.locator("#panel").get_by_role("button", name="Send back").first.click()
    desk.locator("#reject-dialog").get_by_label("What is wrong?").fill("Wrong account.")
    desk.locator("#reject-dialog").get_by_role("button", name="Send back").click()
    expect(desk.locator("[data-toast]").first).to_contain_text("is sent back to Anna Krüger")
    assert house.item(item_id).status is WorkStatus.IN_PROGRESS


def test_on_a_phone_a_row_leads_to_its_page_and_views_are_in_a_menu(
    page: Page, house: House, enter: Enter
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    house.request("On the way")
    desk = enter("ben", "/desk/?view=open&q=On the way")
    expect(desk.locator("#side")).not_to_be_visible()
    desk.get_by_role("button", name="Views and clients").click()
    expect(desk.locator("#side")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.locator("[data-row-link]").first.click()
    desk.wait_for_url("**/items/**")
    expect(desk.get_by_role("heading", name="On the way")).to_be_visible()


def test_paper_shows_the_list_alone(house: House, enter: Enter) -> None:
    house.request("On paper")
    desk = enter("anna", "/desk/?view=open&q=On paper")
    desk.emulate_media(media="print")
    expect(desk.locator("#list")).to_be_visible()
    for part in (".side", ".desk-top", ".keys", ".list-foot"):
        expect(desk.locator(part)).not_to_be_visible()
