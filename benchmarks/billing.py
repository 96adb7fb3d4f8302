"""A month's run over many clients, against one SQL aggregation of the same entries."""

import resource
from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter

from sqlalchemy import text

from app.billing.actions import contracts, months
from app.billing.actions.contracts import Conditions
from app.billing.rules.kinds import LineKind, PriceModel
from app.billing.rules.terms import Month, TermsLine, Tier
from app.clients.models import Contract
from app.factory import create_app
from app.kernel.actor import SYSTEM
from app.kernel.ids import new_id
from benchmarks.installation import Installation
from benchmarks.measure import FULL, Figure, Size, at_least
from config import Settings
from tenants.db import db, transaction

OCTOBER = Month(first=date(2026, 10, 1))
ENTRIES = 200
FIRST = 900_001
BEGAN = datetime(2026, 10, 1, 8, tzinfo=UTC)
_FILL = text(
    "insert into provider.usage_entry (id, tenant_id, fact_id, item_id, item_number, service_key,"
    " quantity, unit_price_minor, currency, performed_at, accepted_at, recorded_at)"
    " select gen_random_uuid(), client, gen_random_uuid(), gen_random_uuid(), 'B-' || number,"
    " 'accounts_payable', 1, 250, 'EUR', at, at, at"
    " from generate_series(cast(:first as bigint), cast(:last as bigint)) client,"
    f" generate_series(0, {ENTRIES - 1}) number,"
    " lateral (select timestamptz '2026-10-01 08:00+00' + number * interval '1 hour' as at) moment"
)
_BARE = text(
    "select tenant_id, service_key, sum(quantity * unit_price_minor)"
    " from provider.usage_entry group by tenant_id, service_key"
)
LINES = (
    TermsLine(id=new_id(), key="fee", kind=LineKind.RETAINER, amount_minor=9_900),
    TermsLine(
        id=new_id(),
        key="units",
        kind=LineKind.UNIT_PRICE,
        service_key="accounts_payable",
        price_model=PriceModel.GRADUATED,
        tiers=(Tier(up_to=Decimal(100), price=Decimal(3)), Tier(up_to=None, price=Decimal(2))),
    ),
)


def run(installation: Installation, size: Size) -> list[Figure]:
    """Entries a second into drafts with positions and evidence; memory before and after."""
    clients = 1_000 if size is FULL else 40
    app = create_app(Settings.from_mapping(installation.environment))
    with app.app_context():
        for tenant_id in range(FIRST, FIRST + clients):
            _agree(tenant_id)
        with transaction():
            db.session.execute(_FILL, {"first": FIRST, "last": FIRST + clients - 1})
        start = perf_counter()
        rows = len(db.session.execute(_BARE).all())
        bare = clients * ENTRIES / (perf_counter() - start)
        db.session.rollback()
        before = _memory()
        start = perf_counter()
        months.rate_month(actor=SYSTEM, month=OCTOBER, told=lambda *_: _commit())
        rated = clients * ENTRIES / (perf_counter() - start)
        grown = _memory() - before
    assert rows == clients
    return [
        at_least(
            "month rated, entries a second",
            value=rated,
            unit="/s",
            of=("one SQL aggregation, nothing written", bare),
        ),
        Figure(name="memory grown over the run", value=grown, unit="MB", passed=grown < 60),
    ]


def _commit() -> None:
    with transaction():
        pass
    db.session.expunge_all()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _agree(tenant_id: int) -> None:
    with transaction():
        contract = Contract(
            id=new_id(),
            tenant_id=tenant_id,
            number="B",
            valid_from=OCTOBER.first,
            created_at=BEGAN,
        )
        db.session.add(contract)
        db.session.flush()
        draft = contracts.draft(
            actor=SYSTEM,
            tenant_id=tenant_id,
            contract_id=contract.id,
            valid_from=OCTOBER.first,
            conditions=Conditions(),
            lines=LINES,
        )
        contracts.agree(actor=SYSTEM, version_id=draft.id)
