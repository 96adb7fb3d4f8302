"""The desk's page of jobs: seen by leads, changed by admins, every change in the audit."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.audit import queries as audit
from app.identity.permissions import StaffRole
from app.identity.person import Person
from app.jobs import enqueue
from app.jobs.models import Job, JobAttempt
from app.jobs.rules import JobState, Outcome
from app.kernel.clock import now
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope


def person(role: StaffRole) -> Person:
    return Person(
        id=uuid4(), email="a@example.org", name="Ada", locale="en", zone="Europe/Berlin",
        session_id=uuid4(), fresh_at=now(), has_second_factor=True,
        staff_roles=frozenset({role}),
    )  # fmt: skip


@pytest.fixture
def sign_in(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    """Be a colleague with this role."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)  # noqa: FBT003

    def be(role: StaffRole) -> FlaskClient:
        monkeypatch.setattr("app.identity.sessions.find", lambda _: person(role))
        with client.session_transaction() as session:
            session["_user_id"] = "x"
        return client

    return be


@pytest.fixture
def dead(app: Flask, acme: TenantRef) -> Iterator[UUID]:
    with in_scope(app, acme), transaction():
        job_id = enqueue("work.accept_overdue", args={"item_id": str(uuid4())})
    assert job_id is not None
    with app.app_context(), transaction():
        row = db.session.scalars(select(Job).where(Job.public_id == job_id)).one()
        row.state, row.attempts = JobState.DEAD, 5
        row.last_error = "OutOfTime: longer than 60 s"
        db.session.add(
            JobAttempt(job_id=row.id, tenant_id=acme.id, attempt=5, at=now(),
                       outcome=Outcome.FAILED, error="Traceback: in the tower")
        )  # fmt: skip
    yield job_id
    with app.app_context(), transaction():
        db.session.execute(delete(Job))


def state_of(app: Flask, job_id: UUID) -> JobState | None:
    with app.app_context():
        return db.session.scalar(select(Job.state).where(Job.public_id == job_id))


def test_a_dead_job_is_seen_with_its_reason_in_words(sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    page = sign_in(StaffRole.TEAM_LEAD).get("/desk/jobs/").get_data(as_text=True)
    assert "work.accept_overdue" in page
    assert "Acme GmbH" in page
    assert "It took longer than it may." in page


def test_only_admins_see_tracebacks_and_buttons(sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    page = sign_in(StaffRole.TEAM_LEAD).get(f"/desk/jobs/{dead}").get_data(as_text=True)
    assert "in the tower" not in page
    assert f"/desk/jobs/{dead}/retry" not in page
    page = sign_in(StaffRole.ADMIN).get(f"/desk/jobs/{dead}").get_data(as_text=True)
    assert "in the tower" in page
    assert f"/desk/jobs/{dead}/retry" in page


def test_an_admin_has_it_run_again_and_the_audit_knows(app: Flask, sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(StaffRole.ADMIN).post(f"/desk/jobs/{dead}/retry").status_code == 302
    assert state_of(app, dead) is JobState.PENDING
    with app.app_context():
        entry = audit.latest(limit=1)[0]
        assert (entry.verb, entry.subject_id, entry.actor_name) == ("job.retried", str(dead), "Ada")


def test_an_admin_gives_it_up_once(app: Flask, sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    admin = sign_in(StaffRole.ADMIN)
    assert admin.post(f"/desk/jobs/{dead}/discard").status_code == 302
    assert state_of(app, dead) is JobState.CANCELLED
    assert admin.post(f"/desk/jobs/{dead}/discard").status_code == 409


def test_a_lead_may_not_change_and_an_operator_may_not_see(app: Flask, sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(StaffRole.TEAM_LEAD).post(f"/desk/jobs/{dead}/retry").status_code == 403
    assert state_of(app, dead) is JobState.DEAD
    assert sign_in(StaffRole.OPERATOR).get("/desk/jobs/").status_code == 403


def test_the_poll_answers_not_modified(sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    lead = sign_in(StaffRole.TEAM_LEAD)
    first = lead.get("/desk/jobs/?view=dead", headers={"HX-Request": "true"})
    again = lead.get(
        "/desk/jobs/?view=dead",
        headers={"HX-Request": "true", "If-None-Match": first.headers["ETag"]},
    )
    assert (first.status_code, again.status_code) == (200, 304)


@pytest.mark.parametrize("view", ["dead", "waiting", "running"])
def test_every_view_has_an_empty_state(app: Flask, sign_in, view: str) -> None:  # type: ignore[no-untyped-def]
    with app.app_context(), transaction():
        db.session.execute(update(Job).values(state=JobState.DONE))
    answer = sign_in(StaffRole.TEAM_LEAD).get(f"/desk/jobs/?view={view}")
    assert answer.status_code == 200
    assert "empty-title" in answer.get_data(as_text=True)


def test_an_unknown_job_is_not_found(sign_in) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(StaffRole.ADMIN).get(f"/desk/jobs/{uuid4()}").status_code == 404
