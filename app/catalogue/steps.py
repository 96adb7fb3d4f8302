"""What goes into a service's automation and what comes out: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinding:
    """Something a person should know: a code and values, the sentence is made where it is shown."""

    code: str
    severity: Severity
    place: str = ""
    """Where in the file: a business term and path, a line and column, a page."""
    params: Mapping[str, Any] = field(default_factory=dict)
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDocument:
    """A file handed in with the order."""

    id: UUID
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """Everything an automation may know."""

    documents: tuple[StepDocument, ...]
    payload: Mapping[str, Any]
    client_name: str
    client_locale: str
    today: date
    known_fingerprints: Mapping[str, str] = field(default_factory=dict)
    """Fingerprint of earlier work of this kind → its number: for duplicates."""
    books: Mapping[str, Any] = field(default_factory=dict)
    """What the work type's `gather` read in the client's books; JSON-able."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedValue:
    """A value the computer read; JSON-able (amounts as decimal strings, dates as ISO strings)."""

    value: Any
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDocument:
    """A file the work made."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What the automation found out."""

    values: Mapping[str, ProposedValue] = field(default_factory=dict)
    findings: tuple[StepFinding, ...] = ()
    documents: tuple[ResultDocument, ...] = ()
    units: Decimal = Decimal(1)
    fingerprints: tuple[str, ...] = ()
    """What tells a duplicate of this work, for `known_fingerprints` of later work."""
    title: str = ""
    """A better title for the item, e.g. supplier and number; empty keeps the old one."""
    straight_through: bool = False
    """Nothing for a person to correct."""
    records: tuple[Mapping[str, Any], ...] = ()
    """What is no value to look at one by one (a statement's lines): handed to `checked`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryInput:
    """What the result documents are made from."""

    number: str
    values: Mapping[str, Any]
    payload: Mapping[str, Any]
    documents: tuple[StepDocument, ...]
    client_name: str
    client_locale: str
    today: date | None = None
    """The day it is handed over, for what bears a date."""
    books: Mapping[str, Any] = field(default_factory=dict)
    """What the work type's `gather` read in the client's books just before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An item at the moment something happened to it: what a service's own books are told."""

    item_id: UUID
    number: str
    at: datetime
    values: Mapping[str, Any]
    payload: Mapping[str, Any]
    replaces: UUID | None = None
    """The item that this one is the rework of: what that one wrote holds no more."""
    ended: bool = False
    """It was cancelled: it will not be delivered again."""
