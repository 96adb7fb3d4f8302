"""Pages of money in a real browser: they fit, they are accessible, and what they offer works."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.invoice_models import Invoice
from app.collecting.models import StripePush
from app.collecting.rules import PushState
from app.identity.permissions import ClientRole, StaffRole
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.staffing import costs
from config import Settings
from tenants.db import db, transaction
from tests.factories import billing_book, desk_house
from tests.factories.desk_house import PASSWORD, House
from tests.factories.people import a_person

SIZES = [(1440, 900), (390, 844)]
PERIOD = date(1996, 2, 1)
"""Long ago: no other test's bookings are of these days."""
PATHS = (
    "/desk/invoices/", "/desk/invoices/credits/", "/desk/invoices/our-details/",
    "/desk/invoices/datev/books", "/desk/stripe/", "/desk/stripe/events", "/desk/usage/",
    "/desk/usage/hours?client={slug}", "/desk/margin/", "/desk/margin/costs/",
    "/desk/c/{slug}/margin?month=1996-02", "/desk/c/{slug}/terms/", "/desk/c/{slug}/terms/new",
    "/desk/invoices/{invoice}", "/desk/invoices/{invoice}/payments/new",
    "/desk/stripe/invoices/{invoice}",
)  # fmt: skip


@pytest.fixture(scope="module")
def bank(app: Flask, settings: Settings) -> House:
    """The desk's house under addresses of its own."""
    return desk_house.build(app, settings, prefix="bank")


@pytest.fixture(scope="module")
def invoice(bank: House) -> str:
    """An invoice of long ago."""
    with bank.app.app_context(), transaction():
        billing_book.set_parties(bank.north)
        key = billing_book.an_invoice(bank.north, gross_minor=11_900, period=PERIOD)
        db.session.get_one(Invoice, key).vat_groups = [
            {"category": "S", "percent": "19", "net_minor": 10_000, "vat_minor": 1_900}
        ]
        costs.set_cost(
            actor=SYSTEM, who=costs.of_role(StaffRole.OPERATOR), valid_from=PERIOD,
            minor_per_hour=4_000,
        )  # fmt: skip
    return str(key)


@pytest.fixture
def paul(page: Page, visit: Callable[[str], Page]) -> Page:
    """Finance, signed in."""
    page.set_default_timeout(10_000)
    page.context.clear_cookies()
    visit("/sign-in")
    page.locator("input[name=email]").fill("bankpaul@house.example")
    page.locator('input[type="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_fits_and_is_accessible(
    bank: House, invoice: str, paul: Page, visit: Callable[[str], Page],
    accessible: Callable[[], None], width: int, height: int,
) -> None:  # fmt: skip
    paul.set_viewport_size({"width": width, "height": height})
    for path in PATHS:
        visit(path.format(slug=bank.north.slug, invoice=invoice))
        assert paul.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        for theme in ("dark", "light"):
            paul.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            accessible()


def test_a_file_for_the_tax_adviser_is_made_and_fetched(
    bank: House, invoice: str, paul: Page, visit: Callable[[str], Page],
    accessible: Callable[[], None],
) -> None:  # fmt: skip
    visit("/desk/invoices/datev/books?chart=SKR03")
    paul.get_by_label("Number of the tax adviser").fill("1001")
    paul.get_by_label("Our number there").fill("12")
    paul.get_by_role("button", name="Save").click()
    visit("/desk/invoices/datev/?since=1996-02-01&until=1996-02-29")
    accessible()
    paul.get_by_role("button", name="Make the DATEV file").click()
    # The revenue account of the chart that the books are kept by: SKR03 or SKR04.
    expect(paul.get_by_role("cell", name=re.compile("^(8400|4400)$")).first).to_be_visible()
    accessible()
    with paul.expect_download() as told:
        paul.get_by_role("link", name="Download").click()
    assert told.value.suggested_filename.startswith("EXTF_Buchungsstapel_")
    assert bank.north.slug


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_clients_side_fits_and_is_accessible(
    bank: House, invoice: str, page: Page, visit: Callable[[str], Page],
    accessible: Callable[[], None], width: int, height: int,
) -> None:  # fmt: skip
    admin = a_person(bank.app, member_of={bank.north: ClientRole.CLIENT_ADMIN})
    with bank.app.app_context(), transaction():
        db.session.merge(
            StripePush(
                invoice_id=UUID(invoice), tenant_id=bank.north.id, state=PushState.PUSHED,
                stripe_id="in_of_long_ago", page_url="http://127.0.0.1/nowhere", created_at=now(),
                updated_at=now(),
            )
        )  # fmt: skip
    page.set_viewport_size({"width": width, "height": height})
    page.context.clear_cookies()
    visit("/sign-in")
    page.locator("input[name=email]").fill(admin.email)
    page.locator('input[type="password"]').fill(admin.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    for path in ("invoices/", f"invoices/{invoice}", "invoices/credits", "payment"):
        visit(f"/p/{bank.north.slug}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            accessible()
    expect(page.get_by_role("link", name="Pay", exact=True)).to_be_visible()
