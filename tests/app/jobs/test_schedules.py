"""Schedules: slots in a client's time zone, catching up, standing ones, pause."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from app.jobs import cron, registry, schedules
from app.jobs.models import Job, JobSchedule
from app.jobs.rules import CatchUp
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze
from app.kernel.errors import Conflict
from app.kernel.ids import new_id
from tenants.context import TenantRef
from tenants.db import db, transaction

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_schedules(job_app: Flask) -> Iterator[None]:
    with transaction():
        db.session.execute(delete(JobSchedule))
    yield
    with transaction():
        db.session.execute(delete(JobSchedule))


def every_hour(tenant: TenantRef, catch_up: CatchUp, *, next_at: datetime = NOON) -> None:
    with transaction():
        db.session.execute(
            insert(JobSchedule).values(
                id=new_id(), tenant_id=tenant.id, key="hourly", kind="test.effect",
                cron="0 * * * *", args={"name": "tick"}, zone="Europe/Berlin",
                catch_up=catch_up, next_at=next_at,
            )
        )  # fmt: skip


def fired() -> list[int]:
    """The hours (UTC) of the jobs there are."""
    slots = db.session.scalars(select(Job.run_at).order_by(Job.run_at)).all()
    db.session.rollback()
    return [slot.astimezone(UTC).hour for slot in slots]


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        (CatchUp.SKIP, []),
        (CatchUp.ONCE, [18]),
        (CatchUp.ALL, [12, 13, 14, 15, 16, 17, 18]),
    ],
)
def test_case_20_six_hours_down(
    job_app: Flask, ant: TenantRef, catch_up: CatchUp, expected: list[int]
) -> None:
    every_hour(ant, catch_up)
    with freeze(NOON + timedelta(hours=6, minutes=20)):
        assert schedules.fire() == len(expected)
        assert schedules.fire() == 0
    assert fired() == expected
    with freeze(NOON + timedelta(hours=7, seconds=1)):
        assert schedules.fire() == 1
    assert fired() == [*expected, 19]


def test_catching_up_goes_on_in_bites_and_with_the_latest_after_a_year(
    job_app: Flask, ant: TenantRef, bee: TenantRef
) -> None:
    every_hour(ant, CatchUp.ALL)
    every_hour(bee, CatchUp.ONCE, next_at=NOON - timedelta(days=365))
    with freeze(NOON + timedelta(hours=249, minutes=1)):
        assert [schedules.fire() for _ in range(4)] == [101, 100, 50, 0]


def test_a_schedule_that_fires_late_but_in_time_is_not_missed(
    job_app: Flask, ant: TenantRef
) -> None:
    every_hour(ant, CatchUp.SKIP)
    with freeze(NOON + timedelta(minutes=4)):
        assert schedules.fire() == 1


def test_a_slot_is_one_job_even_if_a_schedule_is_set_back(job_app: Flask, ant: TenantRef) -> None:
    every_hour(ant, CatchUp.ONCE)
    with freeze(NOON):
        assert schedules.fire() == 1
        with transaction():
            db.session.scalars(select(JobSchedule)).one().next_at = NOON
        assert schedules.fire() == 0
    assert fired() == [12]


def test_paused_fires_nothing_and_goes_on_from_now(job_app: Flask, ant: TenantRef) -> None:
    every_hour(ant, CatchUp.ALL)
    with transaction():
        (one,) = schedules.schedules()
        schedules.pause(actor=SYSTEM, schedule_id=one.id)
    with freeze(NOON + timedelta(hours=5, minutes=30)):
        assert schedules.fire() == 0
        with transaction():
            schedules.resume(actor=SYSTEM, schedule_id=one.id)
            with pytest.raises(Conflict):
                schedules.resume(actor=SYSTEM, schedule_id=one.id)
    with freeze(NOON + timedelta(hours=6)):
        assert schedules.fire() == 1
    assert fired() == [18]


def test_every_client_gets_the_standing_schedules_once(
    job_app: Flask, ant: TenantRef, bee: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "STANDING", {})
    registry.scheduled("test.effect", cron="0 3 * * *", per_client=True)
    registry.scheduled("test.report", cron="0 4 * * *", per_client=False)
    for _ in range(2):
        schedules.keep_standing()
    with transaction():
        found = {(one.client, one.key) for one in schedules.schedules()}
    assert found == {("Ant", "test.effect"), ("Bee", "test.effect"), (None, "test.report")}
    registry.scheduled("test.report", cron="30 4 * * *", per_client=False)
    with freeze(NOON):
        schedules.keep_standing()
    with transaction():
        (own,) = (one for one in schedules.schedules() if one.client is None)
        assert own.next_at == datetime(2026, 6, 2, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "* * * *", "61 * * * *", "0 0 31 2 *", "* * * * * *", "x y"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(cron.Unreadable):
        cron.following(text, zone="Europe/Berlin", after=NOON)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(cron.Unreadable):
        cron.following("0 3 * * *", zone="Mars/Base", after=NOON)


def test_one_that_cannot_fire_does_not_keep_the_others_from_it(
    job_app: Flask, ant: TenantRef, bee: TenantRef
) -> None:
    for tenant in (ant, bee):
        every_hour(tenant, CatchUp.ONCE)
    with transaction():
        for one in db.session.scalars(select(JobSchedule).where(JobSchedule.tenant_id == ant.id)):
            one.cron = "no cron at all"
    with freeze(NOON):
        assert schedules.fire() == 1
    with transaction():
        assert [one.client for one in schedules.schedules() if one.is_paused] == ["Ant"]
        for one in db.session.scalars(select(JobSchedule).where(JobSchedule.tenant_id == bee.id)):
            one.kind = "of.the.next.release"
    with freeze(NOON + timedelta(hours=2)):
        assert schedules.fire() == 0


def test_the_schedules_of_this_release_can_be_read() -> None:
    for standing in registry.STANDING.values():
        assert cron.following(standing.cron, zone="Europe/Berlin", after=NOON)
