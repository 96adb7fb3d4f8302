"""A year of invoices with everything that can go wrong between us and Stripe, from one seed."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.error import HTTPError
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.billing.invoice_models import Invoice, InvoicePayment
from app.collecting import customers, inbox, looking, queries
from app.collecting.models import StripeEvent, StripePush
from app.collecting.rules import EventState, PushState
from app.jobs.running import Ending
from app.kernel.clock import freeze, now
from config import Settings
from tenants.db import db, transaction
from tests.factories.bills import Firm, a_firm, work_off
from tests.factories.fake_stripe import (
    CARD,
    CARD_DECLINED,
    CARD_DISPUTED,
    IBAN,
    IBAN_DISPUTED,
    IBAN_FAILS,
    FakeStripe,
)

FAULTS = ("error_500", "rate_limit", "executed_then_dropped", "drop")
PLACES = (
    "POST /v1/invoices$", "POST /v1/invoiceitems", "finalize", "/pay$", "/send$",
    "POST /v1/customers$", "GET /v1/invoices/", "GET /v1/invoice_payments",
)  # fmt: skip
METHODS = (
    ("card", CARD), ("card", CARD_DECLINED), ("card", CARD_DISPUTED),
    ("sepa_debit", IBAN), ("sepa_debit", IBAN_FAILS), ("sepa_debit", IBAN_DISPUTED),
    ("", ""),
)  # fmt: skip
_TRIES = 12


@dataclass(slots=True, kw_only=True)
class Year:
    """One run; the same seed makes the same decisions."""

    app: Flask
    settings: Settings
    fake: FakeStripe
    seed: int
    clients: int
    months: int
    firms: list[Firm] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311  decisions, no secrets

    def live(self) -> None:
        """Live through it."""
        for _ in range(self.clients):
            self.firms.append(a_firm(self.app, self.settings))
            self._name(self.firms[-1])
        for _ in range(self.months):
            for firm in self.firms:
                self._bill(firm)
            self._work()
            self._pay_and_take_back()
            self._deliver()
            self.fake.later(days=30)
            self._deliver()
        self.fake.later(weeks=8)
        self.fake.do("webhooks")
        self._look()

    def _name(self, firm: Firm) -> None:
        kind, number = self.chance.choice(METHODS)
        with self.app.app_context():
            customer = customers.ensure(firm.ref.id)
            if not kind:
                return
            from app.adapters import stripe

            page = stripe.door().setup_page(
                customer=customer, success_url="http://x/", cancel_url="http://x/",
                is_german=True,
            )  # fmt: skip
        self.fake.do("checkout", session=page.rpartition("/")[2], kind=kind, number=number)

    def _bill(self, firm: Firm) -> None:
        lines = [self.chance.randint(1, 90_000) for _ in range(self.chance.randint(1, 5))]
        vat = (sum(lines) * 19 + 50) // 100
        key = firm.invoice(lines=lines, vat=vat, charged=self.chance.random() < 0.7)
        firm.begin(key)
        if self.chance.random() < 0.4:
            self.fake.fault(
                self.chance.choice(PLACES), self.chance.choice(FAULTS),
                times=self.chance.randint(1, 4),
            )  # fmt: skip

    def _work(self) -> None:
        """Until nothing is left to be tried again."""
        for hours in range(_TRIES):
            with freeze(now() + timedelta(hours=7 * hours)):
                if Ending.FAILED not in work_off(self.app):
                    return
        raise AssertionError(f"jobs go on failing (seed {self.seed})")

    def _pay_and_take_back(self) -> None:
        client = self.fake.client()
        for firm in self.firms:
            for key in firm.made[-2:]:
                push = firm.push_row(key)
                theirs = client.v1.invoices.retrieve(str(push.stripe_id))
                if theirs.status == "open" and self.chance.random() < 0.6:
                    self._pay(firm, theirs)
                if theirs.status == "paid" and self.chance.random() < 0.2:
                    self._refund(client, theirs)

    def _pay(self, firm: Firm, theirs: Any) -> None:
        if theirs.collection_method == "send_invoice":
            amount = self.chance.choice((theirs.total, theirs.total // 2 or 1, theirs.total + 500))
            customer = firm.customer().customer_id
            self.fake.do("transfer", customer=customer, amount=amount, currency="eur")
            return
        try:
            self.fake.do("pay", invoice=theirs.id, kind="card", number=CARD)
        except HTTPError:
            return  # its direct debit is on its way

    def _refund(self, client: Any, theirs: Any) -> None:
        for payment in client.v1.invoice_payments.list({"invoice": theirs.id}).data:
            intent = str(payment.payment.payment_intent)
            if (
                payment.status == "paid"
                and not client.v1.disputes.list({"payment_intent": intent}).data
            ):
                part = max(1, payment.amount_paid // 3)
                client.v1.refunds.create({"payment_intent": intent, "amount": part})

    def _deliver(self) -> None:
        """What has happened is told: out of order, some twice, some never."""
        client = self.fake.client()
        every = [json.loads(str(one)) for one in
                 client.v1.events.list({"limit": 100}).auto_paging_iter()]  # fmt: skip
        fresh = [one for one in every if one["id"] not in self.told]
        self.told |= {one["id"] for one in fresh}
        arriving = [one for one in fresh if self.chance.random() > 0.15]
        arriving += [one for one in fresh if self.chance.random() < 0.1]
        self.chance.shuffle(arriving)
        with self.app.app_context(), transaction():
            for event in arriving:
                inbox.keep(event, found_by="webhook")
        self._work()

    def _look(self) -> None:
        with self.app.app_context():
            looking.catch_up()
        self._work()

    def check(self) -> None:
        """Ledger, invoices, Stripe and bank say the same to the cent, each invoice once."""
        keys = [key for firm in self.firms for key in firm.made]
        where = f"seed {self.seed}"
        with self.app.app_context():
            self._nothing_waits(where)
            looking.reconcile()
            mine = set(keys)
            found = [one for one in queries.differences(most=10_000) if one.invoice_id in mine]
            assert found == [], (where, [(one.kind, one.ours, one.theirs) for one in found])
            booked = self._booked(keys)
            for invoice in db.session.scalars(select(Invoice).where(Invoice.id.in_(keys))):
                assert invoice.amount_paid_minor == booked.get(invoice.id, 0), where
        for firm in self.firms:
            self._once_each(firm, where)
        assert self._bank() == sum(booked.values()), where

    def _nothing_waits(self, where: str) -> None:
        waiting = db.session.scalar(
            select(func.count()).where(
                StripeEvent.state == EventState.RECEIVED, StripeEvent.event_id.in_(self.told)
            )
        )
        assert waiting == 0, where
        blocked = select(StripePush).where(
            StripePush.tenant_id.in_([firm.ref.id for firm in self.firms]),
            StripePush.state != PushState.PUSHED,
        )
        assert [row.reason for row in db.session.scalars(blocked)] == [], where

    def _booked(self, keys: list[UUID]) -> dict[UUID, int]:
        sums = select(InvoicePayment.invoice_id, func.sum(InvoicePayment.amount_minor))
        chosen = sums.where(InvoicePayment.invoice_id.in_(keys))
        return {key: int(total) for key, total in db.session.execute(
            chosen.group_by(InvoicePayment.invoice_id))}  # fmt: skip

    def _once_each(self, firm: Firm, where: str) -> None:
        customer = firm.customer().customer_id
        theirs = self.fake.client().v1.invoices.list({"customer": customer, "limit": 100})
        numbers = [one.number for one in theirs.auto_paging_iter() if one.status != "draft"]
        ours = [firm.seen(key).number for key in firm.made]
        assert sorted(map(str, numbers)) == sorted(ours), where

    def _bank(self) -> int:
        """What Stripe holds of our payments, and of transfers too short for their invoice."""
        client = self.fake.client()
        held = sum(one.amount for one in client.v1.balance.retrieve().available)
        for firm in self.firms:
            customer = firm.customer().customer_id
            rows = client.v1.customers.cash_balance_transactions.list(customer, {"limit": 100})
            for row in rows.auto_paging_iter():
                if row.applied_to_payment is not None:
                    intent = str(row.applied_to_payment.payment_intent)
                    if client.v1.payment_intents.retrieve(intent).status != "succeeded":
                        held -= row.net_amount
        return held
