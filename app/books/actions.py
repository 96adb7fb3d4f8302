"""Write the books, inside the transaction of what happened to an item; the same item again
leaves one trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.books.entries import BookingEntry, LineEntry, OpenEntry, PaymentEntry
from app.books.models import BankLine, Booking, IssuedNumber, OpenItem, OpenKind, PaymentOrder
from app.kernel.errors import Conflict
from app.kernel.ids import new_id
from tenants.db import db

AT_ONCE = 2_000
"""Rows of one statement."""


def owe(
    *, item_id: UUID, number: str, kind: OpenKind, entry: OpenEntry, replaces: UUID | None = None
) -> None:
    """Keep an invoice as an open item. One that `replaces` another takes over what was paid."""
    before = db.session.scalar(
        select(OpenItem).where(OpenItem.item_id.in_([item_id, replaces or item_id]))
    )
    if before is None:
        db.session.add(OpenItem(item_id=item_id, number=number, kind=kind, **asdict(entry)))
    else:
        before.item_id, before.number = item_id, number
        for name, value in asdict(entry).items():
            setattr(before, name, value)
    db.session.flush()


def book(
    *, item_id: UUID, number: str, entries: Sequence[BookingEntry], replaces: UUID | None = None
) -> None:
    """Write the item's journal entries; those of the item it `replaces` are undone."""
    if replaces is not None:
        _undo(replaces, by=item_id, number=number)
    first = db.session.scalar(
        select(func.coalesce(func.max(Booking.position) + 1, 0)).where(Booking.item_id == item_id)
    )
    rows = [
        {"id": new_id(), "item_id": item_id, "number": number, "position": position} | asdict(entry)
        for position, entry in enumerate(entries, start=first or 0)
    ]
    _insert(Booking, rows)


def _undo(item_id: UUID, *, by: UUID, number: str) -> None:
    """What nobody has seen yet is deleted; what was handed over is reversed, debit for credit."""
    db.session.execute(
        delete(Booking).where(Booking.item_id == item_id, Booking.handed_over_by_id.is_(None))
    )
    seen = db.session.scalars(
        select(Booking).where(Booking.item_id == item_id).order_by(Booking.position)
    ).all()
    for position, one in enumerate(seen):
        db.session.add(
            Booking(
                item_id=by,
                number=number,
                position=position,
                booked_on=one.booked_on,
                amount_minor=one.amount_minor,
                currency=one.currency,
                debit=one.credit,
                credit=one.debit,
                tax_key=one.tax_key,
                reference=one.reference,
                text=f"Storno {one.text}"[:60],
                cost_centre=one.cost_centre,
            )
        )
    db.session.flush()


def order_payments(*, item_id: UUID, number: str, entries: Sequence[PaymentEntry]) -> None:
    """Note what an approved file pays, so that nothing is proposed twice.

    Raises Conflict where one of the open items was ordered or paid meanwhile.
    """
    forget_payments(item_id=item_id)
    wanted = [entry.open_item_id for entry in entries if entry.open_item_id]
    # Two approvals at once: the second waits here and then sees the first one's orders.
    found = db.session.scalars(
        select(OpenItem).where(OpenItem.id.in_(wanted)).order_by(OpenItem.id).with_for_update()
    ).all()
    ordered = set(
        db.session.scalars(
            select(PaymentOrder.open_item_id).where(
                PaymentOrder.open_item_id.in_(wanted), PaymentOrder.paid_by_id.is_(None)
            )
        )
    )
    gone = [one.reference for one in found if one.id in ordered or not _is_open(one)]
    if gone or len(found) != len(set(wanted)):
        raise Conflict(
            "These invoices were paid or ordered to be paid meanwhile: %(which)s.",
            which=", ".join(gone[:10]),
        )
    _insert(
        PaymentOrder,
        [
            {"id": new_id(), "item_id": item_id, "number": number, "position": position}
            | asdict(entry)
            for position, entry in enumerate(entries)
        ],
    )


def _is_open(one: OpenItem) -> bool:
    return one.amount_minor != one.paid_minor


def forget_payments(*, item_id: UUID) -> None:
    """The file holds no more: what it would have paid is open again, unless it was paid."""
    db.session.execute(
        delete(PaymentOrder).where(
            PaymentOrder.item_id == item_id, PaymentOrder.paid_by_id.is_(None)
        )
    )


def keep_lines(*, item_id: UUID, entries: Sequence[LineEntry]) -> int:
    """Import a statement's lines, not booked yet; the number of those that were new."""
    forget_lines(item_id=item_id)
    rows = [
        {"id": new_id(), "item_id": item_id, "position": position} | asdict(entry)
        for position, entry in enumerate(entries)
    ]
    new = 0
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(BankLine).values(rows[start : start + AT_ONCE])
        kept = db.session.execute(
            statement.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(BankLine.id)
        )
        new += len(kept.all())
    return new


def forget_lines(*, item_id: UUID) -> None:
    """Lines that nobody booked are as if they had never come."""
    db.session.execute(
        delete(BankLine).where(BankLine.item_id == item_id, BankLine.is_booked.is_(False))
    )


def decide_lines(*, item_id: UUID, decisions: Mapping[int, Mapping[str, Any]]) -> None:
    """Write what people decided about lines, by position."""
    if not decisions:
        return
    table = BankLine.__table__
    statement = (
        update(table)  # type: ignore[arg-type]  # a Table, as declared
        .where(table.c.item_id == item_id, table.c.position == bindparam("at"))
        .values(match=bindparam("decided"))
    )
    rows = [{"at": at, "decided": dict(match)} for at, match in decisions.items()]
    db.session.connection().execute(statement, rows)


def book_lines(
    *, item_id: UUID, until: int, paid: Mapping[UUID, int], end_to_end_ids: Sequence[str]
) -> None:
    """The item's lines up to this position are booked: `paid` (minor units) lowers what is open,
    once.
    """
    booked = db.session.execute(
        update(BankLine)
        .where(
            BankLine.item_id == item_id,
            BankLine.position <= until,
            BankLine.is_booked.is_(False),
        )
        .values(is_booked=True)
        .returning(BankLine.id)
    ).all()
    if not booked:
        return
    for open_item_id, amount in sorted(paid.items()):
        db.session.execute(
            update(OpenItem)
            .where(OpenItem.id == open_item_id)
            .values(paid_minor=OpenItem.paid_minor + amount)
        )
    for start in range(0, len(end_to_end_ids), AT_ONCE):
        db.session.execute(
            update(PaymentOrder)
            .where(PaymentOrder.end_to_end_id.in_(end_to_end_ids[start : start + AT_ONCE]))
            .values(paid_by_id=item_id)
        )


def hand_over(*, item_id: UUID, booking_ids: Sequence[UUID]) -> None:
    """Mark bookings as given to the tax adviser. Raises Conflict where one already was."""
    take_back(item_id=item_id)
    marked = 0
    for start in range(0, len(booking_ids), AT_ONCE):
        part = booking_ids[start : start + AT_ONCE]
        marked += len(
            db.session.execute(
                update(Booking)
                .where(Booking.id.in_(part), Booking.handed_over_by_id.is_(None))
                .values(handed_over_by_id=item_id)
                .returning(Booking.id)
            ).all()
        )
    if marked != len(booking_ids):
        raise Conflict("Some of these bookings were handed over meanwhile.")


def take_back(*, item_id: UUID) -> None:
    """The hand-over holds no more: its bookings wait for the next one."""
    db.session.execute(
        update(Booking).where(Booking.handed_over_by_id == item_id).values(handed_over_by_id=None)
    )


def take_number(*, item_id: UUID, number: str) -> None:
    """Note that the item issued this invoice number. Raises Conflict where another one did."""
    before = db.session.scalar(select(IssuedNumber.number).where(IssuedNumber.item_id == item_id))
    if before == number:
        return
    if before is not None:
        raise Conflict("The invoice was issued as %(number)s before.", number=before)
    taken = db.session.execute(
        insert(IssuedNumber)
        .values(number=number, item_id=item_id)
        .on_conflict_do_nothing(index_elements=["number"])
        .returning(IssuedNumber.number)
    ).all()
    if not taken:
        raise Conflict("The invoice number %(number)s was issued already.", number=number)


def _insert(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(model).values(list(rows[start : start + AT_ONCE])))
