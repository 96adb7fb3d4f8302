"""The furniture of every page: both themes, both widths, keys, search, undo."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PAGES = ("/dev/components/", "/dev/components/portal", "/dev/components/all")
SIZES = ((1440, 900), (1024, 768), (390, 844))

Visit = Callable[[str], Page]


@pytest.fixture
def desk(visit: Visit) -> Page:
    return visit("/dev/components/")


@pytest.mark.parametrize(("path", "theme"), [*itertools.product(PAGES, ("light", "dark"))])
def test_every_component_is_accessible_and_fits(
    page: Page, visit: Visit, accessible: Callable[[], None], base_url: str, path: str, theme: str
):
    page.context.add_cookies([{"name": "kontor_theme", "value": theme, "url": base_url}])
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        visit(path)
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        accessible()


def test_the_desk_fits_the_screen_without_scrolling(desk: Page):
    assert desk.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_rows_are_walked_selected_and_keep_the_focus(desk: Page):
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    expect(desk.locator("tr.current a")).to_be_focused()
    desk.keyboard.press("x")
    expect(desk.locator("[data-bulk-count]")).to_have_text("1")
    expect(desk.locator("tr.current a")).to_be_focused()


def test_a_key_presses_its_button_and_the_answer_can_be_undone(desk: Page):
    desk.keyboard.press("e")
    toast = desk.locator("[data-toast]")
    expect(toast).to_have_count(1)
    with desk.expect_response("**/toast"):
        toast.get_by_role("button", name="Undo").click()


def test_keys_rest_while_somebody_types(desk: Page):
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette-input")).to_be_focused()
    desk.keyboard.type("e")
    expect(desk.locator("[data-toast]")).to_have_count(0)


def test_search_opens_with_its_keys_and_is_walked_by_arrows(desk: Page):
    desk.keyboard.press("/")
    expect(desk.locator("#palette")).to_be_visible()
    expect(desk.locator("#palette-results a").first).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#palette-results a").first).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).not_to_be_visible()


def test_keys_can_be_changed_and_switched_off(desk: Page):
    desk.keyboard.press("Shift+?")
    done = desk.locator("[data-key-list]").get_by_role("textbox", name="Done")
    done.fill("d")
    done.press("Tab")
    desk.keyboard.press("Escape")
    expect(desk.locator('[data-key="e"] kbd')).to_have_text("d")
    desk.keyboard.press("d")
    expect(desk.locator("[data-toast]")).to_have_count(1)

    desk.keyboard.press("Shift+?")
    desk.get_by_role("switch").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("d")
    desk.keyboard.press("j")
    expect(desk.locator("[data-toast]")).to_have_count(1)


def test_the_theme_is_kept_by_the_server(desk: Page, visit: Visit):
    desk.locator("[data-menu] summary").click()
    desk.locator("[data-theme-switch]").click()
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")
    visit("/dev/components/portal")
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_files_are_listed_and_can_be_taken_back(visit: Visit):
    page = visit("/dev/components/all")
    page.locator("#files").set_input_files(
        [
            {"name": name, "mimeType": "text/xml", "buffer": b"<a/>"}
            for name in ("one.xml", "two.xml")
        ]
    )
    expect(page.locator("[data-file-list] li")).to_have_count(2)
    page.get_by_role("button", name="Remove: one.xml").click()
    expect(page.locator("[data-file-list] li")).to_have_count(1)
    assert page.evaluate("document.getElementById('files').files[0].name") == "two.xml"


def test_a_draft_is_kept_a_moment_after_the_last_key(visit: Visit):
    page = visit("/dev/components/all")
    with page.expect_response("**/toast") as answer:
        page.locator("#note").fill("begun")
    assert "note=begun" in (answer.value.request.post_data or "")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved")


def test_paper_shows_the_list_and_no_furniture(desk: Page):
    desk.emulate_media(media="print")
    expect(desk.locator(".side")).not_to_be_visible()
    expect(desk.locator(".desk-top")).not_to_be_visible()
    expect(desk.locator("#rows")).to_be_visible()


def test_on_a_phone_rows_are_cards_with_their_roles(page: Page, desk: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.getElementById('panel').replaceChildren()")
    row = page.get_by_role("row").nth(1)
    expect(row).to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('tr[data-row]')).display") == "flex"
    )
    expect(row.get_by_role("cell").nth(1)).to_be_visible()


def test_a_live_list_asks_again_and_nothing_new_costs_nothing(desk: Page):
    desk.keyboard.press("j")
    ask = """new Promise((done) => {
        document.addEventListener("htmx:after:request", () => done(), { once: true });
        document.dispatchEvent(new Event("visibilitychange"));
    })"""
    for status in (200, 304):
        with desk.expect_response("**/rows") as answer:
            desk.evaluate(ask)
        assert answer.value.status == status
    expect(desk.locator("tr.current a")).to_be_focused()


def test_a_live_list_keeps_still_while_rows_are_selected(desk: Page):
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.evaluate("() => fetch('/dev/components/palette')")
    assert not [url for url in asked if url.endswith("/rows")]


def test_an_upload_leads_to_the_next_page_with_its_message(visit: Visit):
    page = visit("/dev/components/all")
    page.locator("#name").fill("Sommer")
    page.locator("#files").set_input_files(
        {"name": "one.xml", "mimeType": "text/xml", "buffer": b"<a/>"}
    )
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/portal")
    expect(page.locator("[data-toast]")).to_contain_text("Received: one.xml")


def test_a_refused_upload_shows_why(visit: Visit, expected_complaints: list[str]):
    expected_complaints.append("422")
    page = visit("/dev/components/all")
    page.locator("#name").fill(" ")
    page.evaluate("document.getElementById('name').removeAttribute('name')")
    page.locator("#files").set_input_files(
        {"name": "one.xml", "mimeType": "text/xml", "buffer": b"<a/>"}
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("No name.")).to_be_visible()


def test_without_a_connection_nothing_is_lost_silently(desk: Page, expected_complaints: list[str]):
    expected_complaints += ["ERR_INTERNET_DISCONNECTED", "Failed to fetch"]
    desk.context.set_offline(True)
    desk.keyboard.press("e")
    expect(desk.locator(".toast-error")).to_contain_text("No connection")


def test_without_a_choice_the_device_decides_on_light_or_dark(page: Page, visit: Visit):
    page.emulate_media(color_scheme="dark")
    visit("/dev/components/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
