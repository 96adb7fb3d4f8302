"""What the ledger does about accepted work."""

from sqlalchemy.dialects.postgresql import insert

from app.billing.models import UsageEntry
from app.jobs.registry import subscribes
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work.events import WorkAccepted
from tenants.context import current_tenant
from tenants.db import db


@subscribes(WorkAccepted, tiny=True)
def record_usage(event: WorkAccepted) -> None:
    """Write the usage entry; the fact's id makes it be written once, however often this runs."""
    entry = insert(UsageEntry).values(
        id=new_id(),
        tenant_id=current_tenant().id,
        fact_id=event.event_id,
        item_id=event.item_id,
        item_number=event.number,
        service_key=event.service_key,
        contract_service_id=event.contract_service_id,
        quantity=event.units,
        unit_price_minor=event.unit_price_minor,
        currency=event.currency,
        performed_at=event.performed_at,
        accepted_at=event.occurred_at,
        recorded_at=now(),
    )
    db.session.execute(entry.on_conflict_do_nothing(index_elements=["fact_id"]))
