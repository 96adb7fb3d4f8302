"""From entries to an issued invoice: once, by two people, unchangeable, gapless, correctable."""

from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.billing import queries
from app.billing.actions import approving, contracts, correcting, ending, indexing, issuing, rating
from app.billing.actions.contracts import Conditions
from app.billing.invoice_models import BilledEntry, Invoice, InvoiceDocument, RatingRun
from app.billing.rules.kinds import InvoiceState, InvoiceType, LineKind, RunState
from app.billing.rules.terms import Month
from app.kernel.errors import Conflict, Forbidden, Invalid
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.app.billing.conftest import MakeClient
from tests.factories import billing_book
from tests.factories.billing_book import EMIL, ROSA
from tests.factories.terms_book import a_line

OCTOBER = Month(first=date(2026, 10, 1))
NOVEMBER = Month(first=date(2026, 11, 1))
MONTHLY = a_line(LineKind.RETAINER, amount_minor=10_000)
UNITS = a_line(LineKind.UNIT_PRICE, service_key="general_request", unit_price=Decimal(2))


def at(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def begin(client: TenantRef, *lines: object, **more: object) -> None:
    billing_book.set_parties(client)
    billing_book.agreed_terms(client, *lines, valid_from=date(2026, 10, 1), **more)  # type: ignore[arg-type]


def test_a_month_is_rated_approved_by_another_and_issued_for_good(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context():
        with transaction():
            begin(client, MONTHLY, UNITS)
            entry = billing_book.an_entry(client, "3", at(5))
            billing_book.an_entry(client, "5", at(5), accepted_at=at(3, month=11))
            run = rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER)
            assert run is not None
            draft = billing_book.invoice_of(run.id)
            assert draft is not None
            assert (draft.net_minor, draft.vat_minor, draft.gross_minor) == (10_600, 2_014, 12_614)
            assert draft.number == ""
            with pytest.raises(Forbidden):
                approving.approve(actor=ROSA, invoice_ids=[draft.id])
            with pytest.raises(Conflict):
                issuing.issue(actor=ROSA, invoice_id=draft.id)
            approving.approve(actor=EMIL, invoice_ids=[draft.id])
            issued = issuing.issue(actor=ROSA, invoice_id=draft.id)
            assert issued.blocked_because == []
            assert issued.state is InvoiceState.ISSUED
            number = issued.number
        with transaction():
            assert rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER).id == run.id  # type: ignore[union-attr]
            assert issuing.issue(actor=ROSA, invoice_id=draft.id).number == number
            assert run.state is RunState.CLOSED
            lines = queries.lines(draft.id)
            assert [(one.kind, one.net_minor) for one in lines] == [
                ("retainer", 10_000),
                ("usage", 600),
            ]
            assert [one.id for one in queries.entries_of(lines[1].id)] == [entry]
        with pytest.raises(ProgrammingError), transaction():
            db.session.execute(
                InvoiceDocument.__table__.update().values(name="other")  # type: ignore[attr-defined]
            )


def test_a_draft_is_rated_again_without_a_trace_and_nothing_is_on_two_invoices(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        begin(client, MONTHLY, UNITS)
        entry = billing_book.an_entry(client, "3", at(5))
        for _ in range(3):
            first = rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER)
        runs = select(func.count()).where(RatingRun.tenant_id == client.id)
        invoices = select(func.count()).where(Invoice.tenant_id == client.id)
        billed = select(func.count()).where(BilledEntry.usage_entry_id == entry)
        assert [db.session.scalar(one) for one in (runs, invoices, billed)] == [1, 1, 1]
        assert first is not None
        rating.rate_client(actor=ROSA, tenant_id=client.id, month=NOVEMBER)
        lines = select(BilledEntry.line_id).where(BilledEntry.usage_entry_id == entry)
        assert len(db.session.scalars(lines).all()) == 1
        november = rating.latest_run(client.id, NOVEMBER)
        assert november is not None
        second = billing_book.invoice_of(november.id)
        assert second is not None
        approving.approve(actor=EMIL, invoice_ids=[second.id])
        with pytest.raises(Conflict):
            issuing.issue(actor=ROSA, invoice_id=second.id)
        line = queries.lines(second.id)[0]
        values = {"line_id": line.id, "usage_entry_id": entry, "invoice_id": second.id}
        twice = insert(BilledEntry).values(**values, tenant_id=client.id, is_first=True)
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(twice)


def test_case_30_less_than_nothing_is_carried_to_the_next_month(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        begin(client, UNITS)
        billing_book.an_entry(client, "-40", at(5))
        run = rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER)
        assert run is not None
        assert (run.state, run.carried[0]["net_minor"]) == (RunState.CARRIED, -8_000)
        carried = billing_book.invoice_of(run.id)
        assert carried is not None
        with pytest.raises(Conflict):
            approving.approve(actor=EMIL, invoice_ids=[carried.id])
        billing_book.an_entry(client, "50", at(4, month=11))
        issued = billing_book.issued(client, NOVEMBER)
        assert issued.net_minor == 2_000
        assert [(one.kind, one.net_minor) for one in queries.lines(issued.id)] == [
            ("usage", 10_000),
            ("carried", -8_000),
        ]
        again = rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER)
        assert again is not None
        assert again.rated_at == run.rated_at, "what was taken over is not rated again"


def test_an_invoice_is_taken_back_by_a_correction_and_billed_anew(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        begin(client, MONTHLY, UNITS)
        billing_book.an_entry(client, "3", at(5))
        wrong = billing_book.issued(client, OCTOBER)
        with pytest.raises(Invalid):
            correcting.correct(actor=ROSA, invoice_id=wrong.id, reason=" ")
        correction = correcting.correct(actor=ROSA, invoice_id=wrong.id, reason="Three too many")
        with pytest.raises(Conflict):
            correcting.correct(actor=ROSA, invoice_id=wrong.id, reason="Again")
        assert wrong.state is InvoiceState.ISSUED, "it holds until the correction is issued"
        approving.approve(actor=EMIL, invoice_ids=[correction.id])
        issuing.issue(actor=ROSA, invoice_id=correction.id)
        assert correction.blocked_because == []
        assert correction.document_type is InvoiceType.CORRECTION
        assert (wrong.state, wrong.gross_minor) == (InvoiceState.CORRECTED, 12_614)
        assert wrong.gross_minor + correction.gross_minor == 0
        billing_book.an_entry(client, "-3", at(5), accepted_at=at(6))
        right = billing_book.issued(client, OCTOBER)
        assert right.net_minor == 10_000
        run = rating.latest_run(client.id, OCTOBER)
        assert run is not None
        assert run.revision == 2


def test_case_32_concurrent_issuers_and_rollbacks_leave_no_gap(
    app: Flask, new_client: MakeClient
) -> None:
    clients = [new_client() for _ in range(6)]
    drafts = []
    with app.app_context(), transaction():
        for client in clients:
            begin(client, MONTHLY)
            run = rating.rate_client(actor=ROSA, tenant_id=client.id, month=OCTOBER)
            assert run is not None
            draft = billing_book.invoice_of(run.id)
            assert draft is not None
            approving.approve(actor=EMIL, invoice_ids=[draft.id])
            drafts.append(draft.id)
    together = Barrier(len(drafts))

    def issue(invoice_id, *, fails):  # type: ignore[no-untyped-def]
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    issuing.issue(actor=ROSA, invoice_id=invoice_id)
                    if fails:
                        raise RuntimeError("power cut")
            except RuntimeError:
                with transaction():
                    issuing.issue(actor=ROSA, invoice_id=invoice_id)
            db.session.remove()

    threads = [
        Thread(target=issue, args=(one,), kwargs={"fails": number % 2 == 0})
        for number, one in enumerate(drafts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        numbers = db.session.scalars(
            select(Invoice.number).where(Invoice.number.like("RE-2026-%")).order_by(Invoice.number)
        ).all()
        counted = [int(number.rpartition("-")[2]) for number in numbers]
        assert counted == list(range(1, len(counted) + 1)), "no gap, no twin"
        mine = db.session.scalars(select(Invoice.number).where(Invoice.id.in_(drafts))).all()
        assert len(set(mine)) == len(drafts)
        assert all(mine)


def test_what_is_missing_blocks_the_issue_with_its_reason_and_uses_no_number(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        begin(client, MONTHLY)
        billing_book.set_parties(client, street="")
        blocked = billing_book.issued(client, OCTOBER)
        assert blocked.blocked_because == [{"code": "buyer_missing", "detail": "street"}]
        assert (blocked.state, blocked.number) == (InvoiceState.APPROVED, "")
        billing_book.set_parties(client)
        issuing.issue(actor=ROSA, invoice_id=blocked.id)
        assert (blocked.state, blocked.blocked_because) == (InvoiceState.ISSUED, [])


def test_terms_follow_each_other_and_billed_days_keep_theirs(
    app: Flask, new_client: MakeClient
) -> None:
    client = new_client()
    with app.app_context(), transaction():
        begin(client, MONTHLY)
        billing_book.issued(client, OCTOBER)
        with pytest.raises(Conflict):
            billing_book.agreed_terms(client, MONTHLY, valid_from=date(2026, 10, 15))
        (first,) = contracts.agreed.versions(client.id)
        draft = indexing.index(
            actor=ROSA, version_id=first.id, percent=Decimal("2.5"), valid_from=date(2026, 11, 16)
        )
        contracts.agree(actor=ROSA, version_id=draft.id)
        assert first.valid_until == date(2026, 11, 15)
        issued = billing_book.issued(client, NOVEMBER)
        assert [one.net_minor for one in queries.lines(issued.id)] == [5_000, 5_125]
        with pytest.raises(Conflict):
            contracts.change(
                actor=ROSA,
                version_id=draft.id,
                valid_from=date(2027, 1, 1),
                conditions=Conditions(),
                lines=(),
            )
        ending.end_terms(actor=ROSA, tenant_id=client.id, last_day=date(2026, 12, 10))
        run = rating.rate_client(
            actor=ROSA, tenant_id=client.id, month=Month(first=date(2026, 12, 1))
        )
        assert run is not None
        last = billing_book.invoice_of(run.id)
        assert last is not None
        assert last.net_minor == 3_306, "10 of 31 days"
        after = rating.rate_client(
            actor=ROSA, tenant_id=client.id, month=Month(first=date(2027, 1, 1))
        )
        assert after is not None
        assert after.state is RunState.EMPTY
