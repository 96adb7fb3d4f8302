"""The page of jobs in a browser: open beside the list, try again, accessible, fit for the phone."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, text

from app.identity.permissions import StaffRole
from app.identity.person import Person
from app.jobs import enqueue
from app.jobs.models import Job, JobAttempt
from app.jobs.rules import JobState, Outcome
from app.kernel.clock import now
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope


@pytest.fixture
def dead_job(app: Flask, acme: TenantRef) -> Iterator[UUID]:
    with in_scope(app, acme), transaction():
        job_id = enqueue("work.accept_overdue", args={"item_id": str(uuid4())})
        enqueue("work.accept_overdue", args={"item_id": str(uuid4())})
    assert job_id is not None
    with app.app_context(), transaction():
        row = db.session.scalars(select(Job).where(Job.public_id == job_id)).one()
        row.state, row.attempts, row.finished_at = JobState.DEAD, 5, now()
        row.last_error = "OutOfTime: longer than 60 s"
        db.session.add(
            JobAttempt(
                job_id=row.id,
                tenant_id=acme.id,
                attempt=5,
                at=now(),
                outcome=Outcome.FAILED,
                error="Traceback (most recent call last):\n  OutOfTime: longer than 60 s",
            )
        )
    yield job_id
    with app.app_context(), transaction():
        db.session.execute(delete(JobAttempt))
        db.session.execute(delete(Job))


@pytest.fixture
def admin(page: Page, app: Flask, live_server: str, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A provider's admin, signed in with a second factor."""
    person = Person(
        id=uuid4(),
        email="a@example.org",
        name="Ada Admin",
        locale="en",
        zone="Europe/Berlin",
        session_id=uuid4(),
        fresh_at=now(),
        has_second_factor=True,
        staff_roles=frozenset({StaffRole.ADMIN}),
    )
    monkeypatch.setattr("app.identity.sessions.find", lambda _: person)
    with app.test_request_context():
        cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": "x"})  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": cookie, "url": live_server}])
    return page


def test_a_dead_job_is_opened_and_tried_again(admin: Page, app: Flask, dead_job: UUID) -> None:
    admin.goto("/desk/jobs/")
    expect(admin.get_by_text("It took longer than it may.").first).to_be_visible()
    admin.get_by_role("link", name="Accept work that nobody answered").first.click()
    panel = admin.locator("#panel")
    expect(panel.get_by_role("button", name="Try again")).to_be_visible()
    panel.get_by_text("Attempt 5").click()
    expect(panel.get_by_text("Traceback")).to_be_visible()
    panel.get_by_role("button", name="Try again").click()
    expect(admin.get_by_text("The job runs again.")).to_be_visible()
    with app.app_context():
        states = (
            db.session.execute(
                text("select state from provider.job where public_id = :id"), {"id": dead_job}
            )
            .scalars()
            .all()
        )
    assert set(states) == {"pending"}


def test_all_are_chosen_and_given_up_at_once(admin: Page, app: Flask, dead_job: UUID) -> None:
    with app.app_context(), transaction():
        db.session.execute(text("update provider.job set state = 'dead'"))
    admin.goto("/desk/jobs/?view=dead")
    admin.get_by_label("Select all").check()
    bar = admin.get_by_role("region", name="Selected work")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Edit arguments").click()
    admin.get_by_label("item_id").fill("no id")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("2 jobs were left:")).to_be_visible()
    admin.goto("/desk/jobs/?view=dead")
    admin.get_by_label("Select all").check()
    bar.get_by_role("button", name="Give up").click()
    expect(admin.get_by_text("2 jobs are given up.")).to_be_visible()
    expect(admin.get_by_text("No job has failed for good.")).to_be_visible()


def test_a_kind_is_paused_and_resumed(admin: Page, dead_job: UUID) -> None:
    admin.goto("/desk/jobs/groups")
    admin.get_by_text("Pause jobs").click()
    admin.get_by_label("Kind of job").select_option("work.accept_overdue")
    admin.get_by_label("Why").fill("too many at once")
    admin.locator("details").get_by_role("button", name="Pause").click()
    expect(admin.get_by_text("too many at once")).to_be_visible()
    admin.get_by_role("button", name="Resume").first.click()
    expect(admin.get_by_text("1 pause ended.")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_accessible(
    admin: Page, dead_job: UUID, accessible, width: int, scheme: str
) -> None:  # type: ignore[no-untyped-def]
    admin.set_viewport_size({"width": width, "height": 900})
    admin.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    admin.goto(f"/desk/jobs/{dead_job}")
    accessible()
    admin.goto("/desk/jobs/?view=dead")
    accessible()
    assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for page in ("groups", "schedules", f"arguments?chosen={dead_job}"):
        admin.goto(f"/desk/jobs/{page}")
        accessible()
        assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
