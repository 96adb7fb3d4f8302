"""Clients, orders on their behalf, and the usage ledger."""

import re
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from sqlalchemy import select

from app.billing.subscribers import record_usage
from app.jobs.models import Job
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work.actions import closing
from app.work.events import WorkAccepted
from tenants.db import db
from tests.factories.desk_house import House
from tests.factories.portal_visitor import PDF, upload


def test_the_list_shows_contract_services_and_load(house: House) -> None:
    house.request()
    page = house.visitor("anna").page("/desk/clients")
    assert "Nordkai GmbH" in page
    assert f"V-{house.north.code}" in page
    assert "Accounts payable" in page


@pytest.mark.parametrize("who", ["anna", "carl", "lena", "paul", "sabine"])
def test_one_client_with_prices_promises_and_rules(house: House, who: str) -> None:
    page = house.visitor(who).page(f"/desk/c/{house.north.slug}/")
    assert "€2.40" in page
    assert "working day" in page
    assert "ask before you call" in page
    assert ("Open work for this client" in page) == (who != "paul")


def form(house: House, kind: str = "general_request/request") -> str:
    return f"/desk/c/{house.north.slug}/order/{kind}"


def test_work_is_opened_with_a_receipt_that_lies_back(house: House) -> None:
    anna, received = house.visitor("anna"), now() - timedelta(days=2)
    assert "Request" in anna.page(f"/desk/c/{house.north.slug}/order/")
    assert "Received" in anna.page(form(house))
    fields = {
        "subject": "By telephone",
        "description": "A new scale.",
        "received_at": received.strftime("%Y-%m-%dT%H:%M"),
        "priority": "2",
    }
    answer = anna.post(form(house), data=fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    item = house.item(UUID(answer.headers["Location"].rsplit("/", 1)[1]))
    assert item.priority == 2
    assert item.requester_name == "Anna Krüger"
    # Typed on the clock of Berlin, one or two hours ahead of UTC.
    assert timedelta(0) <= received - item.received_at <= timedelta(hours=2, minutes=1)


def test_what_cannot_be_taken_comes_back(house: House) -> None:
    anna = house.visitor("anna")
    page = anna.post(form(house), data={"subject": "x", "description": "kept text"}).text
    assert "kept text" in page
    for wrong, reason in (("soon", "not a date"), ("2999-01-01T10:00", "in the future")):
        fields = {"subject": "Scale", "description": "New one.", "received_at": wrong}
        assert reason in anna.post(form(house), data=fields).text


def test_files_are_taken_and_wrong_ones_refused_with_the_reason(house: House) -> None:
    anna, address = house.visitor("anna"), form(house, "accounts_payable/supplier_invoice")
    assert "Please add at least one file." in anna.post(address, data={}).text
    page = anna.post(
        address,
        data={"files": [upload("good.pdf", PDF + b"% of this test"), upload("bad.exe", b"MZ")]},
    ).text
    assert "bad.exe" in page
    kept = page.split('name="documents" value="')[1].split('"')[0]
    answer = anna.post(address, data={"documents": [kept]})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert anna.post(address, data={"documents": ["odd"]}).status_code == 422


def test_finance_opens_no_work(house: House) -> None:
    assert house.visitor("paul").post(form(house)).status_code == HTTPStatus.FORBIDDEN


def accepted(house: House) -> UUID:
    """An item with its usage entry."""
    item_id = house.request("For the ledger")
    fact = WorkAccepted(
        item_id=item_id, number="NORTH-1", service_key="general_request",
        contract_service_id=None, units=3, unit_price_minor=1500, currency="EUR",
        performed_at=now(), event_id=new_id(), occurred_at=now(),
    )  # fmt: skip
    house.act(record_usage, event=fact)
    return item_id


def test_the_ledger_sums_filters_and_exports(house: House) -> None:
    accepted(house)
    paul, month = house.visitor("paul"), f"{now():%Y-%m}"
    page = paul.page(f"/desk/usage/?client={house.north.slug}&month={month}")
    assert "€45.00" in page
    assert "General request" in page
    assert "Nothing matches" in paul.page("/desk/usage/?month=1999-01")
    assert "Nothing matches" in paul.page("/desk/usage/?client=nobody")
    table = paul.get(f"/desk/usage/export.csv?client={house.north.slug}")
    assert table.mimetype == "text/csv"
    assert "45.00" in table.text
    with house.app.app_context():
        noted = select(Job).where(Job.kind == "work.note_export", Job.tenant_id == house.north.id)
        job = db.session.scalars(noted.order_by(Job.id.desc())).first()
        assert job is not None
        assert job.args["person"] == "Paul Reuter"
    assert paul.get("/desk/usage/?month=nonsense").status_code == 422
    assert paul.get("/desk/usage/?before=nonsense").status_code == 422


def test_the_ledger_is_paged_without_gaps_and_doubles(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desk.usage.PAGE", 2)
    made = {str(accepted(house)) for _ in range(5)}
    paul, address, found = house.visitor("paul"), "/desk/usage/", []
    while address:
        page = paul.page(address)
        found += re.findall(r"/items/([0-9a-f-]{36})", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1] if following else ""
    assert len(found) == len(set(found))
    assert made <= set(found)


@pytest.mark.parametrize(("who", "status"), [("anna", 403), ("lena", 403), ("sabine", 200)])
def test_the_ledger_is_for_finance_and_admins(house: House, who: str, status: int) -> None:
    assert house.visitor(who).get("/desk/usage/").status_code == status
    assert house.visitor(who).get("/desk/usage/export.csv").status_code == status


def test_nothing_is_accepted_that_was_not_delivered(house: House) -> None:
    with pytest.raises(Exception, match="not possible"):
        house.act(closing.accept, actor=SYSTEM, item_id=house.request())
