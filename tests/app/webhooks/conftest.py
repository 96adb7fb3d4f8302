"""A client of these tests' own, its admin, a receiver, and the worker's hand."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.adapters import outbound
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.jobs import running
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.tickets import Ticket
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.factories.receiver import Receiver, receiving

Work = Callable[..., int]
ADMIN = Actor(
    id=uuid4(),
    name="Frau Admin",
    side=Side.CLIENT,
    permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN]),
)


@pytest.fixture
def firm(app: Flask, settings: Settings) -> TenantRef:
    word = "".join(secrets.choice("abcdefgh") for _ in range(8))
    return opening.open_client(
        settings.database_direct_url, slug=word, name=f"Firm {word}", code=word.upper(), at=now()
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(autouse=True)
def our_own_network_is_allowed(app: Flask) -> Iterator[None]:
    before = outbound.settings()
    outbound.configure(outbound.OutboundSettings(allowed=("127.0.0.0/8",), https_only=False))
    yield
    outbound.configure(before)


@pytest.fixture
def work_off(app: Flask, firm: TenantRef) -> Work:
    """Carry out this client's jobs of webhooks that are due; how many."""

    def work(*, ahead: timedelta = timedelta(), at_most: int = 100) -> int:
        done = 0
        while done < at_most:
            with app.app_context():
                with transaction():
                    due = select(Job).where(
                        Job.tenant_id == firm.id,
                        Job.kind.startswith("webhooks."),
                        Job.state == JobState.PENDING,
                        Job.run_at <= now() + ahead,
                    )
                    job = db.session.scalars(due.order_by(Job.run_at, Job.id).limit(1)).first()
                    if job is None:
                        return done
                    ticket = Ticket(job_id=job.id, attempt=job.attempts, tenant_id=firm.id)
                    db.session.execute(
                        update(Job).where(Job.id == job.id).values(state=JobState.ENQUEUED)
                    )
                assert running.carry_out(ticket) is running.Ending.DONE
            done += 1
        return done

    return work
