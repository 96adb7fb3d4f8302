"""The same button pressed at the same moment, at a real server of two processes.

Each deed is done once, whoever comes late is told so, nobody sees a mistake of ours.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, delete, func, select

from app.audit.models import AuditEntry, ProviderAuditEntry
from app.billing.actions import contracts, rating
from app.billing.actions.contracts import Conditions
from app.billing.contract_models import ContractVersion
from app.billing.credit_models import ServiceCredit
from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.models import UsageEntry
from app.billing.rules.kinds import InvoiceState, LineKind
from app.billing.rules.terms import Month
from app.clients import actions as clients
from app.clients import queries as agreed
from app.identity import tokens
from app.identity.permissions import ClientRole, StaffRole
from app.jobs.models import Fact, Job
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.services.payments.samples import ACCOUNT, GOOD
from app.work import queries as work
from app.work.actions import handling
from app.work.models import WorkItem
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories import billing_book
from tests.factories.billing_book import ROSA
from tests.factories.fake_stripe import KEY, FakeStripe, fake_stripe
from tests.factories.office import CLERK, Office
from tests.factories.people import a_person, with_second_factor
from tests.factories.real_server import (
    Answer,
    Program,
    Somebody,
    at_once,
    at_the_server,
    served,
)
from tests.factories.terms_book import a_line

YEAR = 2089
"""No other test's invoices are of this year."""
TIMES = 3
"""How often each of the two presses."""
DONE, GONE, LATE, WRONG = 303, 404, 409, 422


def how_many(*where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*where)) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A client, two people of every role, and the server."""

    app: Flask
    client: TenantRef
    people: dict[str, Somebody]
    fake: FakeStripe

    def pressed(self, *names: str, path: str, **form: Any) -> Sequence[Answer]:
        """All of them press the button, each more than once."""
        deeds = [partial(self.people[name].post, path, **form) for name in names]
        return at_once(*deeds * TIMES)

    def audited(self, verb: str, subject_id: UUID) -> int:
        """How often the deed stands in the trails."""
        count = 0
        for table in (ProviderAuditEntry, AuditEntry):
            with self.app.app_context() if table is ProviderAuditEntry else self.inside():
                count += how_many(table.verb == verb, table.subject_id == str(subject_id))
        return count

    def inside(self) -> Any:
        return in_scope(self.app, self.client)


ROLES: dict[str, dict[str, Any]] = {
    "paul": {"roles": {StaffRole.FINANCE}}, "petra": {"roles": {StaffRole.FINANCE}},
    "lena": {"roles": {StaffRole.TEAM_LEAD}}, "ludwig": {"roles": {StaffRole.TEAM_LEAD}},
    "sabine": {"roles": {StaffRole.ADMIN}}, "sina": {"roles": {StaffRole.ADMIN}},
    "thomas": {}, "tina": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def place(
    app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    owner = settings.database_direct_url
    opening.open_client(owner, slug="moment", name="Moment GmbH", code="MOM", at=now())
    with app.app_context(), transaction():
        client = by_slug("moment")
        clients.agree(
            actor=SYSTEM, tenant_id=client.id, number="V-MOM", valid_from=date(2020, 1, 1),
            services={"accounts_payable": {}, "payments": {}, "general_request": {}},
        )  # fmt: skip
        billing_book.set_parties(client)
    persons = {
        name: a_person(
            app, name=name.title(), **(role or {"member_of": {client: ClientRole.CLIENT_ADMIN}})
        )
        for name, role in ROLES.items()
    }
    for name in ("sabine", "sina"):
        with_second_factor(app, persons[name])
    with billing_book.leaving_no_terms(app, YEAR), fake_stripe() as fake:
        values = {
            "PATH": "/usr/bin:/bin", "DATABASE_URL": settings.database_url,
            "TENANT_DATABASE_URL": settings.tenant_database_url,
            "DATABASE_DIRECT_URL": owner, "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key, "KONTOR_ENVIRONMENT": "test",
            "KONTOR_DATA_DIR": settings.data_dir, "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRETS": "whsec_for_tests", "STRIPE_API_BASE": fake.url,
        }  # fmt: skip
        with served(values, tmp_path_factory.mktemp("moment") / "web.log") as port:
            people = {name: at_the_server(app, port, person) for name, person in persons.items()}
            yield Place(app=app, client=client, people=people, fake=fake)


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(one.status for one in answers)


def one_did_it(answers: Sequence[Answer], *, others: int, saying: str) -> None:
    """And the others were told why not."""
    assert statuses(answers) == {DONE: 1, others: len(answers) - 1}
    assert all(saying in one.text for one in answers if one.status == others), answers


@pytest.fixture(scope="module")
def terms(place: Place) -> UUID:
    """Agreed terms with a fee."""
    with place.app.app_context(), transaction():
        fee = a_line(LineKind.RETAINER, amount_minor=10_000, title="Fee")
        return billing_book.agreed_terms(place.client, fee, valid_from=date(YEAR, 1, 1)).id


@pytest.fixture(scope="module")
def draft(place: Place, terms: UUID) -> UUID:
    """January's invoice: approved, issued and corrected by the tests that follow each other."""
    with place.app.app_context(), transaction():
        run = rating.rate_client(
            actor=ROSA, tenant_id=place.client.id, month=Month(first=date(YEAR, 1, 1))
        )
        assert run is not None
        invoice = billing_book.invoice_of(run.id)
        assert invoice is not None
        return invoice.id


def test_an_invoice_is_approved_issued_and_corrected_once(place: Place, draft: UUID) -> None:
    answers = place.pressed("paul", "petra", path="/desk/invoices/approve", invoice=str(draft))
    one_did_it(answers, others=LATE, saying="This invoice is not a draft any more.")
    assert place.audited("invoice.approved", draft) == 1

    taken_back = place.pressed("paul", "petra", path=f"/desk/invoices/{draft}/draft")
    one_did_it(taken_back, others=LATE, saying="Only an approved invoice can become a draft")
    again = place.pressed("paul", "petra", path=f"/desk/invoices/{draft}/approve")
    one_did_it(again, others=LATE, saying="This invoice is not a draft any more.")

    issued = place.pressed("paul", "petra", path=f"/desk/invoices/{draft}/issue")
    assert statuses(issued) == {DONE: 2 * TIMES}, "issued is issued, whoever pressed"
    assert place.audited("invoice.issued", draft) == 1

    corrected = place.pressed(
        "paul", "petra", path=f"/desk/invoices/{draft}/correct", reason="Wrong address"
    )
    one_did_it(corrected, others=LATE, saying="There is a correction of this invoice already.")
    with place.app.app_context():
        assert how_many(Invoice.corrects_id == draft) == 1


def test_a_whole_run_is_approved_by_one_of_two(place: Place, terms: UUID) -> None:
    month = Month(first=date(YEAR, 2, 1))
    with place.app.app_context(), transaction():
        run = rating.rate_client(actor=ROSA, tenant_id=place.client.id, month=month)
        assert run is not None
        run_id = run.id
    answers = place.pressed(
        "paul", "petra", path="/desk/invoices/approve", month=f"{month.first:%Y-%m}", all="1"
    )
    assert statuses(answers)[DONE] >= 1
    assert set(statuses(answers)) <= {DONE, LATE}, "or told that nothing was left to approve"
    with place.app.app_context():
        invoice = billing_book.invoice_of(run_id)
        assert invoice is not None
        assert invoice.state is InvoiceState.APPROVED
    assert place.audited("invoice.approved", invoice.id) == 1


def test_a_month_is_rated_by_one_job(place: Place) -> None:
    answers = place.pressed("paul", "petra", path="/desk/invoices/rate", month="1987-03")
    assert statuses(answers) == {DONE: 2 * TIMES}
    jobs = Job.dedupe_key.contains("1987-03-01")
    with place.app.app_context(), transaction():
        assert how_many(jobs) == 1
        db.session.execute(delete(Job).where(jobs))


def test_a_payment_proposal_is_approved_by_one_second_person(place: Place) -> None:
    office = Office(place.app, place.client)
    item_id = office.order(
        "payments", "transfer_run", {**ACCOUNT, "from_books": False}, ("liste.csv", GOOD.encode())
    )
    office.hand_over(item_id)
    with place.inside():
        version = work.item(item_id).version
    answers = place.pressed(
        "lena", "ludwig", path=f"/desk/c/moment/items/{item_id}/approve", version=str(version)
    )
    one_did_it(answers, others=LATE, saying="In the meantime, at ")
    assert place.audited("work.approved", item_id) == 1
    assert place.audited("work.delivered", item_id) == 1
    with place.inside():
        names = [one.name for one in work.documents(item_id, results=True)]
    assert len(names) == len(set(names)), "one file for the bank"


def test_work_is_accepted_once_and_charged_once(place: Place) -> None:
    office = Office(place.app, place.client)
    payload = {"subject": "Chairs", "description": "Eight, please."}
    item_id = office.order("general_request", "request", payload)
    with place.inside(), transaction():
        handling.take(actor=CLERK, item_id=item_id)
        handling.correct(actor=CLERK, item_id=item_id, values={"result": "On Monday."})
    office.hand_over(item_id)
    answers = place.pressed("thomas", "tina", path=f"/p/moment/requests/{item_id}/accept")
    assert statuses(answers) == {DONE: 2 * TIMES}, "accepting twice is the same as once"
    assert place.audited("work.accepted", item_id) == 1
    with place.inside():
        item = Fact.payload["item_id"].astext == str(item_id)
        assert how_many(Fact.name == "WorkAccepted", item) == 1, "the ledger hears of it once"


def test_the_same_form_orders_once_and_the_same_key_too(place: Place) -> None:
    subject, key = f"Chairs {uuid4()}", str(uuid4())
    answers = place.pressed(
        "thomas", path="/p/moment/order/general_request/request",
        order_key=key, subject=subject, description="Eight, please.",
    )  # fmt: skip
    assert statuses(answers) == {DONE: TIMES}
    assert len({one.place for one in answers}) == 1, "all are led to the one request"
    assert _ordered(place, subject) == 1


def _ordered(place: Place, subject: str) -> int:
    with place.inside():
        return how_many(WorkItem.payload["subject"].astext == subject)


def test_a_program_orders_once_with_a_key_and_as_often_as_it_asks_without(place: Place) -> None:
    with place.app.app_context(), transaction():
        _, word = tokens.create(
            actor=SYSTEM, client=place.client, name="ERP", scopes=frozenset({"work:write"})
        )
    program = Program(port=place.people["thomas"].port, token=word)
    key = str(uuid4())
    one = at_once(*[partial(program.order, f"One {key}", Idempotency_Key=key)] * 2 * TIMES)
    assert statuses(one) == {201: 2 * TIMES}
    assert _ordered(place, f"One {key}") == 1
    many = at_once(*[partial(program.order, f"Many {key}")] * 2 * TIMES)
    assert statuses(many) == {201: 2 * TIMES}
    assert _ordered(place, f"Many {key}") == 2 * TIMES, "nobody can know that it meant one"


def test_a_client_becomes_one_customer_of_stripe(place: Place) -> None:
    people = [place.people["thomas"], place.people["tina"]]
    deeds = [partial(one.get, "/p/moment/payment/method") for one in people]
    answers = at_once(*deeds * TIMES)
    assert set(statuses(answers)) <= {302, LATE}
    assert statuses(answers)[302] >= 1
    assert statuses([people[0].get("/p/moment/payment/method")]) == {302: 1}
    found = place.fake.client().v1.customers.list({"limit": 100}).data
    assert len([one for one in found if one.name == "Moment GmbH"]) == 1


def test_the_same_contract_ends_once(place: Place) -> None:
    last = date(YEAR + 1, 12, 31)
    with place.app.app_context(), transaction():
        contract_id = agreed.contracts(tenant_id=place.client.id)[0].id
    answers = place.pressed(
        "sabine", "sina", path=f"/desk/c/moment/contracts/{contract_id}/end",
        last_day=last.isoformat(), reason="They go on alone.", promises="run_off",
    )  # fmt: skip
    one_did_it(answers, others=WRONG, saying="The contract ends on this day already.")
    assert place.audited("contract.ended", contract_id) == 1


def test_a_credit_is_disputed_once_and_decided_once(place: Place) -> None:
    with place.app.app_context(), transaction():
        credit_id = billing_book.a_credit(place.client, date(YEAR, 5, 1), amount_minor=500)
    disputed = place.pressed(
        "thomas", "tina", path=f"/p/moment/invoices/credits/{credit_id}/dispute",
        reason="It was twice as late.",
    )  # fmt: skip
    one_did_it(disputed, others=LATE, saying="This credit is disputed already.")
    assert place.audited("credit.disputed", credit_id) == 1

    base = f"/desk/invoices/credits/{credit_id}"
    paul, petra = place.people["paul"], place.people["petra"]
    decided = at_once(
        *[partial(paul.post, f"{base}/approve"), partial(petra.post, f"{base}/refuse", answer="No")]
        * TIMES
    )
    one_did_it(decided, others=LATE, saying="This credit is decided already.")
    verbs = ("credit.approved", "credit.refused")
    assert sum(place.audited(verb, credit_id) for verb in verbs) == 1
    with place.app.app_context(), transaction():
        db.session.execute(delete(ServiceCredit).where(ServiceCredit.id == credit_id))


def test_a_payment_is_noted_once_and_no_more_goes_back_than_came(place: Place) -> None:
    with place.app.app_context(), transaction():
        key = billing_book.an_invoice(
            place.client, gross_minor=10_000, period=date(YEAR, 6, 1), state=InvoiceState.ISSUED
        )
    path, day = f"/desk/invoices/{key}/payments/new", now().date().isoformat()
    noted = place.pressed(
        "paul", "petra", path=path, amount="100", way="in", on=day, reference="St 12"
    )
    one_did_it(noted, others=WRONG, saying="This payment is noted already.")
    back = at_once(
        *[
            partial(
                place.people["paul"].post, path, amount="60", way="back", on=day, reference=f"B {n}"
            )
            for n in range(2 * TIMES)
        ]
    )
    one_did_it(back, others=WRONG, saying="No more can go back than has come in.")
    with place.app.app_context():
        query = select(InvoicePayment.amount_minor).where(InvoicePayment.invoice_id == key)
        assert sorted(db.session.scalars(query)) == [-6_000, 10_000]


def test_an_entry_of_the_ledger_is_taken_back_once_and_hours_are_noted_once(place: Place) -> None:
    with place.app.app_context(), transaction():
        entry_id = billing_book.an_entry(place.client, "1", datetime(YEAR, 7, 1, tzinfo=UTC))
    answers = place.pressed(
        "paul", "petra", path=f"/desk/usage/entries/{entry_id}/take-back", reason="Twice"
    )
    one_did_it(answers, others=LATE, saying="This entry was taken back already.")
    with place.app.app_context():
        assert how_many(UsageEntry.reversal_of_id == entry_id) == 1


def test_terms_are_agreed_indexed_and_thrown_away_once(place: Place, terms: UUID) -> None:
    path = "/desk/c/moment/terms"
    indexed = place.pressed(
        "paul", "petra", path=f"{path}/{terms}/index", percent="3", valid_from=f"{YEAR + 1}-01-01"
    )
    assert statuses(indexed) == {DONE: 2 * TIMES}
    assert len({one.place for one in indexed}) == 1, "the same draft, whoever asked for it"
    with place.app.app_context(), transaction():
        fee = a_line(LineKind.RETAINER, amount_minor=11_000, title="Fee")
        contract_id = db.session.get_one(ContractVersion, terms).contract_id
        first, second = (
            contracts.draft(
                actor=ROSA, tenant_id=place.client.id, contract_id=contract_id,
                valid_from=date(YEAR, month, 1), conditions=Conditions(), lines=[fee],
            ).id
            for month in (10, 11)
        )  # fmt: skip
    agreed_on = place.pressed("paul", "petra", path=f"{path}/{first}/agree")
    one_did_it(agreed_on, others=LATE, saying="These terms are agreed")
    thrown = place.pressed("paul", "petra", path=f"{path}/{second}/discard")
    one_did_it(thrown, others=GONE, saying="There are no such terms.")
