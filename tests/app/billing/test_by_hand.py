"""The ledger by hand, and terms that end with the client's contract."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import ProviderAuditEntry
from app.billing import agreed, parties, queries
from app.billing.actions import ending, noting, rating
from app.billing.actions.noting import Hours
from app.billing.models import UsageEntry
from app.billing.rules.kinds import LineKind, RunState
from app.billing.rules.terms import Month
from app.kernel.clock import freeze
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.kernel.ids import new_id
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.app.billing.conftest import MakeClient
from tests.factories import billing_book
from tests.factories.billing_book import ROSA
from tests.factories.terms_book import a_line

FIRST = date(2019, 1, 1)
HOURS = a_line(LineKind.TIME_AND_MATERIAL, role="Consultant", unit_price=Decimal("92.50"))
UNITS = a_line(LineKind.UNIT_PRICE, service_key="general_request", unit_price=Decimal(3))
FEE = a_line(LineKind.RETAINER, amount_minor=31_000)
MARCH = Month(first=date(2019, 3, 1))


@pytest.fixture(autouse=True)
def nothing_stays_agreed(app: Flask) -> Iterator[None]:
    with billing_book.leaving_no_terms(app, 2019):
        yield


def told(verb: str, subject_id: object) -> int:
    query = select(func.count()).select_from(ProviderAuditEntry)
    chosen = query.where(
        ProviderAuditEntry.verb == verb, ProviderAuditEntry.subject_id == str(subject_id)
    )
    return db.session.scalar(chosen) or 0


def test_hours_are_noted_once_and_charged_at_the_agreed_price(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        billing_book.agreed_terms(client, HOURS, valid_from=FIRST)
        assert noting.roles(client.id, on=MARCH.first) == ["Consultant"]
        assert noting.roles(client.id, on=FIRST - timedelta(days=1)) == []
        worked = Hours(
            key=new_id(), role="Consultant", hours=Decimal("1.75"), on=date(2019, 3, 12),
            reason="Workshop",
        )  # fmt: skip
        with freeze(datetime(2019, 3, 13, 9, tzinfo=UTC)):
            for _twice in range(2):
                noting.note_hours(actor=ROSA, tenant_id=client.id, worked=worked)
        (entry,) = db.session.scalars(
            select(UsageEntry).where(UsageEntry.tenant_id == client.id)
        ).all()
        invoice = billing_book.issued(client, MARCH)
        assert invoice.net_minor == 16_188, "1.75 hours of 92.50, half up"
        entry_id = entry.id
    with app.app_context():
        assert told("usage.hours_noted", entry_id) == 1


def test_what_is_noted_or_taken_back_late_counts_in_its_month_while_that_is_not_billed(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        billing_book.agreed_terms(client, HOURS, UNITS, valid_from=FIRST)
        wrong = billing_book.an_entry(client, "4", datetime(2019, 3, 4, 9, tzinfo=UTC))
        worked = Hours(
            key=new_id(), role="Consultant", hours=Decimal(1), on=date(2019, 3, 12), reason="x"
        )
        with freeze(datetime(2019, 4, 5, 9, tzinfo=UTC)):
            noting.note_hours(actor=ROSA, tenant_id=client.id, worked=worked)
            noting.take_back(actor=ROSA, entry_id=wrong, reason="Never done")
        assert billing_book.issued(client, MARCH).net_minor == 9_250
        late = replace(worked, key=new_id(), on=date(2019, 3, 13))
        with freeze(datetime(2019, 4, 6, 9, tzinfo=UTC)):
            noting.note_hours(actor=ROSA, tenant_id=client.id, worked=late)
        april = billing_book.issued(client, Month(first=MARCH.following))
        assert april.net_minor == 9_250, "March is billed: the first month that is not"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "Nobody"), ("hours", Decimal(0)), ("hours", Decimal("0.001")),
        ("hours", Decimal(2000)), ("on", date(2999, 1, 1)), ("reason", " "),
    ],
)  # fmt: skip
def test_what_cannot_be_noted_says_which_field(
    app: Flask, new_client: MakeClient, field: str, value: object
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.agreed_terms(client, HOURS, valid_from=FIRST)
        worked = Hours(
            key=new_id(), role="Consultant", hours=Decimal(1), on=date(2019, 3, 12), reason="x"
        )
        wrong = replace(worked, **{field: value})  # type: ignore[arg-type]
        with pytest.raises(Invalid) as faulty:
            noting.note_hours(actor=ROSA, tenant_id=client.id, worked=wrong)
        assert field in faulty.value.fields
        nobody = replace(ROSA, permissions=frozenset())
        with pytest.raises(Forbidden):
            noting.note_hours(actor=nobody, tenant_id=client.id, worked=worked)


def test_the_future_begins_at_midnight_where_the_terms_hold(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.agreed_terms(client, HOURS, valid_from=FIRST)
        with freeze(datetime(2019, 3, 12, 23, 30, tzinfo=UTC)):
            assert noting.today(client.id) == date(2019, 3, 13), "in Berlin"
            worked = Hours(
                key=new_id(), role="Consultant", hours=Decimal(1), on=date(2019, 3, 13), reason="x"
            )
            noting.note_hours(actor=ROSA, tenant_id=client.id, worked=worked)
            tomorrow = replace(worked, key=new_id(), on=date(2019, 3, 14))
            with pytest.raises(Invalid):
                noting.note_hours(actor=ROSA, tenant_id=client.id, worked=tomorrow)


def test_what_is_taken_back_after_its_invoice_is_deducted_in_the_next(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        billing_book.agreed_terms(client, UNITS, valid_from=FIRST)
        first = billing_book.an_entry(client, "4", datetime(2019, 3, 4, 9, tzinfo=UTC))
        assert billing_book.issued(client, MARCH).net_minor == 1_200
        billing_book.an_entry(client, "10", datetime(2019, 4, 4, 9, tzinfo=UTC))
        nobody = replace(ROSA, permissions=frozenset())
        with freeze(datetime(2019, 4, 20, 9, tzinfo=UTC)):
            with pytest.raises(Forbidden):
                noting.take_back(actor=nobody, entry_id=first, reason="x")
            with pytest.raises(Invalid):
                noting.take_back(actor=ROSA, entry_id=first, reason=" ")
            reversal = noting.take_back(actor=ROSA, entry_id=first, reason="Counted twice")
            for key in (first, reversal.id):
                with pytest.raises(Conflict):
                    noting.take_back(actor=ROSA, entry_id=key, reason="again")
        april = billing_book.issued(client, Month(first=MARCH.following))
        assert april.net_minor == 1_800
        (line,) = queries.lines(april.id)
        assert reversal.id in {one.id for one in queries.entries_of(line.id)}
    with app.app_context():
        assert told("usage.taken_back", first) == 1


def test_the_terms_end_with_the_last_contract_and_the_last_month_is_billed_by_days(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        version = billing_book.agreed_terms(client, FEE, UNITS, valid_from=FIRST)
        later = billing_book.agreed_terms(client, FEE, valid_from=date(2019, 6, 1))
        later_id = later.id
        other = billing_book.a_contract(client, FIRST)
        ends = {"actor": ROSA, "tenant_id": client.id, "last_day": date(2019, 3, 10)}
        assert not ending.end_with_contract(**ends, contract_id=version.contract_id)  # type: ignore[arg-type]
        other.valid_until = date(2019, 2, 1)
        assert ending.end_with_contract(**ends, contract_id=version.contract_id)  # type: ignore[arg-type]
        assert [one.valid_until for one in agreed.versions(client.id)] == [date(2019, 3, 10)]
        assert later_id not in {one.id for one in agreed.versions(client.id)}
        billing_book.an_entry(
            client, "1", datetime(2019, 3, 9, 9, tzinfo=UTC),
            accepted_at=datetime(2019, 4, 2, 9, tzinfo=UTC),
        )  # fmt: skip
        assert billing_book.issued(client, MARCH).net_minor == 10_000, "10 of 31 days"
        after = billing_book.issued(client, Month(first=MARCH.following))
        assert after.net_minor == 300, "accepted later, at the price of its day; no fee"
        may = rating.rate_client(
            actor=ROSA, tenant_id=client.id, month=Month(first=date(2019, 5, 1))
        )
        assert may is not None
        assert may.state is RunState.EMPTY


def test_the_terms_go_on_as_long_as_the_contract_that_ends_last(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        version = billing_book.agreed_terms(client, FEE, valid_from=FIRST)
        other = billing_book.a_contract(client, FIRST)
        other.valid_until = date(2019, 6, 30)
        assert ending.end_with_contract(
            actor=ROSA, tenant_id=client.id, contract_id=version.contract_id,
            last_day=date(2019, 3, 31),
        )  # fmt: skip
        assert [one.valid_until for one in agreed.versions(client.id)] == [other.valid_until]


def test_clients_that_are_addressed_at_the_same_time_have_accounts_of_their_own(
    app: Flask, new_client: MakeClient
) -> None:
    clients = [new_client() for _number in range(4)]
    together = threading.Barrier(len(clients), timeout=10)

    def account(client: TenantRef) -> int:
        with app.app_context(), transaction():
            together.wait()
            details = {**billing_book.BUYER, "name": client.name}
            kept = parties.set_buyer(actor=ROSA, client=client, details=details)
            return kept.debtor_account

    with ThreadPoolExecutor(len(clients)) as threads:
        accounts = list(threads.map(account, clients))
    assert len(set(accounts)) == len(clients)


def test_days_that_are_billed_do_not_lose_their_terms(app: Flask, new_client: MakeClient) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        version = billing_book.agreed_terms(client, FEE, valid_from=FIRST)
        billing_book.issued(client, MARCH)
        contract_id: UUID = version.contract_id
        ends = {"actor": ROSA, "tenant_id": client.id, "contract_id": contract_id}
        with pytest.raises(Conflict, match="billed already"):
            ending.end_with_contract(**ends, last_day=date(2019, 3, 30))  # type: ignore[arg-type]
        assert ending.end_with_contract(**ends, last_day=date(2019, 3, 31))  # type: ignore[arg-type]
        assert not ending.end_with_contract(**ends, last_day=date(2019, 4, 30))  # type: ignore[arg-type]
