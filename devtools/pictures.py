"""python -m devtools.pictures: the pictures of docs/, taken from a running demo (`make run`)."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from devtools.demo.people import PASSWORD

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
COLOURS = 128
PHONE, WIDE = 390, 1280
ANNA, LENA = "anna@kontor.example", "lena@kontor.example"
ADMIN = "thomas@baeckerei-sommer.example"
ROOM = "/p/baeckerei-sommer"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is taken: by whom, where, how wide, and what is done before."""

    name: str
    who: str
    path: str
    do: Callable[[Page], object] | None = None
    width: int = WIDE
    height: int = 800


def first(selector: str) -> Callable[[Page], None]:
    """Go where the first such link leads."""

    def go(page: Page) -> None:
        address = page.locator(selector).first.get_attribute("href")
        page.goto(str(address))

    return go


def panel(page: Page) -> None:
    """Wait until the first item is open beside the list."""
    page.locator("#panel-item").wait_for()


def ask_first(page: Page) -> None:
    """Write another client's number to a client."""
    first('#list a[href*="baeckerei-sommer"]')(page)
    page.locator("#body").fill("Wie schon bei NORD-1 besprochen.")
    page.locator('button[value="say"]').click()
    page.locator(".sure").scroll_into_view_if_needed()


def all_keys(page: Page) -> None:
    """Open the list of keys."""
    first("[data-row-link]")(page)
    page.keyboard.press("Shift+?")
    page.locator("#key-dialog").wait_for()


PICTURES = (
    Picture("desk", LENA, "/desk/?view=open", panel, width=1440, height=900),
    Picture("desk-item", ANNA, "/desk/?view=mine", first("[data-row-link]"), height=900),
    Picture("desk-keys", ANNA, "/desk/?view=mine", all_keys),
    Picture("desk-wrong-client", LENA, "/desk/?view=open", ask_first, height=900),
    Picture("desk-texts", LENA, "/desk/texts"),
    Picture("desk-mail-in", LENA, "/desk/mail-in", height=620),
    Picture("desk-quality", LENA, "/desk/quality"),
    Picture("desk-calendar", LENA, "/desk/calendar"),
    Picture("desk-radar", LENA, "/desk/radar", panel, width=1440, height=900),
    Picture("desk-load", LENA, "/desk/load", height=520),
    Picture("portal", ADMIN, f"{ROOM}/", width=1440, height=900),
    Picture("portal-home-phone", ADMIN, f"{ROOM}/", width=PHONE, height=844),
    Picture(
        "portal-approve-phone",
        ADMIN,
        f"{ROOM}/approvals",
        first(".wait-list a.btn"),
        width=PHONE,
        height=844,
    ),
    Picture("portal-documents-wanted", ADMIN, f"{ROOM}/", first('a[href*="/document-requests/"]')),
    Picture("portal-order", ADMIN, f"{ROOM}/order/accounts_payable/supplier_invoice"),
    Picture("portal-request", ADMIN, f"{ROOM}/requests", first('main a[href*="/requests/0"]')),
    Picture("portal-documents", ADMIN, f"{ROOM}/documents"),
    Picture("portal-promises", ADMIN, f"{ROOM}/promises"),
    Picture("portal-access", ADMIN, f"{ROOM}/access"),
)


def main(names: list[str]) -> int:
    """All of them, or those named."""
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            if not names or picture.name in names:
                size = take(browser, picture, address)
                print(f"{picture.name}.png {size // 1000} kB")
        browser.close()
    return 0


def take(browser: Browser, picture: Picture, address: str) -> int:
    """Take one; its size in bytes."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale="de-DE",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        base_url=address,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(picture.who)
    page.locator('input[type="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(picture.path)
    if picture.do:
        picture.do(page)
    page.wait_for_load_state("networkidle")
    content = small(page.screenshot())
    context.close()
    (FOLDER / f"{picture.name}.png").write_bytes(content)
    return len(content)


def small(content: bytes) -> bytes:
    """The same picture in few colours: text stays sharp, the file a third."""
    image = Image.open(BytesIO(content)).convert("RGB")
    reduced = image.quantize(COLOURS, dither=Image.Dither.NONE)
    out = BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
