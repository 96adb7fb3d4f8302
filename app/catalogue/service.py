"""What a back-office service tells Kontor about itself, and the register of all services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from marshmallow import Schema

from app.catalogue.official import OfficialFile
from app.catalogue.samples import SampleOrder
from app.catalogue.steps import Deed, DeliveryInput, ResultDocument, StepInput, StepResult
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.kernel.text import Text


class Industry(StrEnum):
    """Trades of client companies: what a package of services is made for."""

    FINANCE = "finance"
    IT = "it"
    HEALTH = "health"
    RETAIL = "retail"
    LOGISTICS = "logistics"
    TELECOM = "telecom"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """A page of a service's own at the desk of one client; `title` is an English message id."""

    title: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistTemplate:
    """One point that a clerk ticks; `title` is an English message id."""

    key: str
    title: str
    mandatory: bool = True
    after: tuple[str, ...] = ()
    """Keys of the steps that come first; steps without can be done side by side."""
    fields: tuple[str, ...] = ()
    """Values that have to be saved before."""
    when: tuple[str, str] | None = None
    """Field of the form or the values, and its value for which the step is needed."""
    skill: str = ""
    four_eyes: bool = False
    """Somebody ticks it who ticked no other step."""
    minutes: int = 0
    """Time budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate:
    """A document that clients are often asked for; `title` is an English message id."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTemplate:
    """A list of documents that is asked for as a whole."""

    key: str
    title: str
    documents: tuple[DocumentTemplate, ...]
    blocking: bool = True
    days: int = 5
    """Calendar days until the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The default SLA: working seconds, or business days with a cut-off in the calendar's zone."""

    first_response_seconds: int | None = None
    resolution_seconds: int | None = None
    resolution_business_days: int | None = None
    cut_off: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookKeeping:
    """What a kind of work knows of its client's books, and writes into them.

    Each function runs in the client's scope, inside the transaction of what happened: both are
    true or neither. Each may come again for the same item (delivered, complained about, delivered
    again) and must then leave one trace: its key is the item's id.
    """

    gather: Callable[[Deed], Mapping[str, Any]] | None = None
    """Reads what automation and delivery may know; JSON-able. Called before each of them."""
    checked: Callable[[Deed, StepResult], None] | None = None
    """The automation has spoken: its records may be kept."""
    delivered: Callable[[Deed], None] | None = None
    """A second person has approved (where four eyes are asked for), the client has the result."""
    taken_back: Callable[[Deed], None] | None = None
    """The client complained before accepting, or the work was cancelled: nothing of it holds."""
    accepted: Callable[[Deed], None] | None = None
    """The client took the result."""
    takes_long: Callable[[Deed], bool] | None = None
    """Whether `accepted` is more than a request waits for: it then runs as a job of its own. It
    writes part after part, each once, and says how far it is (`app.kernel.sandbox.progress`):
    whenever it does, what is written may be committed, and a job that died goes on from there.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkType:
    """A kind of work item. Texts are English message ids, translated where they are shown."""

    key: str
    title: str
    description: str
    form: type[Schema]
    """The order form: marshmallow fields with metadata label, hint, widget."""
    values: type[Schema] | None = None
    """What the clerk checks and corrects; None where the work has no values."""
    checklist: tuple[ChecklistTemplate, ...] = ()
    checklist_version: int = 1
    """Counted up with every change of the checklist: what runs keeps its own."""
    document_requests: tuple[RequestTemplate, ...] = ()
    """What is usually asked for when something is missing."""
    amount_field: str = ""
    """Which of the values is the amount that a client's approvals go by; `currency` beside it."""
    four_eyes: bool = True
    accepts: tuple[str, ...] = (".pdf", ".xml", ".png", ".jpg", ".jpeg", ".csv", ".xlsx", ".txt")
    """Endings of the files that may be handed in."""
    needs_document: bool = False
    one_item_per_document: bool = False
    """Several files in one order become one work item each."""
    automation: Callable[[StepInput], StepResult] | None = None
    """Run as a job; never raises for a bad file: that is a finding."""
    deliver: Callable[[DeliveryInput], Sequence[ResultDocument]] | None = None
    """Makes the result documents from the approved values; pure."""
    books: BookKeeping | None = None
    """How the work reads and changes what the client's services share (app.books)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service a provider sells: the manifest of a folder in app/services."""

    key: str
    title: str
    description: str
    trade: str
    """accounting, hr, banking, logistics, it, health, data, customer, general."""
    icon: str
    work_types: tuple[WorkType, ...]
    promise: Promise
    price_unit: str
    """What is counted, e.g. "invoice"; an English message id."""
    price: Money
    """List price of one unit; the contract's price goes first."""
    skills: frozenset[str] = field(default_factory=frozenset)
    skill_level: int = 1
    """Needed in each of them: 1 learning, 2 alone, 3 expert."""
    preferred_skills: frozenset[str] = field(default_factory=frozenset)
    """Whoever has one of them gets this work sooner."""
    retention_class: str = "voucher"
    health_data: bool = False
    is_searched: bool = True
    """False: what it works on may hold anything, sick notes too, and stays out of the search."""
    """Seen only with the right health:read; the client's words and files lie encrypted."""
    finding_text: Callable[[str, Mapping[str, object]], Text] | None = None
    """The sentence of a finding's code with its values."""
    industries: frozenset[Industry] = frozenset(Industry)
    """Whose package of services this one belongs to."""
    blueprints: tuple[str, ...] = ()
    """Modules with a `blueprint` of the service's own pages, e.g. "app.services.flowers.pages"."""
    pages: tuple[ServicePage, ...] = ()
    """Entry points of those pages, listed on a client's page at the desk."""
    official_files: tuple[OfficialFile, ...] = ()
    """Editions it works by; the provider keeps them (desk: Services, Official files)."""
    samples: Callable[[date], Sequence[SampleOrder]] | None = None
    """What the demo shows of it, as seen on a day."""

    def work_type(self, key: str) -> WorkType:
        """Raises NotFound."""
        for work_type in self.work_types:
            if work_type.key == key:
                return work_type
        raise NotFound(
            "The service %(service)s has no work of the kind %(kind)s.", service=self.key, kind=key
        )


_OFFERED: dict[str, Service] = {}


def offer(service: Service) -> None:
    """Put a service into the register; the same key again replaces it."""
    _OFFERED[service.key] = service


def service(key: str) -> Service:
    """Raises NotFound."""
    try:
        return _OFFERED[key]
    except KeyError:
        raise NotFound("There is no service %(service)s.", service=key) from None


def services() -> Sequence[Service]:
    """Every service on offer, by key."""
    return [_OFFERED[key] for key in sorted(_OFFERED)]


def health_services() -> frozenset[str]:
    """Keys of the services about people's health."""
    return frozenset(key for key, offered in _OFFERED.items() if offered.health_data)


def package(industry: Industry) -> Sequence[Service]:
    """The services made for an industry, by key: what sets a new client up in one step."""
    return [service for service in services() if industry in service.industries]


def work_type(service_key: str, type_key: str) -> WorkType:
    """Raises NotFound."""
    return service(service_key).work_type(type_key)
