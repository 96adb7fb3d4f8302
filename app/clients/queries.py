"""What a client may order, at which price and promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.catalogue.service import Promise, Service, services
from app.catalogue.service import service as offered
from app.clients.models import Contract, ContractService
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.kernel.text import Text
from tenants.db import db
from tenants.models import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderableService:
    """A service under the client's contract."""

    service: Service
    contract_service_id: UUID
    price: Money
    promise: Promise
    auto_accept_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the desk knows of a client company besides its work."""

    tenant_id: int
    trade: str
    guidance: str
    """The client's own procedures, for whoever works for it; may be empty."""
    opened_at: datetime | None


def profile(tenant_id: int) -> Profile:
    """Runs in the provider's books. Raises NotFound."""
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("There is no such client.")
    return Profile(
        tenant_id=tenant.id,
        trade=tenant.trade,
        guidance=tenant.guidance,
        opened_at=tenant.opened_at,
    )


def contracts(*, tenant_id: int) -> Sequence[Contract]:
    """Every contract of a client, the newest first."""
    query = select(Contract).where(Contract.tenant_id == tenant_id)
    return db.session.scalars(query.order_by(Contract.valid_from.desc())).all()


def contracts_in_force(*, on: date) -> Mapping[int, tuple[str, Sequence[str]]]:
    """Client → number of its contract and keys of its services. Runs in the provider's books."""
    query = (
        select(Contract.tenant_id, Contract.number, ContractService.service_key)
        .outerjoin(
            ContractService,
            and_(
                ContractService.contract_id == Contract.id,
                or_(ContractService.last_day.is_(None), ContractService.last_day >= on),
            ),
        )
        .where(
            Contract.valid_from <= on,
            or_(Contract.valid_until.is_(None), Contract.valid_until >= on),
        )
        .order_by(Contract.tenant_id, Contract.valid_from, ContractService.service_key)
    )
    found: dict[int, tuple[str, list[str]]] = {}
    for tenant_id, number, key in db.session.execute(query):
        _, keys = found.get(tenant_id, ("", []))
        found[tenant_id] = (number, [*keys, key] if key and key not in keys else keys)
    return found


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
        title = Text(offered(service_key).title)
        raise NotFound("The contract does not include this service (%(service)s).", service=title)
    return _orderable(*row)


def _in_force(tenant_id: int, on: date):  # type: ignore[no-untyped-def]
    return (
        select(Contract, ContractService)
        .join(ContractService, ContractService.contract_id == Contract.id)
        .where(
            Contract.tenant_id == tenant_id,
            Contract.valid_from <= on,
            or_(Contract.valid_until.is_(None), Contract.valid_until >= on),
            or_(ContractService.last_day.is_(None), ContractService.last_day >= on),
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
