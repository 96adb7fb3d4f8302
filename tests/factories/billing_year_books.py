"""At the end of a simulated year: ledger, invoices, Stripe and bank say the same, to the cent."""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.billing.invoice_models import BilledEntry, Invoice, InvoiceLine, InvoicePayment
from app.billing.models import UsageEntry
from app.billing.rules.charges import IS_USAGE, ChargeKind
from app.billing.rules.kinds import InvoiceState
from app.collecting import looking, queries
from app.collecting.models import StripeEvent, StripePush
from app.collecting.rules import EventState, PushState
from tenants.db import db
from tests.factories.billing_year import Year
from tests.factories.bills import Firm

_UNITS = {*IS_USAGE, ChargeKind.INCLUDED}


def check(year: Year) -> None:
    """Everything; the seed stands in what is said of a difference."""
    where = f"seed {year.seed}"
    with year.app.app_context():
        tenants = [firm.ref.id for firm in year.firms]
        for tenant_id in tenants:
            _ledger_is_billed(tenant_id, where)
        _numbers_have_no_gap(tenants, year, where)
        _nothing_waits(year, where)
        looking.reconcile()
        mine = set(year.made())
        found = [one for one in queries.differences(most=10_000) if one.invoice_id in mine]
        assert found == [], (where, [(one.kind, one.ours, one.theirs) for one in found])
        booked = _booked(mine)
        for invoice in db.session.scalars(select(Invoice).where(Invoice.id.in_(mine))):
            assert invoice.amount_paid_minor == booked.get(invoice.id, 0), where
    for firm in year.firms:
        _once_each(year, firm, where)
    assert _bank(year) == sum(booked.values()), where


def _ledger_is_billed(tenant_id: int, where: str) -> None:
    """Every entry once on a live invoice; quantities, sums and taxes are those of the entries."""
    entries = db.session.scalars(select(UsageEntry).where(UsageEntry.tenant_id == tenant_id)).all()
    behind = select(BilledEntry.usage_entry_id).where(
        BilledEntry.tenant_id == tenant_id, BilledEntry.is_live, BilledEntry.is_first
    )
    billed = Counter(db.session.scalars(behind))
    assert billed == Counter(entry.id for entry in entries), where
    lines = db.session.scalars(select(InvoiceLine).where(InvoiceLine.tenant_id == tenant_id)).all()
    assert _units((one.service_key or "", one.quantity) for one in entries) == _units(
        ("" if line.kind == ChargeKind.HOURS else line.service_key, line.quantity)
        for line in lines
        if line.kind in _UNITS
    ), where
    for invoice in db.session.scalars(select(Invoice).where(Invoice.tenant_id == tenant_id)):
        mine = [line for line in lines if line.invoice_id == invoice.id]
        assert sum(line.net_minor for line in mine) == invoice.net_minor, where
        assert _tax(mine) == invoice.vat_minor == invoice.gross_minor - invoice.net_minor, where


def _units(found: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, quantity in found:
        sums[name] = sums.get(name, Decimal(0)) + quantity
    return {name: quantity for name, quantity in sums.items() if quantity}


def _tax(lines: list[InvoiceLine]) -> int:
    """Worked out again: once a rate, half up."""
    nets: dict[Decimal, int] = {}
    for line in lines:
        nets[line.vat_percent] = nets.get(line.vat_percent, 0) + line.net_minor
    return sum(
        int((net * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
        for percent, net in nets.items()
    )


def _numbers_have_no_gap(tenants: list[int], year: Year, where: str) -> None:
    numbers = db.session.scalars(
        select(Invoice.number).where(Invoice.tenant_id.in_(tenants), Invoice.number != "")
    ).all()
    by_year: dict[str, list[int]] = {}
    for number in numbers:
        _, of_year, count = number.split("-")
        by_year.setdefault(of_year, []).append(int(count))
    assert set(by_year) <= {str(year.first.year), str(year.first.year + 1)}, where
    for counts in by_year.values():
        assert sorted(counts) == list(range(1, len(counts) + 1)), where
    unsent = select(func.count()).where(
        Invoice.tenant_id.in_(tenants),
        Invoice.state.in_((InvoiceState.DRAFT, InvoiceState.APPROVED)),
    )
    assert db.session.scalar(unsent) == 0, where


def _nothing_waits(year: Year, where: str) -> None:
    waiting = db.session.scalar(
        select(func.count()).where(
            StripeEvent.state == EventState.RECEIVED, StripeEvent.event_id.in_(year.told)
        )
    )
    assert waiting == 0, where
    blocked = select(StripePush).where(
        StripePush.tenant_id.in_([firm.ref.id for firm in year.firms]),
        StripePush.state != PushState.PUSHED,
    )
    assert [row.reason for row in db.session.scalars(blocked)] == [], where


def _booked(keys: set[UUID]) -> dict[UUID, int]:
    sums = select(InvoicePayment.invoice_id, func.sum(InvoicePayment.amount_minor))
    chosen = sums.where(InvoicePayment.invoice_id.in_(keys)).group_by(InvoicePayment.invoice_id)
    return {key: int(total) for key, total in db.session.execute(chosen)}


def _once_each(year: Year, firm: Firm, where: str) -> None:
    customer = firm.customer().customer_id
    theirs = year.fake.client().v1.invoices.list({"customer": customer, "limit": 100})
    seen: list[tuple[Any, Any]] = [
        (one.number, one.total) for one in theirs.auto_paging_iter() if one.status != "draft"
    ]
    ours = [(row.number, row.gross_minor) for row in map(firm.seen, firm.made)]
    assert sorted(seen) == sorted(ours), where


def _bank(year: Year) -> int:
    """What Stripe holds of our payments, and of transfers too short for their invoice."""
    client = year.fake.client()
    held = sum(one.amount for one in client.v1.balance.retrieve().available)
    for firm in year.firms:
        customer = firm.customer().customer_id
        rows = client.v1.customers.cash_balance_transactions.list(customer, {"limit": 100})
        for row in rows.auto_paging_iter():
            if row.applied_to_payment is not None:
                intent = str(row.applied_to_payment.payment_intent)
                if client.v1.payment_intents.retrieve(intent).status != "succeeded":
                    held -= row.net_amount
    return held
