"""Read the client's books."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.books.models import BankLine, Booking, IssuedNumber, OpenItem, OpenKind, PaymentOrder
from tenants.db import db


def open_items(
    *, kind: OpenKind | None = None, due_until: date | None = None, ordered: bool = True
) -> Sequence[OpenItem]:
    """What is not paid, by due date; without those `ordered` to be paid where that is False."""
    query = select(OpenItem).where(OpenItem.amount_minor != OpenItem.paid_minor)
    if kind is not None:
        query = query.where(OpenItem.kind == kind)
    if due_until is not None:
        query = query.where(OpenItem.due_on <= due_until)
    if not ordered:
        waiting = select(PaymentOrder.id).where(
            PaymentOrder.open_item_id == OpenItem.id, PaymentOrder.paid_by_id.is_(None)
        )
        query = query.where(~waiting.exists())
    return db.session.scalars(query.order_by(OpenItem.due_on, OpenItem.id)).all()


def ordered_payments() -> Sequence[PaymentOrder]:
    """Payments that no bank statement has shown yet."""
    query = select(PaymentOrder).where(PaymentOrder.paid_by_id.is_(None))
    return db.session.scalars(query.order_by(PaymentOrder.id)).all()


def payments_of(item_id: UUID) -> Sequence[PaymentOrder]:
    """What one file pays."""
    query = select(PaymentOrder).where(PaymentOrder.item_id == item_id)
    return db.session.scalars(query.order_by(PaymentOrder.position)).all()


def lines_of(item_id: UUID) -> Sequence[BankLine]:
    """The bank lines that came with one item, in their order."""
    query = select(BankLine).where(BankLine.item_id == item_id)
    return db.session.scalars(query.order_by(BankLine.position)).all()


def count_lines(item_id: UUID, *, booked: bool | None = None) -> int:
    """How many bank lines came with one item; `booked`: only those that are, or are not."""
    query = select(func.count()).select_from(BankLine).where(BankLine.item_id == item_id)
    if booked is not None:
        query = query.where(BankLine.is_booked.is_(booked))
    return db.session.scalar(query) or 0


def lines_to_book(item_id: UUID, *, most: int) -> Sequence[BankLine]:
    """The first bank lines of one item that are not booked yet."""
    query = select(BankLine).where(BankLine.item_id == item_id, BankLine.is_booked.is_(False))
    return db.session.scalars(query.order_by(BankLine.position).limit(most)).all()


def last_line_fingerprints(*, since: date) -> Collection[str]:
    """Of the lines booked since a day: what a file may bring again."""
    return db.session.scalars(select(BankLine.fingerprint).where(BankLine.booked_on >= since)).all()


def bookings(
    *,
    since: date | None = None,
    until: date | None = None,
    item_id: UUID | None = None,
    handed_over: bool | None = None,
) -> Sequence[Booking]:
    """The journal in its order; `handed_over=False`: only what the tax adviser has not."""
    query = select(Booking).order_by(Booking.booked_on, Booking.number, Booking.position)
    if since is not None:
        query = query.where(Booking.booked_on >= since)
    if until is not None:
        query = query.where(Booking.booked_on <= until)
    if item_id is not None:
        query = query.where(Booking.item_id == item_id)
    if handed_over is not None:
        given = Booking.handed_over_by_id.is_not(None)
        query = query.where(given if handed_over else ~given)
    return db.session.scalars(query).all()


def bookings_handed_over_by(item_id: UUID) -> Sequence[Booking]:
    """What one hand-over holds, in the journal's order."""
    query = select(Booking).where(Booking.handed_over_by_id == item_id)
    return db.session.scalars(
        query.order_by(Booking.booked_on, Booking.number, Booking.position)
    ).all()


def issued_numbers(*, besides: UUID) -> Sequence[str]:
    """Numbers of the client's own invoices that other items issued."""
    query = select(IssuedNumber.number).where(IssuedNumber.item_id != besides)
    return db.session.scalars(query.order_by(IssuedNumber.number)).all()
