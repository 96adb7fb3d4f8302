"""A reconciliation in the client's books: lines are kept when read, and booked when accepted."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from app.books import actions as books
from app.books import queries
from app.books.entries import BookingEntry, LineEntry
from app.books.models import BankLine, OpenItem, OpenKind
from app.catalogue.service import BookKeeping
from app.catalogue.steps import Deed, StepResult
from app.kernel.sandbox import progress
from app.services.reconciliation.journal import (
    Journal,
    decided,
    decisions_of,
    journal_of,
)
from app.services.reconciliation.ledger import accounts_of

AT_ONCE: Final = 2_000
"""Lines booked at a time; a statement with more is booked by a job."""
REMEMBERED: Final = timedelta(days=400)
"""Statements older than this are not expected again."""


def gather(deed: Deed) -> Mapping[str, Any]:
    """What is open and ordered; once the statement was read, its lines."""
    lines = queries.lines_of(deed.item_id)
    if lines or deed.values:
        return {"lines": [_line(one) for one in lines]}
    orders = queries.ordered_payments()
    return {
        "open_items": [_owed(one) for one in queries.open_items()],
        "orders": [
            {
                "end_to_end_id": one.end_to_end_id,
                "amount": one.amount_minor,
                "currency": one.currency,
                "file": str(one.item_id),
                "file_number": one.number,
                "execute_on": one.execute_on.isoformat(),
                "open_item_id": str(one.open_item_id or ""),
            }
            for one in orders
        ],
        "known": list(queries.last_line_fingerprints(since=deed.at.date() - REMEMBERED)),
    }


def _owed(one: OpenItem) -> dict[str, Any]:
    sign = -1 if one.kind is OpenKind.PAYABLE else 1
    untouched = one.paid_minor == 0
    return {
        "id": str(one.id),
        "kind": str(one.kind),
        "expected": sign * (one.amount_minor - one.paid_minor),
        "currency": one.currency,
        "party": one.party,
        "iban": one.iban,
        "number": one.reference,
        "account": one.account,
        "discount": sign * one.discount_minor if untouched else 0,
        "discount_until": one.discount_until and one.discount_until.isoformat(),
    }


def _line(one: BankLine) -> dict[str, Any]:
    return {
        "position": one.position,
        "booked_on": one.booked_on.isoformat(),
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "party": one.party,
        "purpose": one.purpose,
        "end_to_end_id": one.end_to_end_id,
        "match": one.match,
        "statement": one.statement,
    }


def keep(deed: Deed, result: StepResult) -> None:
    """The automation has read the lines: they are in the books, not booked yet."""
    entries = [
        LineEntry(
            **{key: value for key, value in record.items() if key not in ("position", "booked_on")},
            booked_on=date.fromisoformat(record["booked_on"]),
        )
        for record in result.records
    ]
    books.keep_lines(item_id=deed.item_id, entries=entries)


def takes_long(deed: Deed) -> bool:
    """Whether there are more lines than a request waits for."""
    return queries.count_lines(deed.item_id) > AT_ONCE


def book(deed: Deed) -> None:
    """The client took the result: journal entries, and what is paid is no longer open.

    Part after part in the lines' order; a part is booked with its lines, so it is booked once.
    """
    of = queries.count_lines(deed.item_id)
    done = of - queries.count_lines(deed.item_id, booked=False)
    while lines := [_line(one) for one in queries.lines_to_book(deed.item_id, most=AT_ONCE)]:
        _book_part(deed, lines)
        done += len(lines)
        progress(done, of)


def _book_part(deed: Deed, lines: Sequence[dict[str, Any]]) -> None:
    by_position = {line["position"]: line for line in lines}
    decisions = {
        position: decision
        for position, decision in decisions_of(deed.values["doubtful"]).items()
        if position in by_position
    }
    journal = journal_of(lines, decisions, accounts=accounts_of(deed.values))
    books.decide_lines(
        item_id=deed.item_id,
        decisions={
            position: decided(by_position[position]["match"], decision)
            for position, decision in decisions.items()
        },
    )
    books.book_lines(
        item_id=deed.item_id,
        until=max(by_position),
        paid=_of_the_books(journal),
        end_to_end_ids=journal.orders,
    )
    books.book(
        item_id=deed.item_id,
        number=deed.number,
        entries=[
            BookingEntry(
                booked_on=date.fromisoformat(by_position[one.position]["booked_on"]),
                amount_minor=one.amount,
                currency=by_position[one.position]["currency"],
                debit=one.debit,
                credit=one.credit,
                reference=one.reference,
                text=one.text,
            )
            for one in journal.entries
        ],
    )


def _of_the_books(journal: Journal) -> dict[UUID, int]:
    """Without items of a list that somebody sent: they are kept elsewhere."""
    return {
        UUID(open_item): paid
        for open_item, paid in journal.paid.items()
        if not open_item.startswith("list:")
    }


def forget(deed: Deed) -> None:
    """Cancelled: the lines may come again with another order."""
    if deed.ended:
        books.forget_lines(item_id=deed.item_id)


KEEPING: Final = BookKeeping(
    gather=gather, checked=keep, taken_back=forget, accepted=book, takes_long=takes_long
)
