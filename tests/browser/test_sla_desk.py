"""Agreements in a real browser: a calendar edited moves a due time, a policy is previewed, the
radar is worked by keys; every page fits and is accessible.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, Route, expect
from redis import Redis

from app.jobs.rules import JobClass
from app.kernel.clock import now
from app.sla import agreed
from app.work.models import WorkIndex
from app.work.rules import WorkStatus
from config import Settings
from tenants.db import db, transaction
from tests.app.jobs.conftest import tick, work_off
from tests.factories import desk_house
from tests.factories.desk_house import PASSWORD, House

BERLIN = ZoneInfo("Europe/Berlin")
SIZES = [(1440, 900, "light"), (390, 844, "dark")]
PICTURES = os.environ.get("KONTOR_PICTURES", "")
Enter = Callable[[str, str], Page]


@pytest.fixture(scope="session")
def house(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="sla")


@pytest.fixture
def enter(page: Page, visit: Callable[[str], Page]) -> Enter:
    def go(who: str, path: str) -> Page:
        page.set_default_timeout(10_000)
        page.context.clear_cookies()
        visit("/sign-in")
        page.locator("input[name=email]").fill(f"sla{who}@house.example")
        page.locator('input[type="password"]').fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/**")
        return visit(path)

    return go


def work_jobs_off(app: Flask, settings: Settings) -> None:
    """Relay and worker: first the recalculation, then what it published."""
    redis = Redis.from_url(settings.redis_url)
    for _ in range(2):
        tick(settings, redis)
        for job_class in JobClass:
            work_off(app, settings, job_class)
    redis.close()


def in_index(house: House, item_id: UUID, **values: Any) -> None:
    with house.app.app_context(), transaction():
        row = db.session.get(WorkIndex, (house.north.id, item_id))
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


def test_a_day_added_to_the_calendar_moves_the_due_time(
    app: Flask,
    settings: Settings,
    house: House,
    enter: Enter,
    expected_complaints: list[str],
) -> None:
    """Case 59: a late holiday; the open due time follows in the background."""
    expected_complaints.append("422")
    item_id = house.request("Due before the holiday", client=house.south)
    before = house.item(item_id, client=house.south).due_at
    day = before.astimezone(BERLIN).date()
    address = f"/desk/c/{house.south.slug}/calendars/default"
    desk = enter("lena", f"{address}/edit")
    desk.locator("#days-0-first").fill(day.isoformat())
    desk.locator("#days-0-name").fill("Town festival")
    desk.locator("#week-sat").fill("quarter past nine")
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Save as a new version").click()
    expect(desk.locator("#week-sat-error")).to_contain_text("Please write hours")
    expect(desk.locator("#days-0-name")).to_have_value("Town festival")
    desk.locator("#week-sat").fill("")
    desk.get_by_role("button", name="Save as a new version").click()
    expect(desk.locator("#recalculation")).to_contain_text("in the background")
    work_jobs_off(app, settings)
    expect(desk.locator("#recalculation")).to_contain_text("moved", timeout=15_000)
    desk.goto(f"{address}?year={day.year}")
    expect(desk.locator(".cal-month .cal-closed")).to_have_count(1)
    after = house.item(item_id, client=house.south).due_at
    assert after.astimezone(BERLIN).date() > day
    item = desk.goto(f"/desk/c/{house.south.slug}/items/{item_id}")
    assert item is not None
    shown = after.astimezone(BERLIN).strftime("%H:%M")
    expect(desk.locator(".panel-sla")).to_contain_text(shown)


def _change_to(desk: Page, hours: str) -> None:
    desk.locator("#resolution-amount").evaluate(
        "(field, hours) => { field.value = hours;"
        " field.dispatchEvent(new Event('change', {bubbles: true}));"
        " return new Promise(requestAnimationFrame) }",
        hours,
    )


def test_the_preview_shows_what_was_typed_last(house: House, enter: Enter) -> None:
    desk = enter("lena", f"/desk/c/{house.north.slug}/policies/new")
    desk.locator("#at").fill("2027-03-01T10:00")
    expect(desk.locator("#preview")).to_contain_text("1 Mar 2027")
    waiting: list[Route] = []
    desk.route("**/policies/preview", lambda route: waiting.append(route))  # noqa: PLW0108 - no builtin
    with desk.expect_request("**/policies/preview"):
        _change_to(desk, "3")
    for hours in ("4", "5", "1"):
        _change_to(desk, hours)
    desk.unroute("**/policies/preview")
    for route in waiting:
        with suppress(Error):  # given up for a later one
            route.continue_()
    expect(desk.locator("#preview")).to_contain_text("1 Mar 2027, 11:00")


def test_the_preview_follows_the_form(house: House, enter: Enter) -> None:
    desk = enter("lena", f"/desk/c/{house.north.slug}/policies/new")
    preview = desk.locator("#preview")
    desk.locator("#at").fill("2027-03-01T10:00")
    expect(preview).to_contain_text("1 Mar 2027")
    desk.locator("#resolution-amount").fill("4")
    expect(preview).to_contain_text("1 Mar 2027, 14:00")
    desk.locator("[name=resolution-unit]").select_option("days")
    expect(preview).to_contain_text("5 Mar 2027, 17:00")
    desk.locator("#resolution-amount").fill("soon")
    expect(preview).to_contain_text("As soon as the marked fields can be read")
    desk.locator("#resolution-amount").fill("1")
    desk.locator("#resolution-cutoff").fill("09:30")
    expect(preview).to_contain_text("3 Mar 2027, 17:00")
    desk.locator("#work").select_option("general_request")
    desk.get_by_role("button", name="Save as a new version").click()
    expect(desk.locator("h1")).to_contain_text("General request")
    with house.app.app_context():
        (policy,) = agreed.policies(house.north.id)
    target = policy.newest.definition["metrics"]["resolution"]["target"]
    assert target == {"business_days": 1, "cutoff": "09:30"}
    desk.locator("#at").fill("2027-03-01T10:00")
    desk.locator("#at").dispatch_event("change")
    expect(preview).to_contain_text("3 Mar 2027, 17:00")


def test_the_radar_is_worked_by_keys(house: House, enter: Enter) -> None:
    first, second = house.request("Radar first"), house.request("Radar second")
    in_index(house, first, next_due_at=now() - timedelta(hours=3), next_metric="resolution")
    in_index(house, second, next_due_at=now() - timedelta(hours=2), next_metric="resolution")
    desk = enter("ben", f"/desk/radar?client={house.north.slug}&group=late")
    expect(desk.locator("#panel .panel-title")).to_have_text("Radar first")
    desk.keyboard.press("j")
    expect(desk.locator("tr.current .title a")).to_have_text("Radar second")
    desk.keyboard.press("Enter")
    expect(desk.locator("#panel .panel-title")).to_have_text("Radar second")
    desk.keyboard.press("x")
    expect(desk.locator("[data-bulk-count]")).to_have_text("1")
    desk.keyboard.press("x")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.locator("#panel .panel-title")).to_have_text("Radar first")
    desk.keyboard.press("a")
    expect(desk.locator("#panel .panel-note").first).to_contain_text("Ben Otte")
    assert house.item(first).status is WorkStatus.IN_PROGRESS


@pytest.mark.parametrize(("width", "height", "theme"), SIZES)
def test_every_page_fits_and_is_accessible(
    page: Page,
    house: House,
    enter: Enter,
    accessible: Callable[[], None],
    width: int,
    height: int,
    theme: str,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    item_id = house.request("Looked at")
    in_index(house, item_id, next_due_at=now() - timedelta(hours=1), next_metric="resolution")
    north = f"/desk/c/{house.north.slug}"
    for number, (name, path) in enumerate(
        (
            ("radar", "/desk/radar"),
            ("radar-empty", "/desk/radar?service=nothing"),
            ("notices", "/desk/notices"),
            ("calendars", f"{north}/calendars/"),
            ("calendar", f"{north}/calendars/default"),
            ("calendar-edit", f"{north}/calendars/default/edit"),
            ("holidays", f"{north}/calendars/default/holidays?country=DE&state=BY"),
            ("policies", f"{north}/policies/"),
            ("policy-edit", f"{north}/policies/new"),
            ("correct", f"{north}/items/{item_id}/correct"),
        )
    ):
        if number:
            page.goto(path)
        else:
            enter("lena", path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"sla-{name}-{width}-{theme}.png")
        accessible()
