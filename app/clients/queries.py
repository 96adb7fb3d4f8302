"""What a client may order, at which price and promise."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from uuid import UUID

from sqlalchemy import or_, select

from app.catalogue.service import Promise, Service, services
from app.catalogue.service import service as offered
from app.clients.models import Contract, ContractService
from app.kernel.errors import NotFound
from app.kernel.money import Money
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderableService:
    """A service under the client's contract."""

    service: Service
    contract_service_id: UUID
    price: Money
    promise: Promise
    auto_accept_days: int


def orderable_services(*, tenant_id: int, on: date) -> Sequence[OrderableService]:
    """The services of the client's contract in force on that day."""
    offers = {service.key for service in services()}
    return [
        _orderable(contract, line)
        for contract, line in db.session.execute(_in_force(tenant_id, on))
        if line.service_key in offers
    ]


def orderable(service_key: str, *, tenant_id: int, on: date) -> OrderableService:
    """Raises NotFound where the contract does not have the service."""
    query = _in_force(tenant_id, on).where(ContractService.service_key == service_key)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(
            "The contract does not include this service (%(service)s).", service=service_key
        )
    return _orderable(*row)


def _in_force(tenant_id: int, on: date):  # type: ignore[no-untyped-def]
    return (
        select(Contract, ContractService)
        .join(ContractService, ContractService.contract_id == Contract.id)
        .where(
            Contract.tenant_id == tenant_id,
            Contract.valid_from <= on,
            or_(Contract.valid_until.is_(None), Contract.valid_until >= on),
        )
        .order_by(ContractService.service_key, Contract.valid_from.desc())
    )


def _orderable(contract: Contract, line: ContractService) -> OrderableService:
    service = offered(line.service_key)
    return OrderableService(
        service=service,
        contract_service_id=line.id,
        price=Money(line.unit_price_minor, contract.currency),
        promise=_promise(service.promise, line.promise),
        auto_accept_days=contract.auto_accept_days,
    )


def _promise(default: Promise, overrides: dict[str, object]) -> Promise:
    values = {field.name: getattr(default, field.name) for field in fields(Promise)}
    values |= {key: value for key, value in overrides.items() if key in values}
    if isinstance(values["cut_off"], str):
        values["cut_off"] = time.fromisoformat(values["cut_off"])
    return Promise(**values)
