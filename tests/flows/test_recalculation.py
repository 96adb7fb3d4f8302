"""A late holiday, in the background: workers are killed, writers are not kept waiting."""

import os
import subprocess
import sys
import threading
import time as wall_clock
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.jobs.models import Job
from app.kernel import clock as time
from app.kernel.actor import SYSTEM
from app.sla import actions, agreeing, recalculating, recalculation
from app.sla.models import (
    SlaAlertEntry,
    SlaClock,
    SlaCorrection,
    SlaPolicy,
    SlaRecalculation,
)
from app.sla.rules.agreement import promised
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric, WorkingTime
from config import Settings
from devtools import embedded
from tenants import migrations, opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.conftest import ROOT, another_app, make_settings
from tests.factories.bare_house import number_apart
from tests.factories.clocks import HOUR, MON_10, OFFICE, WORK, client, local, of, tick
from tests.factories.waiting import until

COUNT = 130
TEN_HOURS = {Metric.RESOLUTION: WorkingTime(10 * HOUR)}
HOLIDAY = OFFICE | {"holidays": ["2026-11-24"]}
LATER = local("2026-11-23 16:00")


@pytest.fixture(scope="module")
def late_house(
    servers: tuple[embedded.Postgres, embedded.Redis],
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Flask, TenantRef, dict[str, str]]]:
    """A house of its own: its relay must not take the jobs of other tests."""
    folder = tmp_path_factory.mktemp("late")
    with embedded.redis(fast=True) as redis:
        own = make_settings((servers[0], redis), "kontor_late", str(folder))
        owner = own.database_direct_url
        migrations.upgrade_provider(owner)
        with connect(owner) as connection:
            number_apart(connection)
        opening.open_client(owner, slug="late", name="Late GmbH", code="LATE", at=time.now())
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "DATABASE_URL": own.database_url,
            "TENANT_DATABASE_URL": own.tenant_database_url,
            "DATABASE_DIRECT_URL": owner,
            "REDIS_URL": own.redis_url,
            "SECRET_KEY": own.secret_key,
            "KONTOR_ENVIRONMENT": "test",
            "KONTOR_TENANT_LOGINS": "1",
            "KONTOR_DATA_DIR": str(folder),
        }
        with another_app(own, back=settings) as application:
            with application.app_context():
                tenant = by_slug("late")
            yield application, tenant, environment


@pytest.fixture
def opened(late_house: tuple[Flask, TenantRef, dict[str, str]]) -> list[UUID]:
    """Work that is open, the first piece of it finished, all under the calendar of before."""
    app, tenant, _ = late_house
    with app.app_context(), time.freeze(MON_10), transaction():
        agreeing.set_calendar(actor=SYSTEM, tenant_id=tenant.id, definition=OFFICE)
    subjects = [uuid4() for _ in range(COUNT)]
    with client(app, tenant):
        for subject in subjects:
            actions.open_clocks(subject_id=subject, opened_at=MON_10, promised=TEN_HOURS, **WORK)
    with client(app, tenant, at=local("2026-11-23 11:00")):
        at = local("2026-11-23 11:00")
        actions.note(subject_id=subjects[0], kind="resolved", at=at)
    return subjects


def corrected(app: Flask, tenant: TenantRef, *, definition: dict[str, Any]) -> UUID:
    """The calendar is corrected, the open clocks are to follow; the job."""
    with app.app_context(), time.freeze(LATER), transaction():
        agreeing.set_calendar(actor=SYSTEM, tenant_id=tenant.id, definition=definition)
        job_id = recalculating.calendar_changed(
            actor=SYSTEM, tenant_id=tenant.id, reason="Forgotten holiday"
        )
        assert job_id is not None
        return job_id


def run_here(app: Flask, tenant: TenantRef, **more: Any) -> SlaRecalculation:
    order = recalculation.Order(
        what=recalculation.What(more.pop("what", "calendar")),
        key=more.pop("key", "default"),
        actor_id=None,
        actor_name="Kontor",
        reason="Forgotten holiday",
    )

    def commit(**_: Any) -> None:
        db.session.commit()

    with app.app_context(), time.freeze(more.pop("at", LATER)), tenant_scope(tenant):
        run = recalculation.carry_out(
            order, run_id=more.pop("run_id", uuid4()), commit=commit, **more
        )
        db.session.refresh(run)
        db.session.expunge(run)
        return run


def dues(app: Flask, tenant: TenantRef, subjects: list[UUID]) -> dict[UUID, datetime | None]:
    with client(app, tenant):
        query = select(SlaClock.subject_id, SlaClock.due_at).where(
            SlaClock.subject_id.in_(subjects)
        )
        return {row.subject_id: row.due_at for row in db.session.execute(query)}


def process(environment: dict[str, str], folder: Path, part: str) -> subprocess.Popen[bytes]:
    with (folder / f"{part}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.factories.recalculating_process", part],
            cwd=ROOT,
            env={**environment, "KONTOR_DATA_DIR": str(folder), "KONTOR_TEST_BATCH": "4"},
            stdout=log,
            stderr=log,
        )


def test_case_59_and_89_a_killed_recalculation_goes_on_where_it_stood(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID], tmp_path: Path
) -> None:
    app, tenant, environment = late_house
    warned = opened[1]
    job_id = corrected(app, tenant, definition=HOLIDAY)
    started = [process(environment, tmp_path, part) for part in ("relay", "worker")]
    try:
        until((tmp_path / "died.batch").exists, what="the worker's death")
        with client(app, tenant):
            run = db.session.get_one(SlaRecalculation, job_id)
            # Three batches stand, the fourth died with its changes.
            assert (run.looked_at, run.finished_at) == (60, None)
        expire(app)
        until(lambda: state(app, job_id) == "done", what="the job's end")
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(20)
    with client(app, tenant):
        run = db.session.get_one(SlaRecalculation, job_id)
        assert run.finished_at is not None
        assert run.looked_at == COUNT - 1, "each clock once, whatever died on the way"
        verbs = db.session.scalars(select(AuditEntry.verb))
        assert list(verbs).count("sla.recalculated_calendar") == 1
        kept = db.session.scalars(
            select(SlaCorrection).where(SlaCorrection.subject_id == warned)
        ).all()
        assert len(kept) == 1
        assert datetime.fromisoformat(kept[0].before["due_at"]) == local("2026-11-24 12:00")
        assert kept[0].reason == "Forgotten holiday"
        assert actions.rebuild(warned) == []
    found = dues(app, tenant, opened)
    # The finished one keeps its result, with the due time it was judged by.
    assert found.pop(opened[0]) == local("2026-11-24 12:00")
    assert set(found.values()) == {local("2026-11-25 12:00")}


def expire(app: Flask) -> None:
    """A dead worker's lease has still to run out; nobody waits a minute for that here."""

    def expired() -> bool:
        with app.app_context(), transaction():
            for row in db.session.scalars(select(Job).where(Job.state == "running")):
                row.lease_until = time.now() - timedelta(minutes=1)
                return True
            return False

    until(expired, what="a running job")


def state(app: Flask, job_id: UUID) -> str:
    with app.app_context(), transaction():
        return str(db.session.scalars(select(Job.state).where(Job.public_id == job_id)).one())


def test_case_59_alerts_that_were_told_are_not_repeated(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID]
) -> None:
    app, tenant, _ = late_house
    subject = opened[1]
    tick(app, local("2026-11-24 09:40"))
    with client(app, tenant):
        assert of(subject) == ["resolution 75"]
    corrected(app, tenant, definition=HOLIDAY)
    run_here(app, tenant, at=local("2026-11-24 10:00"))
    with client(app, tenant):
        clock = db.session.scalars(select(SlaClock).where(SlaClock.subject_id == subject)).one()
        assert clock.due_at == local("2026-11-25 12:00")
        assert clock.due_version == 1
        assert clock.next_alert_at == local("2026-11-25 11:00")
    tick(app, local("2026-11-25 10:00"))
    with client(app, tenant):
        assert of(subject) == ["resolution 75"]


def test_a_breach_that_a_late_holiday_removes_is_excused_and_stays_on_record(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID]
) -> None:
    app, tenant, _ = late_house
    subject = opened[1]
    tick(app, local("2026-11-24 13:00"))
    corrected(app, tenant, definition=HOLIDAY)
    run_here(app, tenant, at=local("2026-11-24 14:00"))
    with client(app, tenant, at=local("2026-11-24 14:00")):
        clock = db.session.scalars(select(SlaClock).where(SlaClock.subject_id == subject)).one()
        assert (clock.state, clock.excused) == (State.RUNNING, True)
        assert clock.original_breached_at == local("2026-11-24 12:00")
        assert actions.rebuild(subject) == []
        entries = select(func.count()).where(SlaAlertEntry.clock_id == clock.id)
        assert db.session.scalar(entries) == 3


def test_case_89_who_moves_a_clock_is_passed_over_and_looked_at_in_the_end(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID]
) -> None:
    app, tenant, _ = late_house
    corrected(app, tenant, definition=HOLIDAY)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with client(app, tenant, at=LATER):
            actions.note(subject_id=opened[5], kind="paused", at=LATER, cause="client")
            held.set()
            let_go.wait(30)

    def released(**progress: int) -> None:
        db.session.commit()
        # Everything else is done while one clock is still in other hands.
        if progress["looked_at"] >= everything - 1:
            let_go.set()

    order = recalculation.Order(
        what=recalculation.What.CALENDAR, key="default", actor_id=None, actor_name="K", reason="x"
    )
    with client(app, tenant):
        everything = db.session.scalar(select(func.count()).where(SlaClock.result.is_(None)))
    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    began = wall_clock.monotonic()
    with app.app_context(), time.freeze(LATER), tenant_scope(tenant):
        run = recalculation.carry_out(order, run_id=uuid4(), commit=released, batch=20)
        assert run.looked_at == everything
        assert run.passed_over == []
    thread.join()
    assert wall_clock.monotonic() - began < 25
    with client(app, tenant, at=LATER + timedelta(hours=1)):
        clock = db.session.scalars(select(SlaClock).where(SlaClock.subject_id == opened[5])).one()
        assert clock.state is State.PAUSED
        due = actions.note(subject_id=opened[5], kind="resumed", at=LATER)
        assert due == local("2026-11-25 12:00")


def test_case_60_an_ended_contract_cancels_its_clocks_or_lets_them_run_off_in_silence(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID]
) -> None:
    app, tenant, _ = late_house
    service = WORK["service_key"]
    run_here(app, tenant, what="run_off", key="payroll")
    run_here(app, tenant, what="run_off", key=service)
    with client(app, tenant):
        query = select(SlaClock).where(SlaClock.subject_id.in_(opened[1:]))
        assert all(
            clock.state is State.RUNNING and clock.next_alert_at is None
            for clock in db.session.scalars(query)
        )
    tick(app, local("2026-11-24 15:00"))
    with client(app, tenant, at=local("2026-11-24 15:00")):
        assert of(opened[2]) == []
        actions.note(subject_id=opened[1], kind="resolved", at=local("2026-11-24 15:00"))
        ended = db.session.scalars(select(SlaClock).where(SlaClock.subject_id == opened[1])).one()
        assert ended.state is State.BREACHED
    with app.app_context(), transaction():
        assert recalculating.contract_ended(
            actor=SYSTEM, tenant_id=tenant.id, service_key=service, runs_off=False, reason="Over"
        )
    run_here(app, tenant, what="cancel", key=service)
    with client(app, tenant):
        query = select(SlaClock).where(SlaClock.subject_id.in_(opened[2:]))
        assert all(clock.state is State.CANCELLED for clock in db.session.scalars(query))
        assert of(opened[2]) == []


def test_all_open_clocks_of_a_policy_migrate_when_asked(
    late_house: tuple[Flask, TenantRef, dict[str, str]], opened: list[UUID]
) -> None:
    app, tenant, _ = late_house
    subjects = [uuid4() for _ in range(30)]
    for hours, at in ((10, MON_10), (6, LATER)):
        terms = promised({Metric.RESOLUTION: WorkingTime(hours * HOUR)})
        with app.app_context(), time.freeze(at), transaction():
            agreeing.set_policy(
                actor=SYSTEM, tenant_id=tenant.id, agreement=terms, work={"service_key": "payroll"}
            )
        if hours == 10:
            with client(app, tenant):
                for subject in subjects:
                    more = WORK | {"service_key": "payroll"}
                    actions.open_clocks(subject_id=subject, opened_at=MON_10, **more)
    with app.app_context(), transaction():
        policy_id = db.session.scalars(
            select(SlaPolicy.id).where(SlaPolicy.service_key == "payroll")
        ).one()
    with app.app_context(), transaction():
        assert recalculating.policy_changed(
            actor=SYSTEM, tenant_id=tenant.id, policy_id=policy_id, reason="New contract"
        )
    assert set(dues(app, tenant, subjects).values()) == {local("2026-11-24 12:00")}
    run = run_here(app, tenant, what="policy", key=str(policy_id), batch=7)
    assert (run.looked_at, run.moved) == (30, 30)
    assert set(dues(app, tenant, subjects).values()) == {local("2026-11-23 16:00")}
    with client(app, tenant, at=LATER):
        assert actions.rebuild(subjects[0]) == []
