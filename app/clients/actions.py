"""Agree on a contract with a client."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.audit import actions as audit
from app.catalogue.service import service
from app.clients.models import Contract, ContractService
from app.clients.offering import seal_for
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from tenants.db import db


def agree(
    *,
    actor: Actor,
    tenant_id: int,
    number: str,
    valid_from: date,
    services: Mapping[str, Mapping[str, Any]],
    auto_accept_days: int = 5,
) -> Contract:
    """Write a contract; `services` maps service key → {price_minor?, promise?}.

    Without a price the list price of the catalogue is agreed. A service about health has the
    client's words and files encrypted at rest from then on (tenants.sealing). Runs in the
    provider's books.
    Raises NotFound for an unknown service.
    """
    actor.require(Permission.CLIENT_MANAGE)
    contract = Contract(
        id=new_id(),
        tenant_id=tenant_id,
        number=number,
        valid_from=valid_from,
        currency="EUR",
        auto_accept_days=auto_accept_days,
        created_at=now(),
    )
    db.session.add(contract)
    db.session.flush()
    for key, terms in services.items():
        price = int(terms.get("price_minor", service(key).price.minor))
        db.session.add(
            ContractService(
                tenant_id=tenant_id,
                contract_id=contract.id,
                service_key=key,
                unit_price_minor=price,
                promise=dict(terms.get("promise", {})),
            )
        )
    seal_for(services.keys(), tenant_id=tenant_id)
    db.session.flush()
    return contract


def end(
    *, actor: Actor, tenant_id: int, contract_id: UUID, last_day: date, reason: str
) -> Mapping[str, date]:
    """Let a contract end, or end earlier. Service → last day, where no contract goes on with it.

    Runs in the provider's books. Raises NotFound, Invalid.
    """
    actor.require(Permission.CLIENT_MANAGE)
    every = select(Contract).where(Contract.tenant_id == tenant_id).order_by(Contract.id)
    found = db.session.scalars(every.with_for_update())
    contract = next((one for one in found if one.id == contract_id), None)
    if contract is None:
        raise NotFound("There is no such contract.")
    if last_day < contract.valid_from:
        raise Invalid(fields={"last_day": ["The contract begins later than that."]})
    if contract.valid_until is not None and last_day > contract.valid_until:
        raise Invalid(fields={"last_day": ["The contract ends earlier than that already."]})
    if last_day == contract.valid_until:
        raise Invalid(fields={"last_day": ["The contract ends on this day already."]})
    if not reason.strip():
        raise Invalid(fields={"reason": ["Please say why."]})
    contract.valid_until = last_day
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="contract.ended",
        subject_type="contract",
        subject_id=contract.id,
        detail={"number": contract.number, "last_day": last_day.isoformat(), "reason": reason},
    )
    return _left_by(contract)


def _left_by(contract: Contract) -> Mapping[str, date]:
    """A service is left on the last day of the last contract with it; one without end keeps it."""
    mine = select(ContractService.service_key).where(ContractService.contract_id == contract.id)
    query = (
        select(
            ContractService.service_key,
            func.bool_and(Contract.valid_until.is_not(None)),
            func.max(Contract.valid_until),
        )
        .join(Contract, Contract.id == ContractService.contract_id)
        .where(Contract.tenant_id == contract.tenant_id, ContractService.service_key.in_(mine))
        .group_by(ContractService.service_key)
        .order_by(ContractService.service_key)
    )
    return {key: until for key, ends, until in db.session.execute(query) if ends}
