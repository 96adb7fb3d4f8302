"""A year of a provider with everything that can go wrong between it and Stripe, from one seed.

Every kind of contract, work by chance, rated, approved, issued and collected; each month two
processes are killed: one that rates or issues, one that brings invoices to Stripe.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from urllib.error import HTTPError
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select

from app.adapters import stripe
from app.billing.actions import approving, months
from app.billing.invoice_models import Invoice, RatingRun
from app.billing.models import UsageEntry
from app.billing.rules.kinds import InvoiceState, RunState
from app.billing.rules.terms import Month
from app.collecting import customers, inbox, looking, pushing
from app.jobs.running import Ending
from app.kernel.clock import freeze, now
from config import Settings
from tenants import opening
from tenants.db import db, transaction
from tests.factories import billing_book
from tests.factories.beating_door import BeatingDoor
from tests.factories.billing_book import EMIL, ROSA
from tests.factories.bills import Firm, give_on, work_off
from tests.factories.contract_kinds import KINDS, some_conditions, some_work
from tests.factories.fake_stripe import (
    CARD,
    CARD_DECLINED,
    CARD_DISPUTED,
    IBAN,
    IBAN_DISPUTED,
    IBAN_FAILS,
    FakeStripe,
)
from tests.factories.killed import Beat, killed_while

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
_LATER = 0.01
"""Seconds at most between what is counted and the death: a client's transaction, a request."""


@dataclass(slots=True, kw_only=True)
class Year:
    """One run; the same seed makes the same decisions."""

    app: Flask
    settings: Settings
    fake: FakeStripe
    door: BeatingDoor
    seed: int
    clients: int
    months: int
    firms: list[Firm] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    crashes: int = 0
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311  decisions, no secrets

    @property
    def first(self) -> date:
        """Long ago, and two years apart: the numbers of these years are this run's alone."""
        return date(1900 + 2 * self.seed, 1, 1)

    def span(self) -> Iterator[Month]:
        """The months of the run."""
        month = Month(first=self.first)
        for _ in range(self.months):
            yield month
            month = Month(first=month.following)

    def live(self) -> None:
        """Live through it."""
        for number in range(self.clients):
            self._open(number)
        every = list(self.span())
        for month in every:
            self._perform(month, last=every[-1].last)
            self._bill(month)
            self._die_working()
            self._work()
            self.fake.do("calm")
            self._pay_and_take_back()
            self._deliver()
            self.fake.later(days=30)
            self._deliver()
        self.fake.later(weeks=8)
        self.fake.do("webhooks")
        with self.app.app_context():
            looking.catch_up()
        self._work()

    def _open(self, number: int) -> None:
        word = "y" + "".join(secrets.choice("abcdefgh") for _ in range(7))
        ref = opening.open_client(
            self.settings.database_direct_url, slug=word, name=word, code=word.upper(), at=now()
        )
        lines = KINDS[number % len(KINDS)](self.chance)
        with self.app.app_context(), transaction():
            billing_book.set_parties(ref, vat_id="ATU13585627")
            version = billing_book.agreed_terms(
                ref, *lines, valid_from=self.first, conditions=some_conditions(self.chance)
            )
            firm = Firm(app=self.app, ref=ref, version_id=version.id)
        self.firms.append(firm)
        self._name(firm)

    def _name(self, firm: Firm) -> None:
        kind, number = self.chance.choice(METHODS)
        with self.app.app_context():
            customer = customers.ensure(firm.ref.id)
            if not kind:
                return
            page = stripe.door().setup_page(
                customer=customer, success_url="http://x/", cancel_url="http://x/",
                is_german=True,
            )  # fmt: skip
        self.fake.do("checkout", session=page.rpartition("/")[2], kind=kind, number=number)

    def _perform(self, month: Month, *, last: date) -> None:
        rows = [
            row
            for firm in self.firms
            for row in some_work(self.chance, firm.ref.id, month, last=last)
        ]
        with self.app.app_context(), transaction():
            db.session.execute(insert(UsageEntry), rows)

    def _bill(self, month: Month) -> None:
        """Rate, approve, issue; one of the runs is killed, and somebody starts it again."""
        dies_at = {self.chance.choice(("rate", "issue")): self.chance.randint(1, self.clients)}
        with self.app.app_context(), freeze(_morning(month)):
            self._whole(months.rate_month, month, dies_at.get("rate", 0))
            with transaction():
                runs = select(RatingRun.state).where(RatingRun.tenant_id.in_(self._ids()))
                assert RunState.FAILED not in set(db.session.scalars(runs)), self.seed
                drafts = select(Invoice.id).where(
                    Invoice.tenant_id.in_(self._ids()), Invoice.state == InvoiceState.DRAFT
                )
                approving.approve(actor=EMIL, invoice_ids=db.session.scalars(drafts).all())
            self._whole(months.issue_month, month, dies_at.get("issue", 0))
        self._begin(month)

    def _whole(self, run: Callable[..., None], month: Month, dies_at: int) -> None:
        """As the job does it, one commit a client; first by a process that dies."""
        if dies_at:
            self._killed(lambda beat: _run(run, month, beat), beats=dies_at)
        _run(run, month, lambda: None)

    def _killed(self, step: Callable[[Beat], object], *, beats: int) -> None:
        killed_while(self.app, step, beats=beats, later=self.chance.uniform(0, _LATER))
        self.crashes += 1

    def _die_working(self) -> None:
        """A worker is killed before, while or after Stripe is asked; the relay gives its job on."""

        def step(beat: Beat) -> None:
            self.door.in_child(beat)
            work_off(self.app, most=10_000)

        self._killed(step, beats=self.chance.randint(1, 400))

    def _begin(self, month: Month) -> None:
        with self.app.app_context(), transaction():
            query = select(Invoice.id, Invoice.tenant_id).where(
                Invoice.tenant_id.in_(self._ids()), Invoice.period == month.first,
                Invoice.state == InvoiceState.ISSUED, Invoice.gross_minor > 0,
            )  # fmt: skip
            by_tenant = {firm.ref.id: firm for firm in self.firms}
            for key, tenant_id in db.session.execute(query.order_by(Invoice.number)):
                by_tenant[tenant_id].made.append(key)
                pushing.begin(key)
        for _ in range(self.clients // 4 + 1):
            self.fake.fault(
                self.chance.choice(PLACES), self.chance.choice(FAULTS),
                times=self.chance.randint(1, 4),
            )  # fmt: skip

    def _ids(self) -> list[int]:
        return [firm.ref.id for firm in self.firms]

    def _work(self) -> None:
        """Until nothing is left to be tried again; what a dead worker held is given to another."""
        for hours in range(_TRIES):
            with freeze(now() + timedelta(hours=7 * hours)):
                endings = work_off(self.app, most=10_000)
                if not give_on(self.app) and Ending.FAILED not in endings:
                    return
        raise AssertionError(f"jobs go on failing (seed {self.seed})")

    def _pay_and_take_back(self) -> None:
        client = self.fake.client()
        for firm in self.firms:
            for key in firm.made[-2:]:
                push = firm.push_row(key)
                assert push.stripe_id, (self.seed, push.state, push.reason)
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
        fresh = []
        for one in self.fake.client().v1.events.list({"limit": 100}).auto_paging_iter():
            if one.id in self.told:  # the newest come first
                break
            fresh.append(json.loads(str(one)))
        self.told |= {one["id"] for one in fresh}
        arriving = [one for one in fresh if self.chance.random() > 0.15]
        arriving += [one for one in fresh if self.chance.random() < 0.1]
        self.chance.shuffle(arriving)
        with self.app.app_context(), transaction():
            for event in arriving:
                inbox.keep(event, found_by="webhook")
        self._work()

    def made(self) -> list[UUID]:
        """Every invoice that asks for money."""
        return [key for firm in self.firms for key in firm.made]


def _run(run: Callable[..., None], month: Month, beat: Beat) -> None:
    def told(_done: int, _of: int) -> None:
        beat()
        db.session.commit()

    run(actor=ROSA, month=month, told=told)
    db.session.remove()


def _morning(month: Month) -> datetime:
    following = month.following
    return datetime(following.year, following.month, 3, 8, tzinfo=UTC)
