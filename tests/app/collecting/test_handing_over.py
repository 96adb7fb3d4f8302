"""Our own bookings to the tax adviser: each once, equal sums, corrections as reversals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.billing.actions import correcting, payments
from app.billing.invoice_models import Invoice
from app.books.datev.batch import ENCODING, read_back
from app.collecting import accounting, fees, handing_over
from app.collecting.accounting import CHARTS, Billed, BookingKind, Entry, Ledger
from app.collecting.models import StripeFee
from app.identity.permissions import Permission
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.kernel.ids import new_id
from app.kernel.money import Money
from tenants.db import db, transaction
from tests.app.collecting.conftest import named
from tests.factories import billing_book
from tests.factories.bills import Firm
from tests.factories.fake_stripe import CARD, FakeStripe

BOOKS = Ledger(
    adviser=1001, client=456, chart="SKR04", account_length=4, first_month=1, is_locked=False,
    accounts=dict(CHARTS["SKR04"]),
)  # fmt: skip
FINANCE = replace(
    billing_book.ROSA, permissions=billing_book.ROSA.permissions | {Permission.PAYMENT_RECORD}
)
YEARS = iter(range(2001, 2020))
"""A year of its own for each test: an export is of all clients."""
DEBTORS = "10000"


@pytest.fixture
def year(app: Flask) -> int:
    with app.app_context(), transaction():
        handing_over.keep(actor=FINANCE, books=BOOKS)
    return next(YEARS)


@pytest.fixture
def billed(app: Flask, firm: Firm, year: int) -> Callable[..., UUID]:
    """An invoice of the year's January, of a client with an account of its own."""
    with app.app_context(), transaction():
        billing_book.set_parties(firm.ref, name=f"Müller & Söhne {firm.ref.code}")

    def made(*, day: int = 15, **more: Any) -> UUID:
        with freeze(datetime(year, 1, day, 12, tzinfo=UTC)):
            key = firm.invoice(**more)
        with app.app_context(), transaction():
            db.session.get_one(Invoice, key).buyer = {"name": "Müller & Söhne", "vat_id": "AT1"}
        return key

    return made


def paid(key: UUID, minor: int, at: datetime, source: str) -> None:
    with transaction():
        payments.record_payment(
            actor=SYSTEM, invoice_id=key, amount=Money(minor, "EUR"), at=at, source=source
        )


def january(year: int) -> dict[str, date]:
    return {"since": date(year, 1, 1), "until": date(year, 1, 31)}


def exported(year: int) -> Any:
    with transaction():
        return handing_over.export(actor=FINANCE, **january(year))


def balances(content: bytes) -> dict[str, int]:
    """Account → debit less credit, as another program reads the file."""
    sums: dict[str, int] = {}
    for debit, credit, minor, _day in read_back(content):
        sums[debit] = sums.get(debit, 0) + minor
        sums[credit] = sums.get(credit, 0) - minor
    return sums


def debtor(firm: Firm) -> str:
    with firm.app.app_context():
        from app.billing.party_models import BillTo

        return str(db.session.get_one(BillTo, firm.ref.id).debtor_account)


def test_the_file_says_what_the_books_say(
    app: Flask, firm: Firm, year: int, billed: Callable[..., UUID]
) -> None:
    first, second = billed(net=10_000, vat=1_900), billed(net=20_000, vat=3_800, day=31)
    with app.app_context():
        paid(first, 11_900, datetime(year, 1, 20, tzinfo=UTC), "stripe:pi_1")
        paid(first, -1_900, datetime(year, 1, 21, tzinfo=UTC), "stripe:re_1")
        paid(second, 5_000, datetime(year, 1, 31, 22, 59, tzinfo=UTC), "bank:1")
        paid(second, 18_800, datetime(year, 1, 31, 23, 1, tzinfo=UTC), "bank:2")  # February here
        with transaction():
            db.session.add(
                StripeFee(
                    transaction_id=f"txn_{year}", kind="charge", fee_minor=204, currency="EUR",
                    at=datetime(year, 1, 20, tzinfo=UTC), noted_at=now(),
                )
            )  # fmt: skip
        made = exported(year)
        assert balances(made.content) == {
            debtor(firm): 11_900 + 23_800 - 11_900 + 1_900 - 5_000,
            "4400": -11_900 - 23_800,
            "1460": 11_900 - 1_900 - 204,
            "1800": 5_000,
            "6855": 204,
        }
        assert {kind: sum_["count"] for kind, sum_ in made.counts.items()} == {
            "invoice": 2, "payment": 2, "refund": 1, "fee": 1,
        }  # fmt: skip
        assert made.bookings == len(list(read_back(made.content))) == 6
        text = made.content.decode(ENCODING)
        assert text.startswith('"EXTF";700;21;"Buchungsstapel";13;')
        assert f";1001;456;{year}0101;4;{year}0101;{year}0131;" in text
        assert "Müller & Söhne 10/2026" in text


def test_each_booking_is_handed_over_once_and_a_later_one_in_the_next_file(
    app: Flask, firm: Firm, year: int, billed: Callable[..., UUID]
) -> None:
    key = billed()
    with app.app_context():
        first = exported(year)
        with pytest.raises(Conflict, match="nothing of these days"):
            exported(year)
        paid(key, 11_900, datetime(year, 1, 20, tzinfo=UTC), "bank:late")
        span = handing_over.span_of(**january(year), books=BOOKS)
        seen = handing_over.preview(span, BOOKS)
        assert (seen.known, [one.number for one in seen.before]) == (1, [first.number])
        second = exported(year)
        assert balances(second.content) == {"1800": 11_900, debtor(firm): -11_900}
        assert second.number == first.number + 1
        assert handing_over.made(first.id).content == first.content


def test_two_people_at_once_hand_it_over_once(
    app: Flask, year: int, billed: Callable[..., UUID]
) -> None:
    billed()

    def one(_: int) -> int:
        with app.app_context():
            try:
                return int(exported(year).bookings)
            except Conflict:
                return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [0, 0, 0, 1]


def test_what_takes_an_invoice_back_is_its_reversal(
    app: Flask, firm: Firm, year: int, billed: Callable[..., UUID]
) -> None:
    key = billed()
    with app.app_context():
        exported(year)
        with transaction():
            correction = correcting.correct(actor=FINANCE, invoice_id=key, reason="wrong")
            correction.number, correction.state = f"K-{key}", "issued"
            correction.issued_on = date(year, 1, 30)
            correction.buyer = {"name": "Müller"}
        made = exported(year)
        assert balances(made.content) == {"4400": 11_900, debtor(firm): -11_900}
        (entry,) = handing_over.bookings_of(made.id)
        assert entry.kind is BookingKind.CORRECTION
        assert entry.text.startswith("Müller Korrektur zu T-")


def test_what_has_no_account_or_other_money_is_left_out_and_named(
    app: Flask, year: int, billed: Callable[..., UUID]
) -> None:
    billed(currency="CHF")
    odd = billed(net=100, vat=16)
    with app.app_context():
        with transaction():
            db.session.get_one(Invoice, odd).vat_groups = [
                {"category": "S", "percent": "16", "net_minor": 100, "vat_minor": 16}
            ]
        seen = handing_over.preview(handing_over.span_of(**january(year), books=BOOKS), BOOKS)
        assert sorted(one.lacks for one in seen.unfit) == ["account", "currency"]
        assert not seen.waiting


def test_who_may_and_what_is_refused(app: Flask, year: int) -> None:
    nobody = replace(FINANCE, permissions=frozenset())
    with app.app_context(), transaction():
        with pytest.raises(Forbidden):
            handing_over.export(actor=nobody, **january(year))
        with pytest.raises(Forbidden):
            handing_over.keep(actor=nobody, books=BOOKS)
        with pytest.raises(Invalid):
            handing_over.export(actor=FINANCE, since=date(year, 12, 1), until=date(year + 1, 1, 31))
        with pytest.raises(Invalid) as faulty:
            handing_over.keep(
                actor=FINANCE, books=replace(BOOKS, adviser=1, accounts={"bank": "x"})
            )
        assert {"adviser", "account-bank", "account-S:19"} <= set(faulty.value.fields)


def test_longer_accounts_are_filled_up(year: int) -> None:
    books = replace(BOOKS, account_length=6)
    assert (books.account("S:19"), books.debtor(10_001)) == ("440000", "1000100")


GROUPS = st.lists(
    st.tuples(
        st.sampled_from([("S", "19"), ("S", "7.00"), ("AE", "0"), ("E", "0")]),
        st.integers(-50_000, 500_000),
        st.integers(0, 90_000),
    ),
    max_size=4,
    unique_by=lambda one: one[0],
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups=GROUPS, is_correction=st.booleans())
def test_the_bookings_of_an_invoice_come_to_its_gross(
    groups: list[Any], *, is_correction: bool
) -> None:
    sign = -1 if is_correction else 1
    rows = [
        {"category": kind, "percent": rate, "net_minor": sign * net, "vat_minor": sign * vat}
        for (kind, rate), net, vat in groups
    ]
    one = Billed(
        id=new_id(), tenant_id=1, number="RE-1", issued_on=date(2026, 1, 1),
        period=date(2025, 12, 1), currency="EUR",
        gross_minor=sum(row["net_minor"] + row["vat_minor"] for row in rows), vat_groups=rows,
        is_correction=is_correction, corrects="RE-0", buyer="A", vat_id="AT1", debtor=10_000,
    )  # fmt: skip
    found = list(accounting.of_invoice(one, BOOKS))
    assert all(entry.amount_minor > 0 and not entry.lacks for entry in found)
    assert sum(_signed(entry) for entry in found) == one.gross_minor
    assert len({entry.key for entry in found}) == len(found)
    assert all(bool(entry.vat_id) == entry.key.endswith("AE:0") for entry in found)


def _signed(entry: Entry) -> int:
    return entry.amount_minor if entry.debit == DEBTORS else -entry.amount_minor


def test_fees_that_are_charged_by_themselves_are_known_by_their_kind(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = new_id().hex
    moved = [
        {
            "id": f"{kind}_{word}", "type": kind, "amount": -150, "fee": 0, "currency": "eur",
            "created": int(datetime(1999, 5, 4, tzinfo=UTC).timestamp()),
        }
        for kind in ("stripe_fee", "stripe_fx_fee", "tax_fee", "payout")
    ]  # fmt: skip
    door = SimpleNamespace(listed=lambda kind, **chosen: iter(moved))
    monkeypatch.setattr(fees.stripe, "door", lambda: door)
    with app.app_context():
        assert fees.learn() == 3
        query = select(StripeFee.kind, StripeFee.fee_minor).where(
            StripeFee.transaction_id.in_([one["id"] for one in moved])
        )
        assert dict(db.session.execute(query).all()) == dict.fromkeys(
            ("stripe_fee", "stripe_fx_fee", "tax_fee"), 150
        )


def test_stripes_fees_are_learned_once(app: Flask, firm: Firm, fake: FakeStripe, tell: Any) -> None:
    named(firm, fake, "card", CARD, tell)
    firm.push(firm.invoice())
    charge = next(one for one in fake.client().v1.balance_transactions.list({"limit": 1}).data)
    with app.app_context():
        assert fees.learn() >= 1
        assert fees.learn() == 0
        query = select(StripeFee).where(StripeFee.transaction_id == charge.id)
        (fee,) = db.session.scalars(query).all()
        assert (fee.fee_minor, fee.currency, fee.kind) == (204, "EUR", "charge")
        assert abs(fee.at - now()) < timedelta(days=400)
