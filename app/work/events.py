"""What happened to work items."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOpened(Event):
    """A client (or the provider for it) ordered work."""

    item_id: UUID
    number: str
    service_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAsked(Event):
    """The provider asked a question and waits."""

    item_id: UUID
    number: str
    requester_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsRequested(Event):
    """The provider asked for documents."""

    item_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSentBack(Event):
    """A document that was handed in cannot be used."""

    item_id: UUID
    wish_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDelivered(Event):
    """The result is with the client."""

    item_id: UUID
    number: str
    requester_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAccepted(Event):
    """The client took the result: the only fact that writes the usage ledger."""

    item_id: UUID
    number: str
    service_key: str
    contract_service_id: UUID | None
    units: Decimal
    unit_price_minor: int
    currency: str
    performed_at: datetime
