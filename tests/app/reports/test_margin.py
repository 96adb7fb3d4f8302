"""Margin: invoiced less the hours at the cost of their day; rework apart; never a client's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

import pytest
from flask import Flask

from app.billing.invoice_models import InvoiceLine
from app.billing.rules.kinds import LineKind
from app.billing.rules.terms import Month
from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    STAFF_PERMISSIONS,
    TOKEN_SCOPES,
    Permission,
    StaffRole,
)
from app.kernel.errors import Forbidden, Invalid
from app.kernel.ids import new_id
from app.reports import margin
from app.staffing import costs
from app.staffing.costs import Rates
from app.work.time_models import TimeEntry
from tenants.db import db, transaction
from tests.factories import billing_book
from tests.factories.desk_house import House
from tests.factories.terms_book import a_line

MAY = Month(first=date(2017, 5, 1))
"""Long ago: no other test's hours or invoices are of this month."""
OPERATOR, LEAD = costs.of_role(StaffRole.OPERATOR), costs.of_role(StaffRole.TEAM_LEAD)


@pytest.fixture(autouse=True, scope="module")
def nothing_stays_agreed(app: Flask) -> Iterator[None]:
    with billing_book.leaving_no_terms(app, 2017):
        yield


@pytest.fixture(scope="module")
def item(house: House) -> UUID:
    """An invoice of 100.00 for a service, 3 hours at 40.00 then 50.00, half an hour for nothing."""
    client, anna = house.south, house.actor("anna").id
    item_id = house.request("Margin", client=client)
    assert anna is not None
    with house.app.app_context(), transaction():
        billing_book.set_parties(client)
        units = a_line(LineKind.UNIT_PRICE, service_key="general_request", unit_price=Decimal(25))
        fee = a_line(LineKind.RETAINER, amount_minor=1_000)
        version = billing_book.agreed_terms(client, units, fee, valid_from=MAY.first)
        version.valid_until = MAY.last
        billing_book.an_entry(client, "4", datetime(2017, 5, 9, tzinfo=UTC))
        assert billing_book.issued(client, MAY).net_minor == 11_000
        sabine = house.actor("sabine")
        for day, minor in ((date(2017, 1, 1), 4_000), (date(2017, 5, 20), 5_000)):
            costs.set_cost(actor=sabine, who=OPERATOR, valid_from=day, minor_per_hour=minor)
        for day, hours, billable, name in (
            (5, "2", True, "Anna"), (20, "1", True, "Anna"), (31, "0.5", False, "Anna Neu"),
        ):  # fmt: skip
            db.session.add(
                TimeEntry(
                    tenant_id=client.id, item_id=item_id, item_number="S-1",
                    service_key="general_request", account_id=anna, account_name=name,
                    started_at=datetime(2017, 5, day, 21, 30, tzinfo=UTC),
                    seconds=int(Decimal(hours) * 3600), billable=billable,
                )
            )  # fmt: skip
        db.session.add(
            TimeEntry(
                tenant_id=client.id, item_id=item_id, item_number="S-1", service_key="other",
                account_id=new_id(), account_name="Gone", seconds=1800,
                started_at=datetime(2017, 5, 31, 22, 30, tzinfo=UTC),  # June in Germany
            )
        )  # fmt: skip
    return item_id


def test_it_is_the_invoice_less_the_hours_of_their_days(house: House, item: UUID) -> None:
    with house.app.app_context():
        found = margin.of_month(MAY, tenant_id=house.south.id)
        by_service = {line.service_key: line for line in found.lines}
        assert set(by_service) == {"", "general_request"}
        line = by_service["general_request"]
        assert (line.revenue_minor, line.cost_minor, line.rework_minor) == (10_000, 15_500, 2_500)
        assert (line.seconds, line.rework_seconds, line.without_rate) == (12_600, 1_800, 0)
        assert by_service[""].margin_minor == 1_000
        (row,) = margin.by_client(found.lines)
        assert row.margin_minor == -4_500
        assert [(one.item_id, one.seconds) for one in margin.rework_of(found.spent)] == [
            (item, 1_800)
        ]
        (worked,) = margin.people_of(found.spent)
        assert (worked.name, worked.seconds, worked.cost_minor) == ("Anna Neu", 12_600, 15_500)
        june = margin.of_month(Month(first=MAY.following), tenant_id=house.south.id)
        assert [(one.service_key, one.without_rate) for one in june.lines] == [("other", 1_800)]


def test_finance_drills_down_and_takes_it_along(house: House, item: UUID) -> None:
    paul, south = house.visitor("paul"), house.south
    page = paul.page("/desk/margin/?month=2017-05")
    assert f"/desk/c/{south.slug}/margin?month=2017-05" in page
    assert "€155.00" in page
    page = paul.page(f"/desk/c/{south.slug}/margin?month=2017-05")
    assert f"/items/{item}" in page
    assert "Waited for the client" in page
    rows = paul.page("/desk/margin/export.csv?month=2017-05").splitlines()
    assert f"2017-05;{south.name};General request;100.00;155.00;25.00;-55.00;3.5;0.5;0.0;" in rows
    assert paul.get("/desk/margin/?month=2017-13").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    form = {"who": LEAD, "cost": "61,50", "valid_from": "2017-01-01"}
    assert paul.post("/desk/margin/costs/", data=form).status_code == HTTPStatus.SEE_OTHER
    assert "€61.50" in paul.page("/desk/margin/costs/")
    for more, said in (({"who": "nobody"}, ""), ({"cost": "61.505"}, "has more decimal places")):
        wrong = paul.post("/desk/margin/costs/", data={**form, **more})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in wrong.text


def test_what_is_invoiced_in_another_currency_is_named_also_without_time(house: House) -> None:
    north, first = house.north, date(1998, 2, 1)
    with house.app.app_context(), transaction():
        invoice_id = billing_book.an_invoice(
            north, gross_minor=12_000, period=first, currency="CHF"
        )
        db.session.add(
            InvoiceLine(
                tenant_id=north.id, invoice_id=invoice_id, position=1, kind=LineKind.RETAINER,
                quantity=Decimal(1), unit_price=Decimal(120), net_minor=12_000,
                vat_category="S", vat_percent=Decimal(0),
            )
        )  # fmt: skip
    paul = house.visitor("paul")
    page = paul.page("/desk/margin/?month=1998-02")
    assert north.name in page
    assert "CHF" in page
    assert "invoiced in CHF" in paul.page(f"/desk/c/{north.slug}/margin?month=1998-02")
    rows = paul.page("/desk/margin/export.csv?month=1998-02").splitlines()
    assert any(row.startswith(f"1998-02;{north.name};") and "CHF 120.00" in row for row in rows)


@pytest.mark.parametrize("who", ["anna", "lena"])
def test_who_does_the_work_does_not_see_it(house: House, who: str) -> None:
    visitor = house.visitor(who)
    for path in (
        "/desk/margin/", "/desk/margin/costs/", "/desk/margin/export.csv",
        f"/desk/c/{house.south.slug}/margin",
    ):  # fmt: skip
        assert visitor.get(path).status_code == HTTPStatus.FORBIDDEN


def test_no_client_and_no_key_of_one_may_ever_see_it() -> None:
    carried = [*CLIENT_PERMISSIONS.values(), *TOKEN_SCOPES.values()]
    assert not any(Permission.MARGIN_READ in permissions for permissions in carried)
    seen_by = {role for role, may in STAFF_PERMISSIONS.items() if Permission.MARGIN_READ in may}
    assert seen_by == {StaffRole.FINANCE, StaffRole.ADMIN}


def test_a_cost_is_set_by_who_may(house: House) -> None:
    values = {"who": OPERATOR, "valid_from": date(2016, 1, 1), "minor_per_hour": 1}
    with house.app.app_context(), transaction():
        with pytest.raises(Forbidden):
            costs.set_cost(actor=house.actor("lena"), **values)  # type: ignore[arg-type]
        with pytest.raises(Invalid):
            costs.set_cost(actor=house.actor("paul"), **{**values, "minor_per_hour": -1})  # type: ignore[arg-type]


def test_a_persons_own_rate_goes_before_that_of_the_dearest_role() -> None:
    person, day = new_id(), date(2026, 3, 1)
    rates = Rates(
        by_whom={
            OPERATOR: [(date(2026, 2, 1), 4_000), (date(2026, 1, 1), 3_000)],
            LEAD: [(date(2026, 1, 1), 3_500)],
            costs.of_person(person): [(date(2026, 3, 2), 9_000)],
        }
    )
    both = frozenset({StaffRole.OPERATOR, StaffRole.TEAM_LEAD})
    assert rates.an_hour(person, both, on=day) == 4_000
    assert rates.an_hour(person, both, on=date(2026, 1, 15)) == 3_500
    assert rates.an_hour(person, both, on=day + timedelta(days=1)) == 9_000
    assert rates.an_hour(person, frozenset(), on=day) is None
