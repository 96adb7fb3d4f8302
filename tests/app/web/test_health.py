"""Alive, ready, degraded, metrics."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from app.jobs import enqueue
from app.jobs.models import Job
from app.jobs.rules import JobClass, JobState
from app.kernel.clock import now
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope


@pytest.fixture
def other_settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    """Change settings of the running application for one test."""

    def change(**values: str) -> None:
        changed = replace(app.config["SETTINGS"], **values)  # type: ignore[arg-type]
        monkeypatch.setitem(app.config, "SETTINGS", changed)

    return change


def test_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["X-Request-ID"]


def test_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200, {"status": "ok", "checks": {"database": "ok", "redis": "ok"}},
    )  # fmt: skip


def test_without_redis_it_is_ready_and_degraded(client: FlaskClient, other_settings) -> None:  # type: ignore[no-untyped-def]
    other_settings(redis_url="redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")


def test_missing_migrations_are_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.migrations.head", lambda _: "0099")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "down", "checks": {"database": "migrations are missing", "redis": "ok"},
    }  # fmt: skip


def test_metrics_tell_routes_and_jobs(client: FlaskClient, app: Flask, acme: TenantRef) -> None:
    with in_scope(app, acme), transaction():
        enqueue("work.accept_overdue", args={"item_id": "none"}, dedupe_key="test-metrics")
    client.get("/healthz")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'kontor_http_request_seconds_count{method="GET",route="/healthz",status="2xx"}' in text
    assert 'kontor_jobs{class="default",state="pending"}' in text
    assert "kontor_jobs_oldest_pending_seconds" in text


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "192.0.2.7", 404),
        ("", {"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1", 404),
        ("s3cret", {}, "127.0.0.1", 404),
        ("s3cret", {"Authorization": "Bearer wrong"}, "127.0.0.1", 404),
        ("s3cret", {"Authorization": "Bearer s3cret"}, "192.0.2.7", 200),
    ],
)
def test_metrics_are_not_public(
    client: FlaskClient, other_settings, token: str, headers: dict[str, str], address: str,
    status: int,
) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    other_settings(metrics_token=token)
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_metrics_tell_waiting_and_running_times_and_losses(
    client: FlaskClient, app: Flask, acme: TenantRef
) -> None:
    moment = now()
    with in_scope(app, acme), transaction():
        enqueue("work.accept_overdue", args={"item_id": "none"}, dedupe_key="old")
        enqueue("work.accept_overdue", args={"item_id": "none"}, dedupe_key="done")
    with app.app_context(), transaction():
        # What other tests have done counts in the same figures.
        db.session.execute(
            delete(Job).where(Job.state == JobState.DONE, Job.job_class == JobClass.EXTERNAL)
        )
        old, done = (update(Job).where(Job.dedupe_key == key) for key in ("old", "done"))
        db.session.execute(old.values(run_at=moment - timedelta(days=99)))
        times = {
            "run_at": moment - timedelta(seconds=9),
            "created_at": moment - timedelta(seconds=30),
            "started_at": moment - timedelta(seconds=3),
            "finished_at": moment - timedelta(seconds=1),
        }
        db.session.execute(done.values(state=JobState.DONE, job_class=JobClass.EXTERNAL, **times))
    text = client.get("/metrics").get_data(as_text=True)
    # 99 days: older than what other tests leave waiting
    assert 'kontor_jobs_client_oldest_pending_seconds{client="acme"} 8.5536' in text
    assert 'kontor_jobs_wait_p95_seconds{class="external"} 6.0' in text
    assert 'kontor_jobs_run_p95_seconds{class="external"} 2.0' in text
    assert "kontor_jobs_redispatched_total" in text
    assert "kontor_jobs_lost_leases_total" in text
    with app.app_context(), transaction():
        db.session.execute(delete(Job).where(Job.dedupe_key.in_(("old", "done"))))
