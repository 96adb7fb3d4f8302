"""Give a client services and take them away: lines of the contract that is in force."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from app.audit import actions as audit
from app.catalogue.service import Industry, health_services, package, service
from app.clients.models import Contract, ContractService
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from tenants.db import db
from tenants.models import Tenant


def offer(
    *,
    actor: Actor,
    tenant_id: int,
    service_key: str,
    on: date,
    price_minor: int | None = None,
    promise: Mapping[str, Any] | None = None,
) -> ContractService:
    """Let the client order a service from that day on, or change its price and promise.

    Without a price the list price is agreed. `promise`: fields of catalogue.service.Promise that
    differ from the service's own. Runs in the provider's books. Raises NotFound for an unknown
    service, Conflict where no contract is in force, Invalid for a negative price.
    """
    actor.require(Permission.CLIENT_MANAGE)
    price = service(service_key).price.minor if price_minor is None else price_minor
    if price < 0:
        raise Invalid(fields={"price": ["A price cannot be negative."]})
    contract = _in_force(tenant_id, on)
    line = _line(contract, service_key)
    if line is None:
        line = ContractService(
            tenant_id=tenant_id, contract_id=contract.id, service_key=service_key
        )
        db.session.add(line)
    line.unit_price_minor, line.promise, line.last_day = price, dict(promise or {}), None
    seal_for({service_key}, tenant_id=tenant_id)
    db.session.flush()
    _record(actor, contract, "contract.service_offered", service=service_key, price=price)
    return line


def seal_for(service_keys: Collection[str], *, tenant_id: int) -> None:
    """Have the client's words and files encrypted at rest from now on where one is about health."""
    if health_services() & set(service_keys):
        db.session.execute(update(Tenant).where(Tenant.id == tenant_id).values(sealed=True))


def offer_package(*, actor: Actor, tenant_id: int, industry: Industry, on: date) -> Sequence[str]:
    """Offer every service of an industry's package that the client has not; gives their keys.

    What is agreed already keeps its price and promise. Raises as `offer`.
    """
    actor.require(Permission.CLIENT_MANAGE)
    contract = _in_force(tenant_id, on)
    added = []
    for one in package(industry):
        line = _line(contract, one.key)
        if line is None or (line.last_day is not None and line.last_day < on):
            offer(actor=actor, tenant_id=tenant_id, service_key=one.key, on=on)
            added.append(one.key)
    return added


def withdraw(*, actor: Actor, tenant_id: int, service_key: str, on: date) -> None:
    """Nothing more of it can be ordered from that day on; what is open is finished.

    Raises NotFound where the client does not have it.
    """
    actor.require(Permission.CLIENT_MANAGE)
    contract = _in_force(tenant_id, on)
    line = _line(contract, service_key)
    if line is None:
        raise NotFound("The client's contract does not have this service.")
    line.last_day = on - timedelta(days=1)
    db.session.flush()
    _record(actor, contract, "contract.service_withdrawn", service=service_key)


def _in_force(tenant_id: int, on: date) -> Contract:
    query = (
        select(Contract)
        .where(
            Contract.tenant_id == tenant_id,
            Contract.valid_from <= on,
            or_(Contract.valid_until.is_(None), Contract.valid_until >= on),
        )
        .order_by(Contract.valid_from.desc())
        .limit(1)
        .with_for_update()
    )
    contract = db.session.scalar(query)
    if contract is None:
        raise Conflict("The client has no contract in force on this day.")
    return contract


def _line(contract: Contract, service_key: str) -> ContractService | None:
    query = select(ContractService).where(
        ContractService.contract_id == contract.id, ContractService.service_key == service_key
    )
    return db.session.scalar(query)


def _record(actor: Actor, contract: Contract, verb: str, **detail: Any) -> None:
    audit.record_provider(
        actor=actor,
        verb=verb,
        subject_type="contract",
        subject_id=contract.id,
        detail={"number": contract.number, **detail},
    )
