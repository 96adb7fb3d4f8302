"""Contracts and invoices for the tests, in the provider's books."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from app.billing import parties
from app.billing.actions import approving, contracts, issuing, rating
from app.billing.actions.contracts import Conditions
from app.billing.contract_models import ContractVersion
from app.billing.credit_models import ServiceCredit
from app.billing.invoice_models import Invoice
from app.billing.models import UsageEntry
from app.billing.rules.kinds import Collection, CreditState, InvoiceState, VersionState
from app.billing.rules.terms import Month, TermsLine
from app.clients.models import Contract
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants.context import TenantRef
from tenants.db import db, transaction


def a_contract(client: TenantRef, valid_from: date) -> Contract:
    """A contract without services."""
    contract = Contract(
        id=new_id(),
        tenant_id=client.id,
        number=f"V-{new_id().hex[-8:]}",
        valid_from=valid_from,
        created_at=now(),
    )
    db.session.add(contract)
    db.session.flush()
    return contract


def a_version(client: TenantRef, *, valid_from: date, **more: Any) -> ContractVersion:
    """A draft of terms, with a contract of its own."""
    contract = a_contract(client, valid_from)
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


ROSA = Actor(
    id=new_id(),
    name="Rosa Falk",
    side=Side.PROVIDER,
    permissions=frozenset({Permission.INVOICE_MANAGE, Permission.INVOICE_APPROVE}),
)
EMIL = Actor(id=new_id(), name="Emil Voss", side=Side.PROVIDER, permissions=ROSA.permissions)
"""Two people of finance: what one drafts, the other approves."""
SELLER = {
    "name": "Kontor Dienste GmbH",
    "street": "Speicherstraße 7",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "email": "rechnung@kontor.example",
    "contact": "Rosa Falk",
    "phone": "+49 40 123456",
    "iban": "DE75512108001245126199",
    "bic": "SOGEDEFF",
    "bank": "Beispielbank",
}
BUYER = {
    "name": "Acme GmbH & Söhne",
    "street": "Hauptstraße 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "email": "buchhaltung@acme.example",
}


def set_parties(client: TenantRef, **buyer: str) -> None:
    """Seller and buyer with everything that an invoice needs."""
    parties.set_seller(actor=ROSA, details=SELLER, number_prefix="RE", texts={})
    parties.set_buyer(
        actor=ROSA, client=client, details={**BUYER, **buyer}, vat_id_checked_at=now()
    )


def agreed_terms(
    client: TenantRef,
    *lines: TermsLine,
    valid_from: date,
    conditions: Conditions | None = None,
) -> ContractVersion:
    """Terms in force from a day on, under the client's first contract."""
    contract = db.session.scalars(
        select(Contract).where(Contract.tenant_id == client.id).order_by(Contract.created_at)
    ).first()
    if contract is None:
        contract = a_contract(client, valid_from)
    version = contracts.draft(
        actor=ROSA,
        tenant_id=client.id,
        contract_id=contract.id,
        valid_from=valid_from,
        conditions=conditions or Conditions(),
        lines=lines,
    )
    return contracts.agree(actor=ROSA, version_id=version.id)


def an_entry(
    client: TenantRef,
    quantity: str,
    at: datetime,
    *,
    service_key: str = "general_request",
    accepted_at: datetime | None = None,
    **more: Any,
) -> UUID:
    """An entry of the ledger."""
    entry = UsageEntry(
        id=new_id(),
        tenant_id=client.id,
        fact_id=new_id(),
        item_id=new_id(),
        item_number=f"{client.code}-{new_id().hex[-4:]}",
        service_key=service_key,
        quantity=Decimal(quantity),
        unit_price_minor=250,
        currency="EUR",
        performed_at=at,
        accepted_at=accepted_at or at,
        recorded_at=now(),
        **more,
    )
    db.session.add(entry)
    db.session.flush()
    return entry.id


def issued(client: TenantRef, month: Month) -> Invoice:
    """The month rated by one person, approved by the other, issued."""
    run = rating.rate_client(actor=ROSA, tenant_id=client.id, month=month)
    assert run is not None
    invoice = invoice_of(run.id)
    assert invoice is not None
    approving.approve(actor=EMIL, invoice_ids=[invoice.id])
    return issuing.issue(actor=ROSA, invoice_id=invoice.id)


def invoice_of(run_id: UUID) -> Invoice | None:
    """The run's invoice."""
    return db.session.scalars(select(Invoice).where(Invoice.run_id == run_id)).first()


def a_credit(client: TenantRef, period: date, *, amount_minor: int) -> UUID:
    """An approved service credit."""
    row = ServiceCredit(
        id=new_id(),
        tenant_id=client.id,
        period=period,
        state=CreditState.APPROVED,
        currency="EUR",
        fee_minor=10_000,
        uncapped_minor=amount_minor,
        amount_minor=amount_minor,
        cap_percent="15",
        proposed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def credit(credit_id: UUID) -> ServiceCredit:
    """One service credit."""
    return db.session.get_one(ServiceCredit, credit_id, populate_existing=True)


@contextmanager
def leaving_no_terms(app: Flask, year: int) -> Iterator[None]:
    """Afterwards nothing is agreed from that year on: a later month's run does not meet it."""
    yield
    begun = ContractVersion.valid_from.between(date(year, 1, 1), date(year, 12, 31))
    with app.app_context(), transaction():
        gone = update(ContractVersion).where(begun, ContractVersion.state == VersionState.AGREED)
        db.session.execute(gone.values(state=VersionState.DRAFT))
