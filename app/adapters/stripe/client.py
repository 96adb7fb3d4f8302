"""Stripe through its own SDK: typed parameters, our keys, failures by what they mean."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

import stripe
from stripe import RequestsClient, StripeClient, StripeObject

from app.adapters.stripe.door import NewInvoice, Thing
from app.adapters.stripe.failures import (
    Declined,
    KeyReused,
    OutcomeUnknown,
    Refused,
    TooManyRequests,
)

R = TypeVar("R")
TIMEOUT_SECONDS = 25
RETRIES = 2
"""The SDK's own are none, and it waits for 80 seconds."""
PAUSES = (0.5, 1.0, 2.0)
"""Seconds before asking again after "too many requests", which the SDK does not."""
PAGE = 100


class RealStripe:
    """One client a process; it is safe between threads."""

    def __init__(self, *, secret_key: str, api_base: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.is_live = not is_test_key(secret_key)
        self._client = StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=RETRIES,
            http_client=RequestsClient(timeout=timeout),
        )
        self._v1 = self._client.v1

    def create_customer(
        self, *, key: str, name: str, email: str, locale: str, tenant_id: int
    ) -> Thing:
        """A customer that knows which client it is."""
        return _asked(
            lambda: self._v1.customers.create(
                {
                    "name": name,
                    "email": email,
                    "preferred_locales": [locale],
                    "metadata": {"tenant": str(tenant_id)},
                },
                {"idempotency_key": key},
            )
        )

    def choose_method(self, *, customer: str, method: str) -> Thing:
        """What invoices are charged to from now on. Harmless twice."""
        return _asked(
            lambda: self._v1.customers.update(
                customer, {"invoice_settings": {"default_payment_method": method}}
            )
        )

    def create_invoice(self, *, key: str, invoice: NewInvoice) -> Thing:
        """A draft with nothing on it that Stripe advances by itself."""
        params: stripe.params.InvoiceCreateParams = {
            "customer": invoice.customer,
            "number": invoice.number,
            "currency": invoice.currency.lower(),
            "auto_advance": False,
            "pending_invoice_items_behavior": "exclude",
            "metadata": dict(invoice.metadata),
        }
        if invoice.is_charged:
            params["collection_method"] = "charge_automatically"
        else:
            params["collection_method"] = "send_invoice"
            params["due_date"] = int(invoice.due_at.timestamp())
            params["payment_settings"] = {
                "payment_method_types": ["customer_balance", "card", "sepa_debit"],
                "payment_method_options": {
                    "customer_balance": {
                        "funding_type": "bank_transfer",
                        "bank_transfer": {
                            "type": "eu_bank_transfer",
                            "eu_bank_transfer": {"country": "DE"},
                        },
                    }
                },
            }
        return _asked(lambda: self._v1.invoices.create(params, {"idempotency_key": key}))

    def add_item(
        self, *, key: str, invoice: Thing, amount: int, description: str, position: int
    ) -> Thing:
        """A position in minor units of the invoice's currency."""
        return _asked(
            lambda: self._v1.invoice_items.create(
                {
                    "customer": str(invoice["customer"]),
                    "invoice": str(invoice["id"]),
                    "amount": amount,
                    "currency": str(invoice["currency"]),
                    "description": description[:500],
                    "metadata": {"position": str(position)},
                },
                {"idempotency_key": key},
            )
        )

    def finalize(self, *, key: str, invoice: str) -> Thing:
        """No change after this."""
        return _asked(
            lambda: self._v1.invoices.finalize_invoice(
                invoice, {"auto_advance": False}, {"idempotency_key": key}
            )
        )

    def pay(self, *, key: str, invoice: str) -> Thing:
        """Charge the customer's method. Raises Declined."""
        return _asked(
            lambda: self._v1.invoices.pay(invoice, {"off_session": True}, {"idempotency_key": key})
        )

    def send(self, *, key: str, invoice: str) -> Thing:
        """Tell the customer where to transfer to."""
        return _asked(lambda: self._v1.invoices.send_invoice(invoice, {}, {"idempotency_key": key}))

    def paid_outside(self, *, key: str, invoice: str) -> Thing:
        """It was paid without Stripe: nothing is charged for it any more."""
        return _asked(
            lambda: self._v1.invoices.pay(
                invoice, {"paid_out_of_band": True}, {"idempotency_key": key}
            )
        )

    def credit(
        self, *, key: str, invoice: str, amount: int, refund: int, metadata: Mapping[str, str]
    ) -> Thing:
        """A credit note; `refund` of it goes back to the customer."""
        params: stripe.params.CreditNoteCreateParams = {
            "invoice": invoice,
            "amount": amount,
            "metadata": dict(metadata),
            "email_type": "none",
        }
        if refund:
            params["refund_amount"] = refund
        return _asked(lambda: self._v1.credit_notes.create(params, {"idempotency_key": key}))

    def refund(self, *, key: str, payment_intent: str, amount: int) -> Thing:
        """Give so much of a payment back."""
        return _asked(
            lambda: self._v1.refunds.create(
                {"payment_intent": payment_intent, "amount": amount}, {"idempotency_key": key}
            )
        )

    def setup_page(
        self, *, customer: str, success_url: str, cancel_url: str, is_german: bool
    ) -> str:
        """Address of a page of Stripe's where a card or bank account is named."""
        session = _asked(
            lambda: self._v1.checkout.sessions.create(
                {
                    "mode": "setup",
                    "customer": customer,
                    "allowed_payment_method_types": ["card", "sepa_debit"],
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    "locale": "de" if is_german else "en",
                }
            )
        )
        return str(session["url"])

    def own_page(self, *, customer: str, return_url: str, is_german: bool) -> str:
        """Address of the customer's own page at Stripe (the billing portal)."""
        session = _asked(
            lambda: self._v1.billing_portal.sessions.create(
                {
                    "customer": customer,
                    "return_url": return_url,
                    "locale": "de" if is_german else "en",
                }
            )
        )
        return str(session["url"])

    def retrieve(self, kind: str, key: str) -> Thing:
        """The object as it is now; `balance` needs no key. Raises Refused where there is none."""
        if kind == "balance":
            return _asked(self._v1.balance.retrieve)
        readers: dict[str, Callable[[str], StripeObject]] = {
            "customer": self._v1.customers.retrieve,
            "invoice": self._v1.invoices.retrieve,
            "invoice_payment": self._v1.invoice_payments.retrieve,
            "payment_intent": self._v1.payment_intents.retrieve,
            "payment_method": self._v1.payment_methods.retrieve,
            "setup_intent": self._v1.setup_intents.retrieve,
            "checkout.session": self._v1.checkout.sessions.retrieve,
            "mandate": self._v1.mandates.retrieve,
            "charge": self._v1.charges.retrieve,
            "refund": self._v1.refunds.retrieve,
            "dispute": self._v1.disputes.retrieve,
            "credit_note": self._v1.credit_notes.retrieve,
            "payout": self._v1.payouts.retrieve,
            "event": self._v1.events.retrieve,
        }
        return _asked(lambda: readers[kind](key))

    def listed(self, kind: str, **chosen: Any) -> Iterator[Thing]:
        """Every object that the filters choose, the newest first, page by page."""
        listers: dict[str, Callable[..., Any]] = {
            "balance_transaction": self._v1.balance_transactions.list,
            "invoice": self._v1.invoices.list,
            "invoice_payment": self._v1.invoice_payments.list,
            "refund": self._v1.refunds.list,
            "dispute": self._v1.disputes.list,
            "credit_note": self._v1.credit_notes.list,
            "event": self._v1.events.list,
        }
        owned = {
            "customer_cash_balance_transaction": self._v1.customers.cash_balance_transactions.list,
            "line_item": self._v1.invoices.line_items.list,
        }
        if kind in owned:
            (owner,) = chosen.values()
            page: Any = _call(lambda: owned[kind](owner, {"limit": PAGE}))
        else:
            page = _call(lambda: listers[kind]({"limit": PAGE, **chosen}))
        with _failures():
            for one in page.auto_paging_iter():
                yield _plain(one.to_dict())


def is_test_key(secret_key: str) -> bool:
    """Whether no real money moves with this key."""
    return secret_key.startswith(("sk_test_", "rk_test_"))


def _asked(ask: Callable[[], StripeObject]) -> Thing:
    thing: Thing = _plain(_call(ask).to_dict())
    return thing


def _plain(value: Any) -> Any:
    """As it came over the line: the SDK has made decimals of texts."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def _call(ask: Callable[[], R]) -> R:
    for pause in PAUSES:
        try:
            with _failures():
                return ask()
        except TooManyRequests:
            time.sleep(pause * (1 + random.random()))  # noqa: S311  apart from each other
    with _failures():
        return ask()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except stripe.RateLimitError as error:
        raise TooManyRequests(str(error)) from error
    except stripe.IdempotencyError as error:
        raise KeyReused(str(error)) from error
    except stripe.CardError as error:
        raise Declined(error.user_message or str(error), code=str(error.code or "")) from error
    except (stripe.APIConnectionError, stripe.APIError) as error:
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        raise OutcomeUnknown(
            str(error), is_replayed=headers.get("idempotent-replayed") == "true"
        ) from error
    except stripe.StripeError as error:
        raise Refused(
            error.user_message or str(error),
            code=str(error.code or ""),
            status=error.http_status or 400,
        ) from error
