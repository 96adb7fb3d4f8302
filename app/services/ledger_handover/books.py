"""A hand-over in the client's books: what is checked is set aside until it is delivered."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.books import actions as books
from app.books import queries
from app.books.models import Booking
from app.catalogue.service import BookKeeping
from app.catalogue.steps import Deed, StepResult


def gather(deed: Deed) -> Mapping[str, Any]:
    """Bookings of the period that nobody has handed over; once checked, those set aside."""
    since = date.fromisoformat(deed.payload["since"])
    until = date.fromisoformat(deed.payload["until"])
    if deed.values:
        found = queries.bookings_handed_over_by(deed.replaces or deed.item_id)
    else:
        found = queries.bookings(since=since, until=until, handed_over=False)
    return {"bookings": [_plain(one) for one in found]}


def _plain(one: Booking) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "place": f"{one.number} · {one.position + 1}",
        "number": one.number,
        "booked_on": one.booked_on.isoformat(),
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "debit": one.debit,
        "credit": one.credit,
        "tax_key": one.tax_key,
        "reference": one.reference,
        "text": one.text,
        "cost_centre": one.cost_centre,
    }


def set_aside(deed: Deed, result: StepResult) -> None:
    """What was checked is what will be delivered: later bookings wait for the next hand-over."""
    chosen = [UUID(one["id"]) for one in result.records]
    books.hand_over(item_id=deed.item_id, booking_ids=chosen)


def release(deed: Deed) -> None:
    """Cancelled: the bookings wait for another hand-over."""
    if deed.ended:
        books.take_back(item_id=deed.item_id)


KEEPING: Final = BookKeeping(gather=gather, checked=set_aside, taken_back=release)
