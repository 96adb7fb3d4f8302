"""The provider's admins hear of trouble with the jobs: by mail and in the desk, once each time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.identity.permissions import StaffRole
from app.jobs import alerts, enqueue
from app.jobs.models import Job, JobAlert, JobRelay
from app.jobs.rules import JobState
from app.kernel.clock import now
from app.messages import mail_text
from app.messages.mail_models import Mail, MailState
from app.staffing import job_alerts
from tenants.db import db, transaction
from tests.factories.people import TestPerson, a_person, signed_in


@pytest.fixture
def admin(app: Flask) -> TestPerson:
    return a_person(app, name="Sabine", locale="de", roles={StaffRole.ADMIN})


@pytest.fixture(autouse=True)
def _all_is_well(app: Flask) -> Iterator[None]:
    with app.app_context(), transaction():
        for table in (Job, JobAlert, JobRelay):
            db.session.execute(delete(table))
        db.session.add(JobRelay(id=1, epoch="", ticked_at=now(), trouble=""))
    yield
    with app.app_context(), transaction():
        for table in (Job, JobAlert, JobRelay):
            db.session.execute(delete(table))


def told(app: Flask, person: TestPerson) -> list[tuple[str, MailState]]:
    """A look, and what the admin was written so far."""
    with app.app_context():
        job_alerts.tell()
        mails = db.session.scalars(
            select(Mail).where(Mail.recipient == person.email).order_by(Mail.id)
        ).all()
        return [(mail.params["matter"], mail.state) for mail in mails if "matter" in mail.params]


def matters(app: Flask) -> list[str]:
    with app.app_context():
        return [str(alert.matter) for alert in alerts.open_alerts()]


def change(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Job).where(Job.kind == "jobs.sweep").values(**values))


def relay(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(JobRelay).values(**values))


def a_job(app: Flask) -> None:
    with app.app_context(), transaction():
        enqueue("jobs.sweep", args={})


def test_nothing_is_said_while_all_is_well(app: Flask, admin: TestPerson) -> None:
    a_job(app)
    assert told(app, admin) == []
    assert matters(app) == []


def test_dead_jobs_are_told_once_and_again_when_others_die_an_hour_later(
    app: Flask, admin: TestPerson
) -> None:
    a_job(app)
    change(app, state=JobState.DEAD, finished_at=now())
    assert [matter for matter, _ in told(app, admin)] == ["dead"]
    assert len(told(app, admin)) == 1
    a_job(app)
    change(app, state=JobState.DEAD, finished_at=now())
    assert len(told(app, admin)) == 1
    with app.app_context():
        assert [one.figure for one in alerts.open_alerts() if one.matter == "dead"] == [2]
    with app.app_context(), transaction():
        db.session.execute(update(JobAlert).values(told_at=now() - timedelta(hours=2)))
    assert len(told(app, admin)) == 2
    change(app, state=JobState.CANCELLED)
    told(app, admin)
    assert matters(app) == []


def test_a_silent_relay_is_told_by_a_mail_that_no_job_sends(app: Flask, admin: TestPerson) -> None:
    relay(app, ticked_at=now() - timedelta(minutes=3))
    assert told(app, admin) == [("relay", MailState.SENT)]
    assert len(told(app, admin)) == 1
    relay(app, ticked_at=now())
    told(app, admin)
    assert matters(app) == []
    relay(app, ticked_at=now() - timedelta(minutes=3))
    assert len(told(app, admin)) == 2


def test_of_two_that_look_at_once_one_tells(app: Flask, admin: TestPerson) -> None:
    a_job(app)
    change(app, state=JobState.DEAD, finished_at=now())
    both = Barrier(2)

    def look() -> None:
        with app.app_context():
            both.wait()
            job_alerts.tell()

    with ThreadPoolExecutor(2) as threads:
        for looking in [threads.submit(look) for _ in range(2)]:
            looking.result()
    assert len(told(app, admin)) == 1


def test_redis_is_told_of_only_if_jobs_wait_for_it(app: Flask, admin: TestPerson) -> None:
    relay(app, trouble="Redis: ConnectionError")
    assert told(app, admin) == []
    a_job(app)
    change(app, run_at=now() - timedelta(minutes=2))
    assert [matter for matter, _ in told(app, admin)] == ["redis"]


def test_an_old_job_is_told_until_nothing_waits_half_as_long(app: Flask, admin: TestPerson) -> None:
    a_job(app)
    for minutes, expected in ((14, []), (16, ["oldest"]), (10, ["oldest"]), (5, [])):
        change(app, run_at=now() - timedelta(minutes=minutes))
        told(app, admin)
        assert matters(app) == expected, minutes
    assert len(told(app, admin)) == 1


def test_a_lead_sees_it_behind_the_bell_and_an_operator_does_not(app: Flask) -> None:
    a_job(app)
    change(app, state=JobState.DEAD, finished_at=now())
    with app.app_context():
        job_alerts.tell()
    for role, seen in ((StaffRole.TEAM_LEAD, True), (StaffRole.OPERATOR, False)):
        browser = signed_in(app, a_person(app, roles={role}))
        page = browser.get("/desk/notices").text
        assert ("1 job has failed for good." in page) is seen


@pytest.mark.parametrize("matter", list(alerts.Matter))
@pytest.mark.parametrize("locale", ["de", "en"])
def test_every_matter_has_its_mail(matter: alerts.Matter, locale: str) -> None:
    text = mail_text.compose(
        "jobs_alert",
        locale=locale,
        params={"matter": str(matter), "number": 3, "minutes": 17, "path": "/desk/jobs/"},
        base_url="https://kontor.example",
        provider_name="Büro Nord",
    )
    assert "\n" not in text.subject
    assert "https://kontor.example/desk/jobs/" in text.text
    assert ("17" in text.subject) is (matter is alerts.Matter.OLDEST)
    assert ("Relay" in text.text or "relay" in text.text) is (
        matter in {alerts.Matter.RELAY, alerts.Matter.REDIS}
    )
