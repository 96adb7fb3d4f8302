"""Issued invoices of a client of the tests' own, and the workers' hand for what follows."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice, InvoiceLine, InvoicePayment
from app.billing.rules.kinds import Collection, InvoiceState, VersionState
from app.clients.models import Contract
from app.collecting import pushing
from app.collecting.models import StripeCustomer, StripeEvent, StripePush
from app.jobs import running
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.running import Ending
from app.jobs.tickets import Ticket
from app.kernel.clock import now
from app.kernel.ids import new_id
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction

PLAN = {"reminder_days": [3, 10], "read_only_days": 20}


@dataclass(slots=True, kw_only=True)
class Firm:
    """A client whose invoices are collected."""

    app: Flask
    ref: TenantRef
    version_id: UUID
    made: list[UUID] = field(default_factory=list)

    def invoice(
        self, *, net: int = 10_000, vat: int = 1_900, currency: str = "EUR",
        charged: bool = True, due_in: int = 14, lines: list[int] | None = None,
    ) -> UUID:  # fmt: skip
        """An issued invoice; its lines' sums if they are several."""
        key, today = new_id(), now().date()
        sums = lines or [net]
        with self.app.app_context(), transaction():
            db.session.add(
                Invoice(
                    id=key, tenant_id=self.ref.id, version_id=self.version_id,
                    period=date(2026, 10, 1), state=InvoiceState.ISSUED,
                    number=f"T-{secrets.token_hex(6)}", currency=currency, net_minor=sum(sums),
                    vat_minor=vat, gross_minor=sum(sums) + vat,
                    vat_groups=[{"category": "S", "percent": "19", "net_minor": sum(sums),
                                 "vat_minor": vat}],
                    issued_on=today, issued_at=now(), due_on=today + timedelta(days=due_in),
                    collection=Collection.CHARGE_AUTOMATICALLY if charged
                    else Collection.SEND_INVOICE,
                )
            )  # fmt: skip
            db.session.flush()
            for position, minor in enumerate(sums, 1):
                db.session.add(
                    InvoiceLine(
                        tenant_id=self.ref.id, invoice_id=key, position=position, kind="unit_price",
                        title=f"Line {position}", quantity=1, unit_price=1, net_minor=minor,
                        vat_category="S", vat_percent=19,
                    )
                )  # fmt: skip
        self.made.append(key)
        return key

    def begin(self, key: UUID) -> None:
        """As when it is issued."""
        with self.app.app_context(), transaction():
            pushing.begin(key)

    def push(self, key: UUID) -> str:
        """Bring it to Stripe; its id there."""
        self.begin(key)
        self.work()
        found = self.push_row(key).stripe_id
        assert found is not None
        return found

    def push_row(self, key: UUID) -> StripePush:
        return self._row(StripePush, key)

    def seen(self, key: UUID) -> Invoice:
        return self._row(Invoice, key)

    def customer(self) -> StripeCustomer:
        return self._row(StripeCustomer, self.ref.id)

    def _row(self, model: Any, key: Any) -> Any:
        with self.app.app_context():
            found = db.session.get_one(model, key)
            db.session.expunge(found)
            return found

    def payments(self, key: UUID) -> list[int]:
        """What is booked, in the order of booking."""
        with self.app.app_context():
            query = select(InvoicePayment.amount_minor).where(InvoicePayment.invoice_id == key)
            return list(db.session.scalars(query.order_by(InvoicePayment.id)))

    def work(self) -> None:
        """Carry out the provider's jobs of payments and facts that are due, however they end."""
        work_off(self.app)

    def events(self) -> list[StripeEvent]:
        with self.app.app_context():
            found = list(db.session.scalars(select(StripeEvent).order_by(StripeEvent.id)))
            db.session.expunge_all()
            return found


def a_firm(app: Flask, settings: Settings, *, plan: dict[str, Any] | None = None) -> Firm:
    """A client with a contract's terms."""
    word = "".join(secrets.choice("abcdefgh") for _ in range(8))
    ref = opening.open_client(
        settings.database_direct_url, slug=word, name=f"Firm {word}", code=word.upper(), at=now()
    )
    contract_id, version_id = new_id(), new_id()
    with app.app_context(), transaction():
        db.session.add(
            Contract(
                id=contract_id, tenant_id=ref.id, number=f"V-{word}", valid_from=date(2026, 1, 1),
                currency="EUR", created_at=now(),
            )
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            ContractVersion(
                id=version_id, tenant_id=ref.id, contract_id=contract_id, number=1,
                state=VersionState.AGREED, valid_from=date(2026, 1, 1), currency="EUR",
                dunning=PLAN if plan is None else plan, created_at=now(),
            )
        )  # fmt: skip
    return Firm(app=app, ref=ref, version_id=version_id)


def due_jobs(*kinds: str) -> Any:
    """The provider's jobs that follow an event or an invoice."""
    return select(Job).where(
        Job.tenant_id.is_(None),
        Job.kind.startswith(kinds[0]) if kinds else Job.kind.startswith("collecting."),
        Job.state == JobState.PENDING,
    )


def work_off(app: Flask, *, most: int = 500, only_due: bool = True) -> list[Ending]:
    """Do the provider's jobs of payments that are due; how each ended."""
    endings: list[Ending] = []
    for _ in range(most):
        with app.app_context():
            with transaction():
                query = due_jobs()
                if only_due:
                    query = query.where(Job.run_at <= now())
                job = db.session.scalars(query.order_by(Job.run_at, Job.id).limit(1)).first()
                if job is None:
                    return endings
                ticket = Ticket(job_id=job.id, attempt=job.attempts, tenant_id=None)
                db.session.execute(
                    update(Job).where(Job.id == job.id).values(state=JobState.ENQUEUED)
                )
            endings.append(running.carry_out(ticket))
    return endings


def give_on(app: Flask) -> int:
    """As the relay does when a dead worker's lease has run out; how many jobs it held.

    What the dead one had sent to PostgreSQL may still come true a moment after its death.
    """
    with app.app_context(), transaction():
        held = db.session.scalars(
            update(Job)
            .where(Job.tenant_id.is_(None), Job.kind.startswith("collecting."),
                   Job.state.in_((JobState.ENQUEUED, JobState.RUNNING)))
            .values(state=JobState.PENDING, lease_until=None, lease_token=None)
            .returning(Job.id)
        )  # fmt: skip
        return len(held.all())


def forget_jobs(app: Flask) -> None:
    """Leave none of the payments' jobs behind for other tests."""
    with app.app_context(), transaction():
        db.session.execute(
            update(Job)
            .where(Job.tenant_id.is_(None), Job.kind.startswith("collecting."),
                   Job.state == JobState.PENDING)
            .values(state=JobState.CANCELLED, finished_at=now())
        )  # fmt: skip
