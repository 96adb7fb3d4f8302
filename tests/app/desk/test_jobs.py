"""The desk's page of jobs: seen by leads, changed by admins, every change in the audit."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.audit import queries as audit
from app.desk.job_words import kind_word
from app.identity.permissions import StaffRole
from app.identity.person import Person
from app.jobs import enqueue, pauses, queries, registry, schedules
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


@pytest.mark.parametrize("view", ["dead", "waiting", "running", "delayed", "held"])
def test_every_view_has_an_empty_state(app: Flask, sign_in, view: str) -> None:  # type: ignore[no-untyped-def]
    with app.app_context(), transaction():
        db.session.execute(update(Job).values(state=JobState.DONE))
    answer = sign_in(StaffRole.TEAM_LEAD).get(f"/desk/jobs/?view={view}")
    assert answer.status_code == 200
    assert "empty-title" in answer.get_data(as_text=True)


def test_an_unknown_job_is_not_found(sign_in) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(StaffRole.ADMIN).get(f"/desk/jobs/{uuid4()}").status_code == 404


def test_many_are_started_again_and_given_up_at_once(app: Flask, sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    admin = sign_in(StaffRole.ADMIN)
    missing = str(uuid4())
    answer = admin.post(
        "/desk/jobs/retry",
        data={"chosen": [str(dead), missing], "view": "dead"},
        follow_redirects=True,
    )
    page = answer.get_data(as_text=True)
    assert "1 job runs again." in page
    assert "1 job was left: There is no such job." in page
    assert state_of(app, dead) is JobState.PENDING
    admin.post("/desk/jobs/discard", data={"chosen": [str(dead)]})
    assert state_of(app, dead) is JobState.CANCELLED
    assert admin.post("/desk/jobs/retry", data={}).status_code == 422
    assert sign_in(StaffRole.TEAM_LEAD).post("/desk/jobs/retry").status_code == 403


def test_arguments_are_edited_and_the_job_tried_again(app: Flask, sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    admin, new = sign_in(StaffRole.ADMIN), str(uuid4())
    assert "arg-item_id" in admin.get(f"/desk/jobs/arguments?chosen={dead}").get_data(as_text=True)
    form = {"chosen": str(dead), "arg-item_id": "no id"}
    answer = admin.post("/desk/jobs/arguments", data=form)
    assert answer.status_code == 422
    assert "cannot be done with these arguments" in answer.get_data(as_text=True)
    admin.post("/desk/jobs/arguments", data=form | {"arg-item_id": new, "again": "1"})
    with app.app_context():
        args, state = db.session.execute(
            select(Job.args, Job.state).where(Job.public_id == dead)
        ).one()
        assert (args, state) == ({"item_id": new}, JobState.PENDING)
        assert [entry.verb for entry in audit.latest(limit=2)] == ["job.retried", "job.edited"]


def test_arguments_of_a_job_given_up_meanwhile_are_not_lost(  # type: ignore[no-untyped-def]
    app: Flask, sign_in, dead: UUID
) -> None:
    admin = sign_in(StaffRole.ADMIN)
    assert admin.post(f"/desk/jobs/{dead}/discard").status_code == 302
    form = {"chosen": str(dead), "arg-item_id": "typed in vain"}
    answer = admin.post("/desk/jobs/arguments", data=form)
    assert answer.status_code == 409
    assert "arguments of this job cannot be changed" in answer.text
    assert "typed in vain" in answer.text


def test_arguments_of_several_change_where_a_field_is_filled(
    app: Flask, sign_in, dead, acme
) -> None:  # type: ignore[no-untyped-def]
    with in_scope(app, acme), transaction():
        other = enqueue("work.accept_overdue", args={"item_id": str(uuid4())})
    admin, both, new = sign_in(StaffRole.ADMIN), [str(dead), str(other)], str(uuid4())
    page = admin.post("/desk/jobs/arguments/chosen", data={"chosen": both}).get_data(as_text=True)
    assert "The jobs differ here." in page
    admin.post("/desk/jobs/arguments", data={"chosen": both, "arg-item_id": ""})
    admin.post("/desk/jobs/arguments", data={"chosen": both, "arg-item_id": new})
    with app.app_context():
        assert set(db.session.scalars(select(Job.args["item_id"].astext))) == {new}


def test_a_kind_of_a_client_is_paused_and_resumed(app: Flask, sign_in, dead, acme) -> None:  # type: ignore[no-untyped-def]
    admin = sign_in(StaffRole.ADMIN)
    key = f"{acme.id}:work.accept_overdue"
    page = admin.post(
        "/desk/jobs/pause", data={"chosen": [key, key]}, follow_redirects=True
    ).get_data(as_text=True)
    assert "Paused. What runs" in page
    assert "That is paused already." in page
    assert 'value="resume"' not in page
    with app.app_context():
        assert [entry.verb for entry in audit.latest(limit=1)] == ["jobs.paused"]
    page = admin.post("/desk/jobs/resume", data={"chosen": key}, follow_redirects=True)
    assert "1 pause ended." in page.get_data(as_text=True)
    form = {"tenant": str(acme.id), "kind": "", "reason": "moves house"}
    page = admin.post("/desk/jobs/pause", data=form, follow_redirects=True).get_data(as_text=True)
    assert "moves house" in page
    admin.post("/desk/jobs/resume", data={"chosen": f"{acme.id}:*"})
    assert admin.post("/desk/jobs/pause", data={"chosen": "77777:x"}).status_code == 422
    with app.app_context():
        assert pauses.pauses() == []


def test_the_list_is_narrowed_to_a_client_and_a_kind(sign_in, dead: UUID) -> None:  # type: ignore[no-untyped-def]
    lead = sign_in(StaffRole.TEAM_LEAD)
    for query, found in (
        ("client=acme", True), ("client=-", False), ("kind=work.accept_overdue", True),
        ("kind=sla.recalculate", False),
    ):  # fmt: skip
        page = lead.get(f"/desk/jobs/?view=dead&{query}").get_data(as_text=True)
        assert (str(dead) in page) is found, query
    page = lead.get("/desk/jobs/groups").get_data(as_text=True)
    assert "Accept work that nobody answered" in page
    assert "Acme GmbH" in page
    assert "/desk/jobs/pause" not in page


def test_schedules_are_seen_paused_and_resumed(app: Flask, sign_in, acme: TenantRef) -> None:  # type: ignore[no-untyped-def]
    with app.app_context():
        schedules.keep_standing()
        keys = [str(one.id) for one in schedules.schedules() if one.kind == "work.forget_keys"]
        keys = keys[:1]
    assert keys
    admin = sign_in(StaffRole.ADMIN)
    address, form = "/desk/jobs/schedules", {"chosen": keys}
    page = admin.get(address).get_data(as_text=True)
    assert "Forget the keys of old requests" in page
    assert "20 3 * * *" in page
    page = admin.post(f"{address}/pause", data=form, follow_redirects=True).get_data(as_text=True)
    assert "1 schedule paused." in page
    page = admin.post(f"{address}/pause", data=form, follow_redirects=True).get_data(as_text=True)
    assert "That is paused already." in page
    admin.post(f"{address}/resume", data=form)
    with app.app_context():
        assert not any(one.is_paused for one in schedules.schedules())
        assert [entry.verb for entry in audit.latest(limit=1)] == ["schedule.resumed"]
    assert admin.post(f"{address}/pause", data={"chosen": "x"}).status_code == 422
    lead = sign_in(StaffRole.TEAM_LEAD)
    assert f"{address}/pause" not in lead.get(address).get_data(as_text=True)
    assert lead.post(f"{address}/pause", data=form).status_code == 403


def test_every_kind_of_job_has_words_for_a_lead(app: Flask) -> None:
    """Who adds a kind says in app/desk/job_words.py what it does."""
    tasks = registry.TASKS.values()
    kinds = [task.kind for task in tasks if task.function.__module__.startswith("app.")]
    with app.test_request_context():
        assert [kind for kind in kinds if kind_word(kind) == kind] == []


def test_a_running_job_says_since_when_it_runs_and_a_dead_one_since_when_it_is(app: Flask) -> None:
    moments = [now() - timedelta(minutes=minutes) for minutes in (50, 20, 5)]
    ordered, begun, ended = moments
    with app.app_context(), transaction():
        enqueue("jobs.sweep", args={})
        job = db.session.scalars(select(Job).where(Job.kind == "jobs.sweep")).one()
        job.created_at, job.started_at, job.finished_at = moments
        seen = {}
        for state in (JobState.PENDING, JobState.RUNNING, JobState.DEAD):
            job.state = state
            db.session.flush()
            seen[state] = queries.job(job.public_id).since
        db.session.rollback()
    assert list(seen.values()) == [ordered, begun, ended]
