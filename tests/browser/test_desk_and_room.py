"""Documents, recurring work, approvals, load and the client's room in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel.clock import now
from app.work.actions import asking, recurring
from app.work.actions.asking import Wanted
from app.work.actions.recurring import Agreed
from app.work.rules.periods import Due, Rhythm, Rule
from config import Settings
from tenants.context import TenantRef
from tests.factories import desk_house, portal_town
from tests.factories.desk_house import House
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import PDF

SIZES = [(1440, 900), (390, 844)]


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture(scope="module")
def villa(app: Flask, settings: Settings) -> House:
    """The desk's house under addresses of its own."""
    return desk_house.build(app, settings, prefix="villa")


@pytest.fixture
def enter(page: Page, visit: Callable[[str], Page]) -> Callable[[str, str], None]:
    def sign_in(who: str, password: str) -> None:
        page.set_default_timeout(10_000)
        page.context.clear_cookies()
        visit("/sign-in")
        page.locator("input[name=email]").fill(who)
        page.locator('input[type="password"]').fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)

    return sign_in


@pytest.fixture
def looked_at(page: Page, accessible: Callable[[], None]) -> Callable[[], None]:
    """The page fits, and is accessible in both themes."""

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            accessible()

    return check


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_client_hands_documents_in(
    page: Page,
    town: Town,
    enter: Callable[[str, str], None],
    looked_at: Callable[[], None],
    tmp_path: Path,
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    item_id = town.order(f"Papers {width}")
    request_id = town.act(
        asking.request_documents,
        actor=town.anna,
        item_id=item_id,
        wanted=Wanted(titles=["Bank statement", "Cash book"], note="For October."),
    )
    paper = tmp_path / "cash-book.pdf"
    paper.write_bytes(PDF)
    enter("requester@sommer.example", portal_town.PASSWORD)
    page.locator(f'.wait-list a.btn[href$="{request_id}"]').click()
    statement = page.get_by_label("File for Bank statement")
    statement.wait_for(state="attached")
    looked_at()
    statement.set_input_files([paper])
    page.get_by_role("button", name="Upload Bank statement").click()
    expect(page.get_by_text("being checked").first).to_be_visible()
    page.get_by_label("File for Cash book").set_input_files([paper])
    page.get_by_role("button", name="Upload Cash book").click()
    expect(page.get_by_text("Everything is here. We check it and tell you.")).to_be_visible()
    page.goto("/p/sommer/document-requests")
    looked_at()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_rooms_of_the_portal_are_accessible(
    page: Page,
    town: Town,
    enter: Callable[[str, str], None],
    looked_at: Callable[[], None],
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    item_id = town.order(f"To approve {width}", to="delivered")
    enter("client_admin@sommer.example", portal_town.PASSWORD)
    for path in (
        "approvals",
        "approvals/rules",
        "access",
        "settings",
        "documents",
        "calendar",
        f"approvals/{item_id}",
    ):
        page.goto(f"/p/sommer/{path}")
        looked_at()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Thank you. The result is accepted.")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_clerk_asks_for_documents_and_hands_on(
    page: Page,
    villa: House,
    enter: Callable[[str, str], None],
    looked_at: Callable[[], None],
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    item_id = villa.request(f"Desk {width}")
    enter("villaanna@house.example", desk_house.PASSWORD)
    page.goto(f"/desk/c/{villa.north.slug}/items/{item_id}")
    page.get_by_role("button", name="Take", exact=False).first.click()
    page.get_by_role("link", name="Documents …").click()
    page.get_by_role("link", name="Papers of a month").click()
    expect(page.get_by_label("Please send us")).to_have_value("""Bank statements of the month
Cash book of the month
Receipts that are still missing""")
    looked_at()
    page.get_by_role("button", name="Ask the client").click()
    expect(page.get_by_text("0 of 3 settled")).to_be_visible()
    looked_at()
    page.get_by_role("button", name="Hand over …").click()
    # By key: other houses of these tests have people of the same name.
    page.get_by_label("To whom?").select_option(str(villa.ids["ben"]))
    page.get_by_label("Note for whoever gets it").fill("The client calls back at ten.")
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_text("is with Ben Otte now.")).to_be_visible()


def agree(villa: House, client: TenantRef) -> None:
    villa.act(
        recurring.agree,
        client=client,
        actor=villa.actor("lena"),
        agreed=Agreed(
            service_key="general_request",
            type_key="request",
            matter="wages",
            title="Wage tax return",
            rule=Rule(rhythm=Rhythm.MONTHLY, due=Due.WAGE_TAX),
            payload={"subject": "Wage tax", "description": "As ever."},
            starts_on=now().date() - timedelta(days=40),
        ),
    )
    villa.act(recurring.open_due, client=client)


def test_a_leads_pages_are_accessible(
    page: Page,
    villa: House,
    enter: Callable[[str, str], None],
    looked_at: Callable[[], None],
) -> None:
    agree(villa, villa.south)
    south, ben = villa.south.slug, villa.ids["ben"]
    enter("villalena@house.example", desk_house.PASSWORD)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in (
            "calendar",
            f"c/{south}/recurring",
            f"c/{south}/recurring/new/general_request/request",
            "load",
            "load/nobody",
            f"people/{ben}/ability",
            "people/walls",
        ):
            page.goto(f"/desk/{path}")
            looked_at()
