"""The main job, by hand: portal, worker, desk, second person, portal, ledger, trail.

Three people in three browsers, a real worker and relay as processes of their own.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.audit import queries as audit
from app.billing import queries as billing
from app.clients import actions as clients
from app.identity.permissions import ClientRole, StaffRole
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.services.accounts_payable.samples import FOLDER
from app.staffing import actions as staffing
from app.work import queries
from config import Settings
from devtools import embedded
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import REFERENCE_DATA, ROOT, in_scope
from tests.factories.bare_house import environment
from tests.factories.people import PASSWORD, TestPerson, a_person
from tests.factories.waiting import until

OFFICIAL = REFERENCE_DATA / "einvoice/xrechnung-testsuite/business-cases/standard"
FILES = [FOLDER / "bakery-flour.xml", OFFICIAL / "01.02a-INVOICE_ubl.xml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays, and where."""

    mill: TenantRef
    thomas: TestPerson
    anna: TestPerson
    jan: TestPerson


@pytest.fixture(scope="module")
def cast(app: Flask, settings: Settings) -> Cast:
    opening.open_client(
        settings.database_direct_url,
        slug="muehle",
        name="Bäckerei Sommer GmbH",
        code="MUEHLE",
        at=now(),
    )
    with app.app_context():
        mill = by_slug("muehle")
        with transaction():
            clients.agree(
                actor=SYSTEM,
                tenant_id=mill.id,
                number="V-9",
                valid_from=date(2020, 1, 1),
                services={"accounts_payable": {"price_minor": 260}},
            )
    operator = {StaffRole.OPERATOR}
    people = Cast(
        mill=mill,
        thomas=a_person(app, name="Thomas Sommer", member_of={mill: ClientRole.CLIENT_ADMIN}),
        anna=a_person(app, name="Anna Krüger", roles=operator),
        jan=a_person(app, name="Jan Brandt", roles=operator),
    )
    with app.app_context(), transaction():
        for person in (people.anna, people.jan):
            staffing.set_skills(actor=SYSTEM, account_id=person.id, skills={"accounting": None})
            staffing.set_clients(actor=SYSTEM, account_id=person.id, tenant_ids=[mill.id])
    return people


@pytest.fixture
def at_work(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, tmp_path: Path
) -> Iterator[None]:
    values = environment(
        servers[0].superuser_url,
        servers[1].url,
        database="kontor",
        data_dir=Path(settings.data_dir),
    ) | {"SECRET_KEY": settings.secret_key}
    with (tmp_path / "log").open("wb") as log:
        processes = [
            subprocess.Popen([sys.executable, "worker.py", part], cwd=ROOT, env=values,
                             stdout=log, stderr=log)
            for part in ("worker", "relay")
        ]  # fmt: skip
    yield
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def sign_in(browser: Browser, live_server: str) -> Iterator[Callable[[TestPerson], Page]]:
    contexts = []

    def enter(person: TestPerson) -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.locator("[name=email]").fill(person.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_from_portal_to_ledger(
    app: Flask, cast: Cast, sign_in: Callable[[TestPerson], Page], file: Path
) -> None:
    if not file.exists():
        pytest.skip("the reference invoices are not here")
    portal = sign_in(cast.thomas)
    portal.goto("/p/muehle/order/accounts_payable/supplier_invoice")
    portal.locator("#files").set_input_files(file)
    portal.get_by_label("Cost centre").fill("4100")
    portal.get_by_role("button", name="Order", exact=True).click()
    expect(portal.get_by_text("MUEHLE-").first).to_be_visible()
    with in_scope(app, cast.mill):
        item_id = queries.items()[0].id

    def checked() -> bool:
        with in_scope(app, cast.mill):
            return queries.item(item_id).checked_at is not None

    until(checked, what="the worker to read the file")

    desk = sign_in(cast.anna)
    desk.goto("/desk/?view=mine")
    desk.keyboard.press("n")
    desk.wait_for_url(f"**/desk/c/muehle/items/{item_id}")
    expect(desk.get_by_text("Because:").first).to_be_visible()
    for box in desk.locator(".checklist input[type=checkbox]").all():
        box.check()
    with in_scope(app, cast.mill):
        until_ticked = [entry.key for entry in queries.checklist(item_id)]

    def ticked() -> bool:
        with in_scope(app, cast.mill):
            done = [entry for entry in queries.checklist(item_id) if entry.done_at]
            return len(done) == len(until_ticked)

    until(ticked, what="the ticks to be written down")
    desk.reload()
    desk.get_by_role("textbox", name="Message").fill("Which order does this belong to?")
    desk.get_by_role("button", name="Ask and wait").click()
    expect(desk.locator("#main").get_by_text("waiting for client").first).to_be_visible()

    portal.goto(f"/p/muehle/requests/{item_id}")
    expect(portal.get_by_text("Which order does this belong to?")).to_be_visible()
    portal.get_by_role("textbox", name="Message").fill("Order 2291.")
    portal.get_by_role("button", name="Send").click()
    expect(portal.get_by_text("Order 2291.").first).to_be_visible()

    desk.goto(f"/desk/c/muehle/items/{item_id}")
    desk.get_by_role("button", name="Save values").click()
    desk.wait_for_load_state()
    desk.get_by_role("button", name="To review").click()
    desk.wait_for_url("**/desk/?*")
    desk.goto(f"/desk/c/muehle/items/{item_id}")
    expect(desk.get_by_role("button", name="Approve")).to_have_count(0)

    second = sign_in(cast.jan)
    second.goto(f"/desk/c/muehle/items/{item_id}")
    second.get_by_role("button", name="Approve").click()
    second.wait_for_url("**/desk/?*")

    portal.goto(f"/p/muehle/requests/{item_id}")
    expect(portal.get_by_text(".csv").first).to_be_visible()
    portal.get_by_role("button", name="Accept").first.click()
    expect(portal.get_by_text("accepted").first).to_be_visible()

    def counted() -> bool:
        with app.app_context():
            return len(billing.usage_of(item_id, tenant_id=cast.mill.id)) == 1

    until(counted, what="the usage entry")
    with in_scope(app, cast.mill):
        assert audit.verify().broken is None
        verbs = {
            entry.verb
            for entry in audit.history(subject_type="work_item", subject_id=item_id, limit=99)
        }
    assert {"work.opened", "work.taken", "work.approved", "work.accepted"} <= verbs
