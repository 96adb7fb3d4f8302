"""What happened to invoices. Published in the provider's books."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Event):
    """An invoice has its number and cannot change any more."""

    invoice_id: UUID
    tenant_id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaid(Event):
    """What an invoice asks for has come in full."""

    invoice_id: UUID
    tenant_id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCorrected(Event):
    """An invoice was taken back by a correction, which is issued too."""

    invoice_id: UUID
    correction_id: UUID
    tenant_id: int
    number: str
