"""A contract ends: orders stop, and the promises that run are told in the background."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.clients import actions, queries
from app.clients.models import Contract
from app.jobs.models import Job
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.errors import Invalid
from app.sla import recalculation
from tenants.db import db, transaction
from tests.factories.desk_house import House


def today() -> date:
    return clock.now().date()


def test_a_contract_ends_and_its_promises_run_off(house: House) -> None:
    with house.app.app_context(), transaction():
        contract_id = actions.agree(
            actor=SYSTEM, tenant_id=house.south.id, number="ENDS-1",
            valid_from=today() - timedelta(days=30), services={},
        ).id  # fmt: skip
    sabine, address = house.visitor("sabine"), f"/desk/c/{house.south.slug}/contracts"
    assert f"{address}/{contract_id}/end" in sabine.page(f"/desk/c/{house.south.slug}/")
    for sent, said in (
        ({"last_day": "", "reason": "x"}, "Please give a day."),
        ({"last_day": today().isoformat(), "reason": " "}, "Please say why."),
        ({"last_day": "2001-01-01", "reason": "x"}, "begins later"),
    ):
        answer = sabine.post(f"{address}/{contract_id}/end", data=sent)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in answer.text
    sent = {"last_day": today().isoformat(), "reason": "moved away", "promises": "run_off"}
    other = sabine.post(f"/desk/c/{house.north.slug}/contracts/{contract_id}/end", data=sent)
    assert other.status_code == HTTPStatus.NOT_FOUND
    assert sabine.post(f"{address}/{uuid4()}/end", data=sent).status_code == HTTPStatus.NOT_FOUND
    assert house.visitor("lena").post(f"{address}/{contract_id}/end", data=sent).status_code == (
        HTTPStatus.FORBIDDEN
    )
    answer = sabine.post(f"{address}/{contract_id}/end", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        contract = db.session.get(Contract, contract_id)
        assert contract is not None
        assert contract.valid_until == today()


def test_only_what_no_other_contract_goes_on_with_is_left(house: House) -> None:
    with house.app.app_context(), transaction():
        tenant_id = house.south.id
        before = {
            one.service.key for one in queries.orderable_services(tenant_id=tenant_id, on=today())
        }
        contract = actions.agree(
            actor=SYSTEM, tenant_id=tenant_id, number="ENDS-2", valid_from=today(),
            services={"general_request": {}},
        )  # fmt: skip
        left = actions.end(
            actor=SYSTEM, tenant_id=tenant_id, contract_id=contract.id, last_day=today(), reason="x"
        )
        assert left == ({} if "general_request" in before else {"general_request": today()})


def test_a_service_is_left_on_the_last_day_of_the_contract_that_ends_last(house: House) -> None:
    day = today()
    with house.app.app_context(), transaction():
        tenant_id = house.north.id
        open_ones = db.session.scalars(select(Contract).where(Contract.tenant_id == tenant_id))
        before = {one.id: one.valid_until for one in open_ones}
        for key in before:
            db.session.get_one(Contract, key).valid_until = day
        first, second = (
            actions.agree(
                actor=SYSTEM, tenant_id=tenant_id, number=number, valid_from=day,
                services={"general_request": {}},
            ).id
            for number in ("ENDS-3", "ENDS-4")
        )  # fmt: skip

        def end(contract_id: UUID, days: int) -> Mapping[str, date]:
            return actions.end(
                actor=SYSTEM, tenant_id=tenant_id, contract_id=contract_id, reason="x",
                last_day=day + timedelta(days=days),
            )  # fmt: skip

        assert end(second, 90) == {}
        assert end(first, 30) == {"general_request": day + timedelta(days=90)}
        with pytest.raises(Invalid) as faulty:
            end(first, 31)
        assert "last_day" in faulty.value.fields
        assert end(first, 20) == {"general_request": day + timedelta(days=90)}
        for key, until in before.items():
            db.session.get_one(Contract, key).valid_until = until


def test_the_clocks_follow_at_the_first_moment_of_the_next_day(house: House) -> None:
    with house.app.app_context():
        query = select(Contract).where(Contract.tenant_id == house.south.id)
        contract = next(
            one for one in db.session.scalars(query) if not one.number.startswith("ENDS")
        )
        contract_id, last_day = contract.id, today() + timedelta(days=400)
    sent = {"last_day": last_day.isoformat(), "reason": "agreed", "promises": "cancel"}
    address = f"/desk/c/{house.south.slug}/contracts/{contract_id}/end"
    assert house.visitor("sabine").post(address, data=sent).status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context(), transaction():
        query = select(Job).where(Job.tenant_id == house.south.id, Job.kind == recalculation.JOB)
        jobs = [job for job in db.session.scalars(query) if job.args["what"] == "cancel"]
        assert {job.run_at.date() for job in jobs} <= {last_day, last_day + timedelta(days=1)}
        assert jobs
        for job in jobs:
            db.session.delete(job)
        held = db.session.get(Contract, contract_id)
        assert held is not None
        held.valid_until = None
