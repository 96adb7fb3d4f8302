"""Contracts and invoices for the tests, in the provider's books."""

from datetime import date
from typing import Any
from uuid import UUID

from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import Collection, InvoiceState, VersionState
from app.clients.models import Contract
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.context import TenantRef
from tenants.db import db


def a_version(client: TenantRef, *, valid_from: date, **more: Any) -> ContractVersion:
    """A draft of terms, with a contract of its own."""
    contract = Contract(
        id=new_id(),
        tenant_id=client.id,
        number=f"V-{new_id().hex[-8:]}",
        valid_from=valid_from,
        created_at=now(),
    )
    db.session.add(contract)
    db.session.flush()
    values: dict[str, Any] = {
        "number": 1,
        "state": VersionState.DRAFT,
        "currency": "EUR",
        "created_at": now(),
        **more,
    }
    version = ContractVersion(
        id=new_id(),
        tenant_id=client.id,
        contract_id=contract.id,
        valid_from=valid_from,
        **values,
    )
    db.session.add(version)
    db.session.flush()
    return version


def an_invoice(
    client: TenantRef,
    *,
    gross_minor: int,
    period: date,
    state: InvoiceState = InvoiceState.ISSUED,
    currency: str = "EUR",
) -> UUID:
    """An invoice without lines, as payments see it."""
    version = a_version(client, valid_from=period, currency=currency)
    numbered = state in (InvoiceState.ISSUED, InvoiceState.CORRECTED)
    invoice = Invoice(
        id=new_id(),
        tenant_id=client.id,
        version_id=version.id,
        period=period,
        state=state,
        number=f"T-{new_id().hex[-12:]}" if numbered else "",
        currency=currency,
        net_minor=gross_minor,
        vat_minor=0,
        gross_minor=gross_minor,
        vat_groups=[],
        issued_on=period if numbered else None,
        due_on=period if numbered else None,
        collection=Collection.SEND_INVOICE,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice.id
