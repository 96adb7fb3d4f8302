"""Agree on a contract with a client."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.catalogue.service import service
from app.clients.models import Contract, ContractService
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
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

    Without a price the list price of the catalogue is agreed. Runs in the provider's books.
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
    db.session.flush()
    return contract
