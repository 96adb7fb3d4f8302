"""The API's documentation in a browser: strict policy, no wider than the page, all links lead."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_reads_well(
    page: Page,
    visit: Callable[[str], Page],
    accessible: Callable[[], None],
    width: int,
    scheme: str,
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit("/api/v1/docs")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    accessible()
    if width > 1000:
        page.get_by_role("link", name="Order a piece of work").click()
        expect(page.locator("#orderWork")).to_be_visible()
    for link in page.locator("a[href^='#']").all():
        target = link.get_attribute("href") or ""
        assert page.locator(f"[id='{target[1:]}']").count() == 1, target
