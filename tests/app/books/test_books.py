"""A client's books: one trace for each item, whatever comes twice."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.books import actions as books
from app.books import queries
from app.books.entries import BookingEntry, LineEntry, OpenEntry, PaymentEntry
from app.books.models import OpenKind
from app.kernel.errors import Conflict
from tenants.context import TenantRef
from tenants.db import transaction
from tests.conftest import in_scope

DAY = date(2026, 11, 25)


def owed(reference: str, amount: int = 11900) -> OpenEntry:
    return OpenEntry(
        account="70001",
        party="Mühle Nord GmbH",
        reference=reference,
        issued_on=DAY,
        due_on=DAY,
        amount_minor=amount,
        currency="EUR",
    )


def booked(text: str = "Mehl") -> BookingEntry:
    return BookingEntry(
        booked_on=DAY, amount_minor=11900, currency="EUR", debit="3400", credit="70001", text=text
    )


def paying(open_item_id: UUID, end_to_end_id: str) -> PaymentEntry:
    return PaymentEntry(
        end_to_end_id=end_to_end_id,
        party="Mühle Nord GmbH",
        iban="DE02120300000000202051",
        amount_minor=-11900,
        currency="EUR",
        execute_on=DAY,
        open_item_id=open_item_id,
    )


def line(fingerprint: str) -> LineEntry:
    return LineEntry(
        fingerprint=fingerprint,
        account="DE02120300000000202051",
        statement="1",
        booked_on=DAY,
        amount_minor=-11900,
        currency="EUR",
    )


def test_an_invoice_is_owed_once_and_its_rework_takes_its_place(
    app: Flask, acme: TenantRef
) -> None:
    first, second, reference = uuid4(), uuid4(), f"R-{uuid4().hex[:8]}"
    for item_id, amount, replaces in ((first, 100, None), (first, 200, None), (second, 300, first)):
        with in_scope(app, acme), transaction():
            books.owe(
                item_id=item_id,
                number="ACME-1",
                kind=OpenKind.PAYABLE,
                entry=owed(reference, amount),
                replaces=replaces,
            )
    with in_scope(app, acme):
        (one,) = [row for row in queries.open_items() if row.reference == reference]
        assert (one.item_id, one.amount_minor) == (second, 300)


def test_what_was_handed_over_is_reversed_and_never_changed(app: Flask, acme: TenantRef) -> None:
    first, second, delivery = uuid4(), uuid4(), uuid4()
    with in_scope(app, acme), transaction():
        books.book(item_id=first, number="ACME-1", entries=[booked()])
        given = queries.bookings(item_id=first)
        books.hand_over(item_id=delivery, booking_ids=[row.id for row in given])
        with pytest.raises(Conflict):
            books.hand_over(item_id=uuid4(), booking_ids=[row.id for row in given])
    with in_scope(app, acme), transaction():
        books.book(item_id=second, number="ACME-2", entries=[booked("Mehl 2")], replaces=first)
    with in_scope(app, acme):
        (kept,) = queries.bookings(item_id=first)
        reversal, fresh = queries.bookings(item_id=second)
        assert (kept.debit, kept.credit) == (reversal.credit, reversal.debit)
        assert (reversal.text, fresh.text) == ("Storno Mehl", "Mehl 2")
    with in_scope(app, acme), transaction():
        books.take_back(item_id=delivery)
        books.book(item_id=uuid4(), number="ACME-3", entries=[], replaces=first)
        assert queries.bookings(item_id=first) == []


def test_nothing_is_ordered_to_be_paid_twice(app: Flask, acme: TenantRef) -> None:
    invoice, run, other = uuid4(), uuid4(), uuid4()
    with in_scope(app, acme), transaction():
        books.owe(
            item_id=invoice, number="A", kind=OpenKind.PAYABLE, entry=owed(f"R-{uuid4().hex}")
        )
        (mine,) = [row for row in queries.open_items() if row.item_id == invoice]
        for _ in range(2):
            books.order_payments(
                item_id=run, number="A", entries=[paying(mine.id, f"E-{run.hex[:20]}")]
            )
        assert len(queries.payments_of(run)) == 1
        assert mine not in queries.open_items(ordered=False)
        with pytest.raises(Conflict):
            books.order_payments(
                item_id=other, number="A", entries=[paying(mine.id, f"E-{other.hex[:20]}")]
            )
        books.forget_payments(item_id=run)
        assert mine in queries.open_items(ordered=False)


def test_a_bank_line_comes_in_once_and_pays_once(app: Flask, acme: TenantRef) -> None:
    invoice, statement, again, mark = uuid4(), uuid4(), uuid4(), uuid4().hex
    with in_scope(app, acme), transaction():
        books.owe(
            item_id=invoice, number="A", kind=OpenKind.PAYABLE, entry=owed(f"R-{uuid4().hex}")
        )
        (mine,) = [row.id for row in queries.open_items() if row.item_id == invoice]
        assert books.keep_lines(item_id=statement, entries=[line(mark)]) == 1
        assert books.keep_lines(item_id=again, entries=[line(mark)]) == 0
        books.decide_lines(item_id=statement, decisions={0: {"account": "1360"}})
    for _ in range(2):
        with in_scope(app, acme), transaction():
            books.book_lines(item_id=statement, until=10, paid={mine: 11900}, end_to_end_ids=[])
            books.forget_lines(item_id=statement)
    with in_scope(app, acme):
        (kept,) = queries.lines_of(statement)
        assert (kept.is_booked, kept.match) == (True, {"account": "1360"})
        assert queries.lines_of(again) == []
        assert mine not in {row.id for row in queries.open_items()}
        assert mark in queries.last_line_fingerprints(since=DAY)
