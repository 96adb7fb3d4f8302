"""A day's work without a pointer: from Get next to delivered, by keys alone."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.messages import conversation, texts
from app.messages.texts import Wording
from app.work.actions import handling
from app.work.rules import Priority, WorkStatus
from config import Settings
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories import desk_house
from tests.factories.desk_house import PASSWORD, House


@pytest.fixture(scope="session")
def house(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="k")


def sign_in(page: Page, visit: Callable[[str], Page], who: str, path: str) -> Page:
    page.set_default_timeout(10_000)
    page.context.clear_cookies()
    visit("/sign-in")
    page.keyboard.type(f"k{who}@house.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    return visit(path)


def test_from_get_next_to_delivered(
    app: Flask, house: House, page: Page, visit: Callable[[str], Page]
) -> None:
    keep_a_text(house)
    other_id = house.request("Not so urgent")
    item_id = house.invoice(priority=Priority.URGENT)
    desk = sign_in(page, visit, "anna", "/desk/?view=mine")
    key(desk, "n")
    desk.wait_for_url(f"**/items/{item_id}")
    tick_every_step(desk)
    correct_the_cost_centre(desk)
    write(desk, "We take the invoice into July.")
    key(desk, "e")
    expect(desk.locator("[data-toast]").first).to_contain_text("is handed to review")

    house.act(handling.take, actor=house.actor("anna"), item_id=other_id)
    desk = sign_in(page, visit, "ben", "/desk/?view=review")
    key(desk, "n")
    desk.wait_for_url(f"**/items/{item_id}")
    key(desk, "e")
    expect(desk.locator("[data-toast]").first).to_contain_text("approved and delivered")

    done = house.item(item_id)
    assert done.status is WorkStatus.DELIVERED
    assert done.values["cost_centre"] == "4711"
    with in_scope(app, house.north):
        (said,) = conversation.of_subject(item_id, with_internal=False)
        assert said.body == "We take the invoice into July."


def keep_a_text(house: House) -> None:
    """With a text template the box to write in has one more button: keys still send."""
    wording = Wording(title="Thanks", service_key="", german="Danke.", english="Thank you.")
    with house.app.app_context(), transaction():
        texts.keep(actor=house.actor("lena"), wording=wording)


def key(desk: Page, name: str) -> None:
    """Pressed when the page has its keys: what was sent last may just have brought a new one."""
    desk.wait_for_load_state("load")
    desk.keyboard.press(name)


def tick_every_step(desk: Page) -> None:
    """c goes to the next open step, the space bar ticks it."""
    boxes = desk.locator(".checklist input[type=checkbox]")
    for done in range(1, boxes.count() + 1):
        key(desk, "c")
        desk.keyboard.press("Space")
        expect(desk.locator(".checklist legend")).to_contain_text(f"{done} / {boxes.count()}")


def correct_the_cost_centre(desk: Page) -> None:
    """v goes to the values, Tab through them, Ctrl+Enter saves."""
    key(desk, "v")
    expect(desk.locator("#values-form :focus")).to_have_count(1)
    for _ in range(80):
        if desk.evaluate("document.activeElement.name") == "cost_centre":
            break
        desk.keyboard.press("Tab")
    else:
        pytest.fail("the cost centre is not reached by Tab")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("4711")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("[data-toast]").first).to_contain_text("Values saved.")


def write(desk: Page, text: str) -> None:
    """r goes to the answer, Escape leaves it and keeps the text, Ctrl+Enter sends it."""
    key(desk, "r")
    desk.keyboard.type(text)
    desk.keyboard.press("Escape")
    expect(desk.locator("#body")).not_to_be_focused()
    key(desk, "r")
    expect(desk.locator("#body")).to_have_value(text)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-text")).to_have_text(text)


def test_ask_put_back_and_wait_by_keys(
    house: House, page: Page, visit: Callable[[str], Page]
) -> None:
    item_id = house.invoice()
    desk = sign_in(page, visit, "ben", f"/desk/c/{house.north.slug}/items/{item_id}")
    key(desk, "a")
    expect(desk.locator("#main .status")).to_contain_text("in progress")
    key(desk, "w")
    expect(desk.locator("#wait-dialog textarea")).to_be_focused()
    desk.keyboard.type("The bank looks for the payment.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#main .status")).to_contain_text("waiting")
    key(desk, "e")
    expect(desk.locator("#main .status")).to_contain_text("in progress")
    key(desk, "t")
    expect(desk.get_by_role("button", name="Stop the timer")).to_be_visible()
    key(desk, "Shift+?")
    expect(desk.locator("#key-dialog")).to_contain_text("next open step")
    desk.keyboard.press("Escape")
    desk.keyboard.press("t")
    expect(desk.get_by_role("button", name="Start the timer")).to_be_visible()
    assert house.item(item_id).status is WorkStatus.IN_PROGRESS
