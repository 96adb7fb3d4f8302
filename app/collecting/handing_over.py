"""Hand our own bookings to the tax adviser: a DATEV batch of what was not handed over before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from app.audit import actions as audit
from app.billing import parties
from app.books.datev.batch import Batch, batch_file
from app.books.datev.rules import year_start
from app.collecting import gathering
from app.collecting.accounting import ACCOUNTS, CHARTS, LONGEST, SHORTEST, Entry, Ledger
from app.collecting.export_models import Bookkeeping, DatevExport, ExportedBooking
from app.collecting.gathering import Span
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from tenants.db import db

MOST = 99_999
"""Bookings that DATEV takes in one file; what is more waits for the next."""
_LOCK = func.hashtextextended("collecting.handing_over", 0)


def ledger() -> Ledger | None:
    """Our books at the tax adviser's; None while nobody has named them."""
    row = db.session.get(Bookkeeping, 1)
    if row is None:
        return None
    names = set(Ledger.__dataclass_fields__)
    return Ledger(**{name: getattr(row, name) for name in names})


def proposed(chart: str = "SKR04") -> Ledger:
    """What the form begins with: a chart's accounts, beside what is kept of the rest."""
    known = ledger() or Ledger(
        adviser=0, client=0, chart=chart, account_length=4, first_month=1, is_locked=False,
        accounts={},
    )  # fmt: skip
    return replace(known, chart=chart, account_length=4, accounts=dict(CHARTS[chart]))


def keep(*, actor: Actor, books: Ledger) -> None:
    """Name the books; what was handed over stays as it was. Raises Forbidden, Invalid."""
    actor.require(Permission.INVOICE_MANAGE)
    if wrong := _wrong(books):
        raise Invalid(fields=wrong)
    db.session.merge(Bookkeeping(id=1, **asdict(books)))
    db.session.flush()
    audit.record_provider(
        actor=actor, verb="billing.bookkeeping_set", subject_type="bookkeeping", subject_id=1,
        detail={"chart": books.chart},
    )  # fmt: skip


def _wrong(books: Ledger) -> dict[str, list[Text]]:
    wrong: dict[str, list[Text]] = {}
    if not 1000 <= books.adviser <= 9_999_999:
        wrong["adviser"] = [Text("The adviser's number has 4 to 7 digits.")]
    if not 1 <= books.client <= 99_999:
        wrong["client"] = [Text("The number at the adviser has 1 to 5 digits.")]
    if books.chart not in CHARTS:
        wrong["chart"] = [Text("Please choose a chart of accounts.")]
    if not SHORTEST <= books.account_length <= LONGEST:
        wrong["account_length"] = [Text("Between 4 and 8 digits.")]
    if not 1 <= books.first_month <= 12:
        wrong["first_month"] = [Text("Between 1 and 12.")]
    for name in ACCOUNTS:
        number = books.accounts.get(name, "")
        if not (number.isdecimal() and SHORTEST <= len(number) <= max(books.account_length, 4)):
            wrong[f"account-{name}"] = [Text("An account has as many digits as the chart says.")]
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an export of the span would hand over."""

    waiting: Sequence[Entry]
    unfit: Sequence[Entry]
    """What cannot be handed over, each with its reason (`lacks`)."""
    known: int
    """How many bookings of the span were handed over before."""
    before: Sequence[DatevExport]
    """By which exports."""

    @property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Kind → count and sum."""
        return counts(self.waiting)


def counts(found: Sequence[Entry]) -> dict[str, dict[str, int]]:
    """Kind → `{"count", "minor"}`."""
    sums: dict[str, dict[str, int]] = {}
    for one in found:
        of_kind = sums.setdefault(one.kind.value, {"count": 0, "minor": 0})
        of_kind["count"] += 1
        of_kind["minor"] += one.amount_minor
    return sums


def preview(span: Span, books: Ledger) -> Preview:
    """What waits, what cannot go, and what has gone already. In the provider's books."""
    done = dict(
        db.session.execute(
            select(ExportedBooking.key, ExportedBooking.export_id).where(
                ExportedBooking.booked_on.between(span.since, span.until)
            )
        ).all()
    )
    new = [one for one in gathering.entries(span, books) if one.key not in done]
    exports = select(DatevExport).where(DatevExport.id.in_(set(done.values())))
    return Preview(
        waiting=[one for one in new if not one.lacks],
        unfit=[one for one in new if one.lacks],
        known=len(done),
        before=db.session.scalars(exports.order_by(DatevExport.number)).all(),
    )


def span_of(since: date, until: date, books: Ledger) -> Span:
    """The days of one file. Raises Invalid for none, and where a fiscal year ends within them."""
    if until < since:
        raise Invalid(fields={"until": [Text("The last day lies before the first.")]})
    years = {year_start(day, first_month=books.first_month) for day in (since, until)}
    if len(years) > 1:
        raise Invalid(fields={"until": [Text("A file holds days of one fiscal year only.")]})
    return Span(since=since, until=until)


def export(*, actor: Actor, since: date, until: date) -> DatevExport:
    """Make the file of what was not handed over before; each booking is in one file only.

    Raises Forbidden, Invalid, and Conflict where there is nothing or the books are not named.
    """
    actor.require(Permission.INVOICE_MANAGE)
    books = ledger()
    if books is None:
        raise Conflict("Please name the books at the tax adviser first.")
    span = span_of(since, until, books)
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = sorted(preview(span, books).waiting, key=lambda one: (one.booked_on, one.key))[:MOST]
    if not found:
        raise Conflict("There is nothing of these days that was not handed over before.")
    made = _made(found, span, books, actor=actor)
    db.session.add(made)
    db.session.flush()
    db.session.execute(
        insert(ExportedBooking), [{**asdict(one), "export_id": made.id} for one in found]
    )
    audit.record_provider(
        actor=actor, verb="billing.bookings_exported", subject_type="datev_export",
        subject_id=made.id, detail={"number": made.number, "bookings": made.bookings},
    )  # fmt: skip
    return made


def _made(found: Sequence[Entry], span: Span, books: Ledger, *, actor: Actor) -> DatevExport:
    number = (db.session.scalar(select(func.max(DatevExport.number))) or 0) + 1
    batch = Batch(
        adviser=books.adviser,
        client=books.client,
        year_start=year_start(span.since, first_month=books.first_month),
        account_length=books.account_length,
        since=span.since,
        until=span.until,
        name=f"Ausgang {span.since:%m/%Y} Nr. {number}",
        chart=books.chart,
        created_at=now(),
        locked=books.is_locked,
    )
    content = batch_file(batch, [_row(one) for one in found])
    prefix = parties.seller().number_prefix
    return DatevExport(
        id=new_id(),
        number=number,
        since=span.since,
        until=span.until,
        chart=books.chart,
        bookings=len(found),
        counts=counts(found),
        total_minor=sum(one.amount_minor for one in found),
        name=f"EXTF_Buchungsstapel_{prefix}_{span.since:%Y%m%d}_{span.until:%Y%m%d}_{number}.csv",
        sha256=sha256(content).hexdigest(),
        content=content,
        created_at=now(),
        created_by=actor.name,
    )


def _row(one: Entry) -> dict[str, Any]:
    """As the file's writer takes it."""
    plain = replace(one, text=one.text.strip())
    return {
        **asdict(plain),
        "booked_on": one.booked_on.isoformat(),
        "tax_key": "",
        "cost_centre": "",
    }


def exports() -> Sequence[DatevExport]:
    """Every file that was made, the newest first."""
    return db.session.scalars(select(DatevExport).order_by(DatevExport.number.desc())).all()


def made(export_id: UUID) -> DatevExport:
    """One of them. Raises NotFound."""
    found = db.session.get(DatevExport, export_id)
    if found is None:
        raise NotFound("There is no such file.")
    return found


def bookings_of(export_id: UUID) -> Sequence[ExportedBooking]:
    """What is in a file, in its order."""
    query = select(ExportedBooking).where(ExportedBooking.export_id == export_id)
    return db.session.scalars(query.order_by(ExportedBooking.booked_on, ExportedBooking.key)).all()
