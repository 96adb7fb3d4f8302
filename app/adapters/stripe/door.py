"""What Kontor asks of Stripe: a Protocol, and the one that is there where no key is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.adapters.stripe.failures import NotSetUp

Thing = dict[str, Any]
"""An object of Stripe's, as plain values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoice:
    """What an invoice at Stripe is made with."""

    customer: str
    number: str
    currency: str
    """ISO 4217, as we write it."""
    is_charged: bool
    """Charged to the customer's method; else sent, to be transferred."""
    due_at: datetime
    metadata: Mapping[str, str]


class Stripe(Protocol):
    """Every change takes the idempotency key it is made under."""

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        ...

    def create_customer(
        self, *, key: str, name: str, email: str, locale: str, tenant_id: int
    ) -> Thing: ...

    def choose_method(self, *, customer: str, method: str) -> Thing: ...

    def create_invoice(self, *, key: str, invoice: NewInvoice) -> Thing: ...

    def add_item(
        self, *, key: str, invoice: Thing, amount: int, description: str, position: int
    ) -> Thing: ...

    def finalize(self, *, key: str, invoice: str) -> Thing: ...

    def pay(self, *, key: str, invoice: str) -> Thing: ...

    def send(self, *, key: str, invoice: str) -> Thing: ...

    def paid_outside(self, *, key: str, invoice: str) -> Thing: ...

    def credit(
        self, *, key: str, invoice: str, amount: int, refund: int, metadata: Mapping[str, str]
    ) -> Thing: ...

    def refund(self, *, key: str, payment_intent: str, amount: int) -> Thing: ...

    def setup_page(
        self, *, customer: str, success_url: str, cancel_url: str, is_german: bool
    ) -> str: ...

    def own_page(self, *, customer: str, return_url: str, is_german: bool) -> str: ...

    def retrieve(self, kind: str, key: str) -> Thing: ...

    def listed(self, kind: str, **chosen: Any) -> Iterator[Thing]: ...


class NoStripe:
    """Nothing is collected: everything but looking whether it is live is refused."""

    is_live = False

    def __getattr__(self, name: str) -> Any:
        raise NotSetUp("There is no Stripe key.")
